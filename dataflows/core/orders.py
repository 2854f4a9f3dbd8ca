"""Everything known of an order in one row."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.expressions import dollars
from dataflows.staging.stg_orders import COLUMNS as ORDER_COLUMNS
from marketing_ibis.model import MONEY, column, inherited, model

COLUMNS = (
    *inherited(ORDER_COLUMNS, "order_id", "customer_id"),
    column("order_date", "date", "Day of the order, never after as_of."),
    *inherited(ORDER_COLUMNS, "status"),
    column("cycle_name", "string", "The same value as product_name.", nullable=True),
    column("credit_card_amount", MONEY, "Payments by credit card.", unit="dollars"),
    column("coupon_amount", MONEY, "Payments by coupon.", unit="dollars"),
    column("bank_transfer_amount", MONEY, "Payments by bank transfer.", unit="dollars"),
    column("gift_card_amount", MONEY, "Payments by gift card.", unit="dollars"),
    column("amount", MONEY, "All payments; 0 without.", unit="dollars"),
    column("other_amount", MONEY, "Payments by an unknown method or none.", unit="dollars"),
    *inherited(ORDER_COLUMNS, "product_name", "order_status_group"),
    column("payment_count", "int64", "Payments, those without an amount included.", unit="payments"),
    column(
        "order_sequence", "int64", "Position among the customer's orders up to as_of; NULL for an orphan.", nullable=True
    ),
    column(
        "attribution_channel", "string", "Channel; NULL unless successful and of a known customer.", nullable=True
    ),
)


@model(
    layer="core",
    grain=("order_id",),
    columns=COLUMNS,
    tags=("daily",),
    dist_key="customer_id",
    sort_keys=("order_date",),
)
def orders(
    stg_orders: ir.Table, int_order_payments: ir.Table, int_order_facts: ir.Table, as_of: date
) -> ir.Table:
    """What each order held, how it was paid and where it stands among its customer's orders.

    Grain: one row per ``order_id`` up to ``as_of``, orders of unknown customers included.
    Units: money in dollars, exact; the parts by method add up to ``amount``.
    Nulls: ``product_name`` and ``status`` stay NULL where the shop names none.
    Source: METRICS 5.2.
    """
    in_scope = stg_orders.filter(stg_orders.order_date <= ibis.date(as_of))
    payments = int_order_payments.select(
        "order_id",
        "cents",
        "credit_card_cents",
        "coupon_cents",
        "bank_transfer_cents",
        "gift_card_cents",
        "payment_count",
    )
    facts = int_order_facts.select("order_id", "order_sequence", "attribution_channel")
    paid = in_scope.left_join(payments, "order_id", rname="{name}_of_payments")
    joined = paid.left_join(facts, "order_id", rname="{name}_of_facts")
    return _with_amounts(joined).select(*[c.name for c in COLUMNS])


def _with_amounts(orders: ir.Table) -> ir.Table:
    cents = orders.cents.fill_null(0)
    card, coupon = orders.credit_card_cents.fill_null(0), orders.coupon_cents.fill_null(0)
    transfer, gift = orders.bank_transfer_cents.fill_null(0), orders.gift_card_cents.fill_null(0)
    return orders.mutate(
        cycle_name=orders.product_name,
        credit_card_amount=dollars(card),
        coupon_amount=dollars(coupon),
        bank_transfer_amount=dollars(transfer),
        gift_card_amount=dollars(gift),
        amount=dollars(cents),
        other_amount=dollars(cents - card - coupon - transfer - gift),
        payment_count=orders.payment_count.fill_null(0),
    )
