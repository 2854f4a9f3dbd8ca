"""The tables of a WooCommerce database that the marts need."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.model import column, source, warns
from marketing_ibis.presets.currencies import RATE_COLUMNS, WARNING, find_currencies, one_currency
from marketing_ibis.presets.expressions import STORE_COLUMN


@source(
    table="wp_wc_orders",
    grain=("id",),
    columns=(
        column("id", "int64", "Key of the order or refund.", nullable=True),
        column("status", "string", "wc-pending, wc-processing, wc-completed, wc-refunded and others.", nullable=True),
        column("currency", "string", "Currency of the order.", nullable=True, tests=(one_currency(),)),
        column("type", "string", "shop_order or shop_order_refund.", nullable=True),
        column("total_amount", "decimal(26, 8)", "What it costs; below 0 for a refund.", nullable=True, unit="dollars"),
        column("parent_order_id", "int64", "Order of a refund; 0 for an order.", nullable=True),
        column("payment_method", "string", "Gateway, such as bacs, cod or stripe.", nullable=True),
        STORE_COLUMN,
    ),
)
def woocommerce_orders() -> ir.Table:
    """Every order and every refund.

    Grain: one row per ``id``.
    """


@source(
    table="wp_wc_order_stats",
    grain=("order_id",),
    columns=(
        column("order_id", "int64", "Order or refund.", nullable=True),
        column("date_created", "date", "Day of the order in the zone of the shop.", nullable=True),
        column("customer_id", "int64", "Customer, guests included.", nullable=True),
        STORE_COLUMN,
    ),
)
def woocommerce_order_stats() -> ir.Table:
    """When each order was placed, and by whom.

    Grain: one row per ``order_id``.
    """


@source(
    table="wp_wc_customer_lookup",
    grain=("customer_id",),
    columns=(
        column("customer_id", "int64", "Key of the customer.", nullable=True),
        column("first_name", "string", "Given name.", nullable=True, pii=True),
        column("last_name", "string", "Family name.", nullable=True, pii=True),
        STORE_COLUMN,
    ),
)
def woocommerce_customers() -> ir.Table:
    """Everyone who ordered, with an account or as a guest; WooCommerce knows a guest by the address.

    Grain: one row per ``customer_id``.
    """


@source(
    table="wp_wc_order_product_lookup",
    grain=("order_item_id",),
    columns=(
        column("order_item_id", "int64", "Key of the line.", nullable=True),
        column("order_id", "int64", "Order or refund that it belongs to.", nullable=True),
        column("product_qty", "int64", "Pieces; below 0 on a refund.", nullable=True),
        column("product_net_revenue", "float64", "Price of the line without tax and shipping.", nullable=True),
        STORE_COLUMN,
    ),
)
def woocommerce_order_products() -> ir.Table:
    """Every line of every order and refund.

    Grain: one row per ``order_item_id``.
    """


@source(
    table="wp_woocommerce_order_items",
    grain=("order_item_id",),
    columns=(
        column("order_item_id", "int64", "Key of the item.", nullable=True),
        column("order_item_name", "string", "Name of the product when it was sold.", nullable=True),
        STORE_COLUMN,
    ),
)
def woocommerce_order_items() -> ir.Table:
    """The names of the lines; also shipping, tax and coupons, which are not read.

    Grain: one row per ``order_item_id``.
    """


@source(table="exchange_rates", grain=("day", "currency"), optional=True, columns=RATE_COLUMNS)
def exchange_rates() -> ir.Table:
    """Rates of the currencies that amounts are converted from.

    Grain: one row per ``currency`` and ``day``; a rate holds until the next day with one.
    """


@warns(WARNING)
def currencies_are_added_up(
    woocommerce_orders: ir.Table, raw_payments: ir.Table, exchange_rates: ir.Table | None = None
) -> ir.Table:
    """Return the number of currencies if there are several after a run of the payments."""
    return find_currencies(woocommerce_orders, "currency", exchange_rates)
