"""Payments, one row each, in cents and in dollars."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from dataflows.expressions import dollars, one_row_per_key
from marketing_ibis.model import ID, MONEY, column, model

CREDIT_CARD = "credit_card"
BANK_TRANSFER = "bank_transfer"
COUPON = "coupon"
GIFT_CARD = "gift_card"
METHODS = (CREDIT_CARD, COUPON, BANK_TRANSFER, GIFT_CARD)
PROMOTIONAL_METHODS = (COUPON, GIFT_CARD)

COLUMNS = (
    column("payment_id", ID, "Key of the payment."),
    column("order_id", ID, "Order that the payment belongs to.", nullable=True),
    column("payment_method", "string", "How it was paid, as the shop writes it.", nullable=True),
    column("product_name", "string", "Product named on the payment; information only.", nullable=True),
    column("amount_cents", "int64", "Amount; negative is a refund.", nullable=True, unit="cents"),
    column("amount", MONEY, "Amount, exact; negative is a refund.", nullable=True, unit="dollars"),
    column("payment_category", "string", "card, bank, promotional or other; an unknown method is other.", width=16),
    column("is_promotional", "boolean", "Whether the method is coupon or gift_card."),
)


@model(layer="staging", grain=("payment_id",), columns=COLUMNS)
def stg_payments(raw_payments: ir.Table) -> ir.Table:
    """Every payment towards an order.

    Grain: one row per ``payment_id``; of rows that share an id the smallest by the other columns stays.
    Units: ``amount_cents`` whole cents, ``amount`` the same in dollars.
    Source: METRICS 3.3.
    """
    payments = one_row_per_key(raw_payments, "id", order=("order_id", "payment_method", "amount", "cycle_name"))
    method = payments.payment_method
    return payments.select(
        payment_id=payments.id,
        order_id=payments.order_id,
        payment_method=method,
        product_name=payments.cycle_name,
        amount_cents=payments.amount,
        amount=dollars(payments.amount),
        payment_category=_category(method),
        is_promotional=method.isin(PROMOTIONAL_METHODS).fill_null(False),
    )


def _category(method: ir.StringColumn) -> ir.StringColumn:
    return ibis.cases(
        (method == CREDIT_CARD, "card"),
        (method == BANK_TRANSFER, "bank"),
        (method.isin(PROMOTIONAL_METHODS), "promotional"),
        else_="other",
    )
