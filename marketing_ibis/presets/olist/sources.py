"""The files of Olist's data set that the marts need; reviews, sellers and places are not read."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.data_tests import not_null, relationships
from marketing_ibis.model import MONEY, column, source
from marketing_ibis.presets.expressions import STORE_COLUMN


@source(
    table="olist_customers_dataset",
    grain=("customer_id",),
    columns=(
        column("customer_id", "string", "Key of the customer on one order.", nullable=True, tests=(not_null(),)),
        column("customer_unique_id", "string", "Key of the person.", nullable=True, tests=(not_null(),)),
        STORE_COLUMN,
    ),
)
def olist_customers() -> ir.Table:
    """The customer of each order: a person has a new ``customer_id`` with every order.

    Grain: one row per ``customer_id``.
    """


@source(
    table="olist_orders_dataset",
    grain=("order_id",),
    columns=(
        column("order_id", "string", "Key of the order.", nullable=True),
        column(
            "customer_id",
            "string",
            "Customer on this order.",
            nullable=True,
            tests=(relationships("olist_customers", "customer_id"),),
        ),
        column("order_status", "string", "created to delivered, canceled or unavailable.", nullable=True),
        column("order_purchase_timestamp", "date", "Day of the order.", nullable=True),
        STORE_COLUMN,
    ),
)
def olist_orders() -> ir.Table:
    """Every order.

    Grain: one row per ``order_id``.
    """


@source(
    table="olist_order_items_dataset",
    grain=("order_id", "order_item_id"),
    columns=(
        column("order_id", "string", "Order that the item belongs to.", nullable=True),
        column("order_item_id", "int64", "Number of the item in the order, from 1.", nullable=True),
        column("product_id", "string", "Product.", nullable=True),
        column("price", MONEY, "Price, without freight.", nullable=True, unit="reais"),
        STORE_COLUMN,
    ),
)
def olist_order_items() -> ir.Table:
    """Every piece of every order.

    Grain: one row per ``order_id`` and ``order_item_id``.
    """


@source(
    table="olist_order_payments_dataset",
    grain=("order_id", "payment_sequential"),
    columns=(
        column("order_id", "string", "Order that it is for.", nullable=True),
        column("payment_sequential", "int64", "Number of the payment in the order, from 1.", nullable=True),
        column("payment_type", "string", "credit_card, boleto, debit_card, voucher or not_defined.", nullable=True),
        column("payment_value", MONEY, "Amount.", nullable=True, unit="reais"),
        STORE_COLUMN,
    ),
)
def olist_order_payments() -> ir.Table:
    """Every payment.

    Grain: one row per ``order_id`` and ``payment_sequential``.
    """


@source(
    table="olist_products_dataset",
    grain=("product_id",),
    columns=(
        column("product_id", "string", "Key of the product.", nullable=True),
        column("product_category_name", "string", "Category in Portuguese.", nullable=True),
        STORE_COLUMN,
    ),
)
def olist_products() -> ir.Table:
    """Every product; products have no names.

    Grain: one row per ``product_id``.
    """


@source(
    table="product_category_name_translation",
    grain=("product_category_name",),
    columns=(
        column("product_category_name", "string", "Category in Portuguese.", nullable=True),
        column("product_category_name_english", "string", "Category in English.", nullable=True),
    ),
)
def olist_categories() -> ir.Table:
    """Categories of products in English; a few are missing.

    Grain: one row per ``product_category_name``.
    """
