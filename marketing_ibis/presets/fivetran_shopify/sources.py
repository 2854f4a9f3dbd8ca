"""The tables of Fivetran's Shopify connector that the marts need."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.model import column, source, warns
from marketing_ibis.presets.currencies import RATE_COLUMNS, WARNING, find_currencies, one_currency
from marketing_ibis.presets.expressions import STORE_COLUMN


@source(
    table="customer",
    grain=("id",),
    columns=(
        column("id", "int64", "Key of the customer.", nullable=True),
        column("first_name", "string", "Given name.", nullable=True, pii=True),
        column("last_name", "string", "Family name.", nullable=True, pii=True),
        column("created_at", "date", "Day on which the customer was created.", nullable=True),
        STORE_COLUMN,
    ),
)
def shopify_customers() -> ir.Table:
    """Every customer.

    Grain: one row per ``id``.
    """


@source(
    table="order",
    grain=("id",),
    columns=(
        column("id", "int64", "Key of the order.", nullable=True),
        column("customer_id", "int64", "Customer; NULL for a guest.", nullable=True),
        column("created_at", "date", "Day of the order in the business time zone.", nullable=True),
        column("cancelled_at", "date", "Day of the cancellation.", nullable=True),
        column("financial_status", "string", "paid, pending, refunded and others.", nullable=True),
        column("currency", "string", "Currency of the shop.", nullable=True, tests=(one_currency(),)),
        column("test", "boolean", "Whether it is a trial order.", nullable=True),
        STORE_COLUMN,
    ),
)
def shopify_orders() -> ir.Table:
    """Every order.

    Grain: one row per ``id``.
    """


@source(
    table="order_line",
    grain=("id",),
    columns=(
        column("id", "int64", "Key of the line.", nullable=True),
        column("order_id", "int64", "Order that it belongs to.", nullable=True),
        column("title", "string", "Name of the product.", nullable=True),
        column("price", "float64", "Price of a piece.", nullable=True, unit="dollars"),
        column("quantity", "int64", "Pieces.", nullable=True),
        column("total_discount", "float64", "Discount on the line.", nullable=True, unit="dollars"),
        STORE_COLUMN,
    ),
)
def shopify_order_lines() -> ir.Table:
    """Every line of every order.

    Grain: one row per ``id``.
    """


@source(
    table="transaction",
    grain=("id",),
    columns=(
        column("id", "int64", "Key of the transaction.", nullable=True),
        column("order_id", "int64", "Order that it is for.", nullable=True),
        column("kind", "string", "sale, capture, refund, authorization, void or change.", nullable=True),
        column("status", "string", "success, pending, failure or error.", nullable=True),
        column("gateway", "string", "How it was paid, such as shopify_payments or gift_card.", nullable=True),
        column("amount", "float64", "Amount, above 0 for a refund, too.", nullable=True, unit="dollars"),
        column("test", "boolean", "Whether it is a trial transaction.", nullable=True),
        STORE_COLUMN,
    ),
)
def shopify_transactions() -> ir.Table:
    """Every transaction of every order, reservations and failed ones included.

    Grain: one row per ``id``.
    """


@source(table="exchange_rates", grain=("day", "currency"), optional=True, columns=RATE_COLUMNS)
def exchange_rates() -> ir.Table:
    """Rates of the currencies that amounts are converted from.

    Grain: one row per ``currency`` and ``day``; a rate holds until the next day with one.
    """


@warns(WARNING)
def currencies_are_added_up(
    shopify_orders: ir.Table, raw_payments: ir.Table, exchange_rates: ir.Table | None = None
) -> ir.Table:
    """Return the number of currencies if there are several after a run of the payments."""
    return find_currencies(shopify_orders, "currency", exchange_rates)
