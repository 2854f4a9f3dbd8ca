"""Orders with their payments added up: the only pass over orders and payments, on which all later models build."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from dataflows.lib.expressions import in_order, sum_if
from dataflows.staging.stg_orders import COLUMNS as ORDER_COLUMNS
from dataflows.staging.stg_orders import SUCCESSFUL
from dataflows.staging.stg_payments import BANK_TRANSFER, COUPON, CREDIT_CARD, GIFT_CARD
from marketing_ibis.model import column, inherited, model

METHOD_BITS = {CREDIT_CARD: 1, COUPON: 2, BANK_TRANSFER: 4, GIFT_CARD: 8}
"""The bit of each method in ``method_bits``: one aggregate in place of four."""

PAYMENT_COLUMNS = (
    column("cents", "int64", "All payments of the order; 0 if there are none.", unit="cents"),
    column("credit_card_cents", "int64", "Payments by credit card.", unit="cents"),
    column("coupon_cents", "int64", "Payments by coupon.", unit="cents"),
    column("bank_transfer_cents", "int64", "Payments by bank transfer.", unit="cents"),
    column("gift_card_cents", "int64", "Payments by gift card.", unit="cents"),
    column("method_bits", "int64", "Methods used: 1 credit card + 2 coupon + 4 bank transfer + 8 gift card."),
    column("payment_count", "int64", "Payments of the order, those without an amount included.", unit="payments"),
)

COLUMNS = (
    *inherited(ORDER_COLUMNS, "order_id", "customer_id"),
    column("order_date", "date", "Day of the order, never after as_of."),
    *inherited(ORDER_COLUMNS, "status", "product_name"),
    column("is_known_customer", "boolean", "Whether stg_customers has the customer; false for an orphan."),
    *PAYMENT_COLUMNS,
    column(
        "order_sequence",
        "int64",
        "Position among the customer's orders up to as_of, from 1; NULL for an orphan.",
        nullable=True,
    ),
    column("success_sequence", "int64", "Position among the customer's successful orders, from 1.", nullable=True),
)


@model(
    layer="intermediate",
    grain=("order_id",),
    columns=COLUMNS,
    dist_key="customer_id",
    sort_keys=("order_date",),
    unique_key="customer_id",
    watermark="order_date",
    lookback=timedelta(days=7),
)
def int_order_totals(stg_orders: ir.Table, stg_customers: ir.Table, stg_payments: ir.Table, as_of: date) -> ir.Table:
    """Each order up to ``as_of`` with its payments added up and its position among the customer's orders.

    Grain: one row per ``order_id``, orders of unknown customers included.
    Units: whole cents; a payment without an amount adds 0.
    Nulls: sequences of orphans; ``success_sequence`` unless successful.
    Source: docs/metrics/staging_and_core.md. Orders without a date or after ``as_of`` are excluded. Columns that
    follow from these alone are computed in views, since writing ten million rows costs more than labelling them.
    """
    in_sequence = _in_sequence(_in_scope(stg_orders, stg_customers, as_of))
    orders = in_sequence.left_join(_payment_totals(stg_payments), "order_id", rname="{name}_of_payments")
    amounts = {c.name: orders[c.name].fill_null(0) for c in PAYMENT_COLUMNS}
    return in_order(orders, COLUMNS, **amounts)


def _in_scope(stg_orders: ir.Table, stg_customers: ir.Table, as_of: date) -> ir.Table:
    # Without the calendar columns, since the rows are sorted next and should be narrow.
    orders = stg_orders.filter(stg_orders.order_date <= ibis.date(as_of)).select(
        "order_id", "customer_id", "order_date", "status", "product_name", "order_status_group"
    )
    known_customers = stg_customers.select("customer_id", is_known_customer=True)
    flagged = orders.left_join(known_customers, "customer_id", rname="{name}_of_customers")
    return flagged.select(*orders.columns, is_known_customer=flagged.is_known_customer.fill_null(False))


def _in_sequence(orders: ir.Table) -> ir.Table:
    # One window for both sequences, before the payments widen the rows.
    by_day = {"group_by": orders.customer_id, "order_by": [orders.order_date, orders.order_id]}
    is_known = orders.is_known_customer
    is_success = orders.order_status_group == SUCCESSFUL
    successes = is_success.ifelse(1, 0).sum().over(ibis.cumulative_window(**by_day))
    return orders.mutate(
        order_sequence=is_known.ifelse(ibis.row_number().over(**by_day) + 1, ibis.null("int64")),
        success_sequence=(is_known & is_success).ifelse(successes, ibis.null("int64")),
    )


def _payment_totals(stg_payments: ir.Table) -> ir.Table:
    payments = stg_payments.filter(stg_payments.order_id.notnull())
    method, cents = payments.payment_method, payments.amount_cents
    return payments.group_by("order_id").agg(
        cents=cents.sum(),
        credit_card_cents=sum_if(method == CREDIT_CARD, cents),
        coupon_cents=sum_if(method == COUPON, cents),
        bank_transfer_cents=sum_if(method == BANK_TRANSFER, cents),
        gift_card_cents=sum_if(method == GIFT_CARD, cents),
        method_bits=method.cases(*METHOD_BITS.items(), else_=0).cast("int64").bit_or(),
        payment_count=payments.count(),
    )
