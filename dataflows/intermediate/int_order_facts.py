"""Order facts: the table that every mart stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.staging.stg_orders import COLUMNS as ORDER_COLUMNS
from dataflows.staging.stg_orders import SUCCESSFUL
from marketing_ibis.model import ID, column, inherited, model

UNKNOWN_PRODUCT = "(unknown)"
PROMOTIONAL = "Promotional Campaign"
SOCIAL = "Social Media"
EMAIL = "Email Marketing"
NEW_YEAR = "New Year Campaign"
ORGANIC = "Organic"
CHANNELS = (EMAIL, NEW_YEAR, ORGANIC, PROMOTIONAL, SOCIAL)

COLUMNS = (
    column("order_id", ID, "Key of the order."),
    column("customer_id", ID, "Customer who placed the order; always a known one."),
    column("order_date", "date", "Day of the order, never after as_of."),
    column("status", "string", "Status as the shop writes it.", nullable=True),
    column("product_name", "string", "Product of the order; '(unknown)' where the shop names none."),
    *inherited(ORDER_COLUMNS, "order_status_group"),
    column("order_month", "date", "First day of the order's month."),
    column("order_year", "date", "1 January of the order's year."),
    column("order_day_of_week", "int32", "Weekday, Sunday 0 to Saturday 6."),
    column("order_quarter", "int32", "Quarter of the year, 1 to 4."),
    column("cents", "int64", "All payments of the order; 0 without payments.", unit="cents"),
    column("promo_cents", "int64", "Payments by coupon or gift card.", unit="cents"),
    column("has_promo", "boolean", "Whether any payment is by coupon or gift card, whatever its amount."),
    column("has_credit_card", "boolean", "Whether any payment is by credit card."),
    column("has_coupon", "boolean", "Whether any payment is by coupon."),
    column("has_bank_transfer", "boolean", "Whether any payment is by bank transfer."),
    column("has_gift_card", "boolean", "Whether any payment is by gift card."),
    column("payment_count", "int64", "Payments of the order, those without an amount included.", unit="payments"),
    column("order_sequence", "int64", "Position among the customer's orders up to as_of, from 1."),
    column(
        "success_sequence", "int64", "Position among the customer's successful orders, from 1.", nullable=True
    ),
    column(
        "attribution_channel",
        "string",
        "Channel of a successful order: a stand-in rule on the order itself, not observed traffic.",
        nullable=True,
    ),
    column("campaign_type", "string", "Campaign of a successful order, by discount or season.", nullable=True),
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
def int_order_facts(
    stg_orders: ir.Table,
    stg_customers: ir.Table,
    int_order_payments: ir.Table,
    as_of: date,
    channel_rules: ChannelRules = ChannelRules(),
) -> ir.Table:
    """Each order of a known customer up to ``as_of``, with its payments added up.

    Grain: one row per ``order_id``.
    Units: ``cents`` whole cents.
    Nulls: ``success_sequence``, channel and campaign of orders that are not successful.
    Source: METRICS 3.5, channel and campaign 4.4. Orders without a date, after ``as_of`` or of unknown customers are out.
    """
    in_scope = stg_orders.filter(stg_orders.order_date <= ibis.date(as_of))
    known = in_scope.semi_join(stg_customers, "customer_id")
    facts = _in_sequence(_with_payments(known, int_order_payments))
    is_success = facts.order_status_group == SUCCESSFUL
    return facts.mutate(
        attribution_channel=is_success.ifelse(_channel(facts, channel_rules), ibis.null("string")),
        campaign_type=is_success.ifelse(_campaign(facts), ibis.null("string")),
    ).select(*[c.name for c in COLUMNS])


def _with_payments(orders: ir.Table, payments: ir.Table) -> ir.Table:
    paid = orders.left_join(payments, "order_id")
    has_coupon = paid.has_coupon.fill_null(False)
    has_gift_card = paid.has_gift_card.fill_null(False)
    return paid.mutate(
        product_name=paid.product_name.fill_null(UNKNOWN_PRODUCT),
        cents=paid.cents.fill_null(0),
        promo_cents=paid.promo_cents.fill_null(0),
        has_promo=has_coupon | has_gift_card,
        has_credit_card=paid.has_credit_card.fill_null(False),
        has_coupon=has_coupon,
        has_bank_transfer=paid.has_bank_transfer.fill_null(False),
        has_gift_card=has_gift_card,
        payment_count=paid.payment_count.fill_null(0),
    )


def _in_sequence(facts: ir.Table) -> ir.Table:
    to_date = ibis.cumulative_window(group_by=facts.customer_id, order_by=[facts.order_date, facts.order_id])
    is_success = facts.order_status_group == SUCCESSFUL
    successes = is_success.ifelse(1, 0).sum().over(to_date)
    return facts.mutate(
        order_sequence=facts.count().over(to_date),
        success_sequence=is_success.ifelse(successes, ibis.null("int64")),
    )


def _channel(facts: ir.Table, rules: ChannelRules) -> ir.StringColumn:
    is_new_year = (facts.order_quarter == rules.new_year_quarter) & (facts.success_sequence == 1)
    return ibis.cases(
        (facts.has_promo, PROMOTIONAL),
        (facts.order_day_of_week.isin(rules.social_weekdays), SOCIAL),
        (facts.cents > rules.email_above_cents, EMAIL),
        (is_new_year, NEW_YEAR),
        else_=ORGANIC,
    )


def _campaign(facts: ir.Table) -> ir.StringColumn:
    return ibis.cases(
        (facts.has_coupon, "Discount Campaign"),
        (facts.has_gift_card, "Gift Card Promotion"),
        (facts.order_quarter == 4, "Holiday Campaign"),
        (facts.order_quarter == 2, "Spring Campaign"),
        (facts.order_quarter == 3, "Summer Campaign"),
        else_="Evergreen Campaign",
    )
