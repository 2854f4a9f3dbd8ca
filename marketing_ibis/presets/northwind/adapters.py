"""Customers, orders, payments and order lines of Northwind."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.expressions import EXACT, cents, first_word, key, other_words, with_main_product

SHIPPED, OPEN = "shipped", "open"
METHOD = "invoice"
"""How everything was paid: the tables do not say."""
SHARE = "decimal(5, 4)"
PIECES = "decimal(10, 0)"


@adapter()
def raw_customers(northwind_customers: ir.Table) -> ir.Table:
    """Every customer, with the name of the person to talk to."""
    name = northwind_customers.contact_name
    return northwind_customers.select(
        id=key(northwind_customers, "customer_id"), first_name=first_word(name), last_name=other_words(name)
    )


@adapter(materialized="table")
def raw_orders(northwind_orders: ir.Table, northwind_order_details: ir.Table, northwind_products: ir.Table) -> ir.Table:
    """Every order: shipped, or open until then."""
    table = northwind_orders
    orders = table.mutate(order_id=key(table, "order_id"), customer_id=key(table, "customer_id"))
    orders_with_products = with_main_product(orders, _lines(northwind_order_details, northwind_products))
    return orders_with_products.select(
        id=orders_with_products.order_id,
        user_id=orders_with_products.customer_id,
        order_date=orders_with_products.order_date,
        status=orders_with_products.shipped_date.notnull().ifelse(SHIPPED, OPEN),
        cycle_name=orders_with_products.product_name,
    )


@adapter(materialized="table")
def raw_payments(northwind_order_details: ir.Table, northwind_products: ir.Table) -> ir.Table:
    """The sum of each order's lines, without freight, as if it was paid at once."""
    lines = _lines(northwind_order_details, northwind_products)
    totals = with_main_product(lines.group_by("order_id").agg(amount=lines.amount.sum()), lines)
    return totals.select(
        id=totals.order_id,
        order_id=totals.order_id,
        payment_method=ibis.literal(METHOD),
        amount=totals.amount,
        cycle_name=totals.product_name,
    )


@adapter()
def raw_order_lines(northwind_order_details: ir.Table, northwind_products: ir.Table) -> ir.Table:
    """Every line of every order, discount taken off."""
    return _lines(northwind_order_details, northwind_products)


def _lines(northwind_order_details: ir.Table, northwind_products: ir.Table) -> ir.Table:
    details = northwind_order_details
    price = details.unit_price.cast(EXACT) * (1 - details.discount.cast(SHARE))
    lines = details.select(
        "quantity",
        id=key(details, "order_id", "product_id"),
        order_id=key(details, "order_id"),
        product_id=key(details, "product_id"),
        amount=cents(details.quantity.cast(PIECES) * price),
    )
    names = northwind_products.select("product_name", product_id=key(northwind_products, "product_id"))
    lines_with_names = lines.left_join(names, "product_id", rname="{name}_of_products")
    return lines_with_names.select("id", "order_id", "product_name", "quantity", "amount")
