"""Customers, orders, payments and order lines of the newer jaffle shop."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.expressions import first_word, key, other_words, with_main_product

COMPLETED = "completed"
"""The status of every order: the tables do not say."""
METHOD = "unknown"
"""How everything was paid: the tables do not say."""


@adapter()
def raw_customers(jaffle_customers: ir.Table) -> ir.Table:
    """Everyone who ordered; the first word of a name is the given name."""
    name = jaffle_customers.name
    return jaffle_customers.select(
        id=key(jaffle_customers, "id"), first_name=first_word(name), last_name=other_words(name)
    )


@adapter(materialized="table")
def raw_orders(jaffle_orders: ir.Table, jaffle_items: ir.Table, jaffle_products: ir.Table) -> ir.Table:
    """Every order, with the product that most was spent on."""
    orders = _orders(jaffle_orders, jaffle_items, jaffle_products)
    return orders.select(
        id=orders.order_id,
        user_id=orders.customer_id,
        order_date=orders.ordered_at,
        status=ibis.literal(COMPLETED),
        cycle_name=orders.product_name,
    )


@adapter(materialized="table")
def raw_payments(jaffle_orders: ir.Table, jaffle_items: ir.Table, jaffle_products: ir.Table) -> ir.Table:
    """The total of each order, as if it was paid at once."""
    orders = _orders(jaffle_orders, jaffle_items, jaffle_products)
    return orders.select(
        id=orders.order_id,
        order_id=orders.order_id,
        payment_method=ibis.literal(METHOD),
        amount=orders.order_total,
        cycle_name=orders.product_name,
    )


@adapter()
def raw_order_lines(jaffle_items: ir.Table, jaffle_products: ir.Table) -> ir.Table:
    """Every item, at the price of its product."""
    return _lines(jaffle_items, jaffle_products)


def _orders(jaffle_orders: ir.Table, jaffle_items: ir.Table, jaffle_products: ir.Table) -> ir.Table:
    orders = jaffle_orders.mutate(order_id=key(jaffle_orders, "id"), customer_id=key(jaffle_orders, "customer"))
    return with_main_product(orders, _lines(jaffle_items, jaffle_products))


def _lines(jaffle_items: ir.Table, jaffle_products: ir.Table) -> ir.Table:
    items = jaffle_items.select(
        id=key(jaffle_items, "id"), order_id=key(jaffle_items, "order_id"), sku=key(jaffle_items, "sku")
    )
    products = jaffle_products.select("name", "price", sku=key(jaffle_products, "sku"))
    joined = items.left_join(products, "sku", rname="{name}_of_products")
    return joined.select(
        "id", "order_id", product_name=joined.name, quantity=ibis.literal(1, "int64"), amount=joined.price
    )
