"""The tables of Northwind that the marts need, as its PostgreSQL version has them."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.model import column, source
from marketing_ibis.presets.expressions import STORE_COLUMN


@source(
    table="customers",
    grain=("customer_id",),
    columns=(
        column("customer_id", "string", "Key of the customer, five letters.", nullable=True),
        column("contact_name", "string", "Person to talk to.", nullable=True, pii=True),
        STORE_COLUMN,
    ),
)
def northwind_customers() -> ir.Table:
    """Every company that is a customer.

    Grain: one row per ``customer_id``.
    """


@source(
    table="orders",
    grain=("order_id",),
    columns=(
        column("order_id", "int64", "Key of the order.", nullable=True),
        column("customer_id", "string", "Customer who placed it.", nullable=True),
        column("order_date", "date", "Day of the order.", nullable=True),
        column("shipped_date", "date", "Day on which it was shipped; NULL until then.", nullable=True),
        STORE_COLUMN,
    ),
)
def northwind_orders() -> ir.Table:
    """Every order.

    Grain: one row per ``order_id``.
    """


@source(
    table="order_details",
    grain=("order_id", "product_id"),
    columns=(
        column("order_id", "int64", "Order that the line belongs to.", nullable=True),
        column("product_id", "int64", "Product.", nullable=True),
        column("unit_price", "float64", "Price of a piece.", nullable=True, unit="dollars"),
        column("quantity", "int64", "Pieces.", nullable=True),
        column("discount", "float64", "Discount on the line.", nullable=True, unit="share 0-1"),
        STORE_COLUMN,
    ),
)
def northwind_order_details() -> ir.Table:
    """Every line of every order.

    Grain: one row per ``order_id`` and ``product_id``.
    """


@source(
    table="products",
    grain=("product_id",),
    columns=(
        column("product_id", "int64", "Key of the product.", nullable=True),
        column("product_name", "string", "Name of the product.", nullable=True),
        STORE_COLUMN,
    ),
)
def northwind_products() -> ir.Table:
    """Every product.

    Grain: one row per ``product_id``.
    """
