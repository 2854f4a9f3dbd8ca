"""The seeds of the newer jaffle shop; supplies and stores are not read."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.data_tests import relationships
from marketing_ibis.model import column, source
from marketing_ibis.presets.expressions import STORE_COLUMN


@source(
    table="raw_customers",
    grain=("id",),
    columns=(
        column("id", "string", "Key of the customer.", nullable=True),
        column("name", "string", "Given and family name.", nullable=True, pii=True),
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
        column("id", "string", "Key of the order.", nullable=True),
        column("customer", "string", "Customer who placed it.", nullable=True),
        column("ordered_at", "date", "Day of the order.", nullable=True),
        column("order_total", "int64", "What was paid, with tax.", nullable=True, unit="cents"),
        STORE_COLUMN,
    ),
)
def jaffle_orders() -> ir.Table:
    """Every order.

    Grain: one row per ``id``.
    """


@source(
    table="raw_items",
    grain=("id",),
    columns=(
        column("id", "string", "Key of the item.", nullable=True),
        column("order_id", "string", "Order that it belongs to.", nullable=True),
        column(
            "sku",
            "string",
            "Product.",
            nullable=True,
            tests=(relationships("jaffle_products", "sku", severity="warn"),),
        ),
        STORE_COLUMN,
    ),
)
def jaffle_items() -> ir.Table:
    """Every item of every order.

    Grain: one row per ``id``.
    """


@source(
    table="raw_products",
    grain=("sku",),
    columns=(
        column("sku", "string", "Key of the product.", nullable=True),
        column("name", "string", "Name of the product.", nullable=True),
        column("price", "int64", "Price of a piece.", nullable=True, unit="cents"),
        STORE_COLUMN,
    ),
)
def jaffle_products() -> ir.Table:
    """Every product.

    Grain: one row per ``sku``.
    """
