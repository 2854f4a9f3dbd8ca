"""The seeds of the jaffle shop."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.model import column, source
from marketing_ibis.presets.expressions import STORE_COLUMN


@source(
    table="raw_customers",
    grain=("id",),
    columns=(
        column("id", "int64", "Key of the customer.", nullable=True),
        column("first_name", "string", "Given name.", nullable=True, pii=True),
        column("last_name", "string", "Initial of the family name.", nullable=True, pii=True),
        STORE_COLUMN,
    ),
)
def jaffle_customers() -> ir.Table:
    """Everyone who ordered.

    Grain: one row per ``id``.
    """


@source(
    table="raw_orders",
    grain=("id",),
    columns=(
        column("id", "int64", "Key of the order.", nullable=True),
        column("user_id", "int64", "Customer who placed it.", nullable=True),
        column("order_date", "date", "Day of the order.", nullable=True),
        column("status", "string", "placed, shipped, completed, return_pending or returned.", nullable=True),
        STORE_COLUMN,
    ),
)
def jaffle_orders() -> ir.Table:
    """Every order.

    Grain: one row per ``id``.
    """


@source(
    table="raw_payments",
    grain=("id",),
    columns=(
        column("id", "int64", "Key of the payment.", nullable=True),
        column("order_id", "int64", "Order that it is for.", nullable=True),
        column("payment_method", "string", "credit_card, coupon, bank_transfer or gift_card.", nullable=True),
        column("amount", "int64", "Amount.", nullable=True, unit="cents"),
        STORE_COLUMN,
    ),
)
def jaffle_payments() -> ir.Table:
    """Every payment.

    Grain: one row per ``id``.
    """
