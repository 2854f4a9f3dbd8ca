"""The raw tables of the shop, as the operational system writes them."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.model import ID, column, source


@source(
    table="customers",
    grain=("id",),
    columns=(
        column("id", ID, "Key of the customer.", nullable=True),
        column("first_name", "string", "Given name as typed at sign-up.", nullable=True, pii=True),
        column("last_name", "string", "Family name, often an initial.", nullable=True, pii=True),
    ),
)
def raw_customers() -> ir.Table:
    """Everyone who ever opened an account.

    Grain: one row per ``id``; duplicates and NULL ids are defects that staging drops.
    """


@source(
    table="orders",
    grain=("id",),
    columns=(
        column("id", ID, "Key of the order.", nullable=True),
        column("user_id", ID, "Customer who placed the order.", nullable=True),
        column("order_date", "date", "Day of the order in the business time zone.", nullable=True),
        column(
            "status", "string", "Current state: placed, shipped, completed, return_pending, returned.", nullable=True
        ),
        column("cycle_name", "string", "Product; an order holds one.", nullable=True),
    ),
)
def raw_orders() -> ir.Table:
    """Every order ever placed, with its current status.

    Grain: one row per ``id``; duplicates and NULL ids are defects that staging drops.
    """


@source(
    table="payments",
    grain=("id",),
    columns=(
        column("id", ID, "Key of the payment.", nullable=True),
        column("order_id", ID, "Order that the payment belongs to.", nullable=True),
        column(
            "payment_method", "string", "How it was paid: credit_card, bank_transfer, coupon, gift_card.", nullable=True
        ),
        column("amount", "int64", "Amount; negative is a refund.", nullable=True, unit="cents"),
        column("cycle_name", "string", "Product named on the payment; marts use the order's.", nullable=True),
    ),
)
def raw_payments() -> ir.Table:
    """Every payment towards an order; an order may have several or none.

    Grain: one row per ``id``; duplicates and NULL ids are defects that staging drops.
    """
