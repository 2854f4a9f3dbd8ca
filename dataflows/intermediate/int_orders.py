"""Orders with their payments added up: the one pass over orders and payments that everything later reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.expressions import calendar_columns
from dataflows.staging.stg_orders import COLUMNS as ORDER_COLUMNS
from dataflows.staging.stg_orders import SUCCESSFUL
from dataflows.staging.stg_payments import BANK_TRANSFER, COUPON, CREDIT_CARD, GIFT_CARD
from marketing_ibis.model import Column, column, inherited, model

PROMOTIONAL = "Promotional Campaign"
SOCIAL = "Social Media"
EMAIL = "Email Marketing"
NEW_YEAR = "New Year Campaign"
ORGANIC = "Organic"
CHANNELS = (EMAIL, NEW_YEAR, ORGANIC, PROMOTIONAL, SOCIAL)

PAYMENT_COLUMNS = (
    column("cents", "int64", "All payments of the order; 0 without payments.", unit="cents"),
    column("credit_card_cents", "int64", "Payments by credit card.", unit="cents"),
    column("coupon_cents", "int64", "Payments by coupon.", unit="cents"),
    column("bank_transfer_cents", "int64", "Payments by bank transfer.", unit="cents"),
    column("gift_card_cents", "int64", "Payments by gift card.", unit="cents"),
    column("has_credit_card", "boolean", "Whether any payment is by credit card, whatever its amount."),
    column("has_coupon", "boolean", "Whether any payment is by coupon, whatever its amount."),
    column("has_bank_transfer", "boolean", "Whether any payment is by bank transfer, whatever its amount."),
    column("has_gift_card", "boolean", "Whether any payment is by gift card, whatever its amount."),
    column("payment_count", "int64", "Payments of the order, those without an amount included.", unit="payments"),
)

COLUMNS = (
    *inherited(ORDER_COLUMNS, "order_id", "customer_id"),
    column("order_date", "date", "Day of the order, never after as_of."),
    *inherited(ORDER_COLUMNS, "status", "product_name", "order_status_group"),
    column("is_known_customer", "boolean", "Whether stg_customers has the customer; false for an orphan."),
    *PAYMENT_COLUMNS,
    column(
        "order_sequence", "int64", "Position among the customer's orders up to as_of, from 1; NULL for an orphan.", nullable=True
    ),
    column("success_sequence", "int64", "Position among the customer's successful orders, from 1.", nullable=True),
    column(
        "attribution_channel",
        "string",
        "Channel of a known customer's successful order: a stand-in rule on the order itself, not observed traffic.",
        nullable=True,
    ),
    column("campaign_type", "string", "Campaign of such an order, by discount or season.", nullable=True),
)


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """Which channel a successful order is put down to. Weekdays count from Sunday 0."""

    social_weekdays: tuple[int, ...] = (0, 6)
    email_above_cents: int = 10_000
    new_year_quarter: int = 1


@model(
    layer="intermediate",
    grain=("order_id",),
    columns=COLUMNS,
    dist_key="customer_id",
    sort_keys=("order_date",),
)
def int_orders(
    stg_orders: ir.Table,
    stg_customers: ir.Table,
    stg_payments: ir.Table,
    as_of: date,
    channel_rules: ChannelRules = ChannelRules(),
) -> ir.Table:
    """Each order up to ``as_of`` with its payments added up, its place among the customer's orders, its channel.

    Grain: one row per ``order_id``, orders of unknown customers included.
    Units: whole cents; a payment without an amount adds 0.
    Nulls: sequences, channel and campaign of orphans; success_sequence, channel and campaign unless successful.
    Source: METRICS 3.5, channel and campaign 4.4. Orders without a date or after ``as_of`` are out.
    """
    in_sequence = _in_sequence(_with_known_customers(stg_orders, stg_customers, as_of))
    orders = in_sequence.left_join(_payment_totals(stg_payments), "order_id", rname="{name}_of_payments")
    paid = orders.mutate(**{c.name: orders[c.name].fill_null(_nothing(c)) for c in PAYMENT_COLUMNS})
    is_conversion = paid.success_sequence.notnull()
    calendar = calendar_columns(paid.order_date)
    return paid.mutate(
        attribution_channel=is_conversion.ifelse(_channel(paid, calendar, channel_rules), ibis.null("string")),
        campaign_type=is_conversion.ifelse(_campaign(paid, calendar), ibis.null("string")),
    ).select(*[c.name for c in COLUMNS])


def _with_known_customers(stg_orders: ir.Table, stg_customers: ir.Table, as_of: date) -> ir.Table:
    """Return the orders in scope without their calendar: rows that are sorted next should be narrow."""
    in_scope = stg_orders.filter(stg_orders.order_date <= ibis.date(as_of))
    narrow = in_scope.select("order_id", "customer_id", "order_date", "status", "product_name", "order_status_group")
    known = stg_customers.select("customer_id", is_known_customer=True)
    orders = narrow.left_join(known, "customer_id", rname="{name}_of_customers")
    return orders.mutate(is_known_customer=orders.is_known_customer.fill_null(False))


def _payment_totals(stg_payments: ir.Table) -> ir.Table:
    payments = stg_payments.filter(stg_payments.order_id.notnull())
    method, cents = payments.payment_method, payments.amount_cents
    return payments.group_by("order_id").agg(
        cents=cents.sum(),
        credit_card_cents=cents.sum(where=method == CREDIT_CARD),
        coupon_cents=cents.sum(where=method == COUPON),
        bank_transfer_cents=cents.sum(where=method == BANK_TRANSFER),
        gift_card_cents=cents.sum(where=method == GIFT_CARD),
        has_credit_card=(method == CREDIT_CARD).any(),
        has_coupon=(method == COUPON).any(),
        has_bank_transfer=(method == BANK_TRANSFER).any(),
        has_gift_card=(method == GIFT_CARD).any(),
        payment_count=payments.count(),
    )


def _in_sequence(orders: ir.Table) -> ir.Table:
    to_date = ibis.cumulative_window(group_by=orders.customer_id, order_by=[orders.order_date, orders.order_id])
    is_known = orders.is_known_customer
    is_success = orders.order_status_group == SUCCESSFUL
    successes = is_success.ifelse(1, 0).sum().over(to_date)
    return orders.mutate(
        order_sequence=is_known.ifelse(orders.count().over(to_date), ibis.null("int64")),
        success_sequence=(is_known & is_success).ifelse(successes, ibis.null("int64")),
    )


def _nothing(column: Column) -> bool | int:
    return False if column.type == "boolean" else 0


def _channel(orders: ir.Table, calendar: Mapping[str, ir.Column], rules: ChannelRules) -> ir.StringColumn:
    is_new_year = (calendar["order_quarter"] == rules.new_year_quarter) & (orders.success_sequence == 1)
    return ibis.cases(
        (orders.has_coupon | orders.has_gift_card, PROMOTIONAL),
        (calendar["order_day_of_week"].isin(rules.social_weekdays), SOCIAL),
        (orders.cents > rules.email_above_cents, EMAIL),
        (is_new_year, NEW_YEAR),
        else_=ORGANIC,
    )


def _campaign(orders: ir.Table, calendar: Mapping[str, ir.Column]) -> ir.StringColumn:
    quarter = calendar["order_quarter"]
    return ibis.cases(
        (orders.has_coupon, "Discount Campaign"),
        (orders.has_gift_card, "Gift Card Promotion"),
        (quarter == 4, "Holiday Campaign"),
        (quarter == 2, "Spring Campaign"),
        (quarter == 3, "Summer Campaign"),
        else_="Evergreen Campaign",
    )
