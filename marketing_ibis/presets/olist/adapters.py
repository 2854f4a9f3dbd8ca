"""Customers, orders, payments and order lines of Olist."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.expressions import UNKNOWN, cents, key, with_main_product


@adapter()
def raw_customers(olist_customers: ir.Table) -> ir.Table:
    """Every person; the data set has no names."""
    ids = olist_customers.select(id=key(olist_customers, "customer_unique_id")).distinct()
    unknown = ibis.null("string")
    return ids.filter(ids.id.notnull()).select("id", first_name=unknown, last_name=unknown)


@adapter(materialized="table")
def raw_orders(
    olist_orders: ir.Table,
    olist_customers: ir.Table,
    olist_order_items: ir.Table,
    olist_products: ir.Table,
    olist_categories: ir.Table,
) -> ir.Table:
    """Every order, with the person who placed it and the category that most was spent on."""
    orders = olist_orders.mutate(order_id=key(olist_orders, "order_id"), customer_id=key(olist_orders, "customer_id"))
    people = olist_customers.select(
        customer_id=key(olist_customers, "customer_id"), person=key(olist_customers, "customer_unique_id")
    )
    placed = orders.left_join(people, "customer_id", rname="{name}_of_people")
    orders_with_products = with_main_product(placed, _lines(olist_order_items, olist_products, olist_categories))
    return orders_with_products.select(
        id=orders_with_products.order_id,
        user_id=orders_with_products.person,
        order_date=orders_with_products.order_purchase_timestamp,
        status=orders_with_products.order_status,
        cycle_name=orders_with_products.product_name,
    )


@adapter(materialized="table")
def raw_payments(
    olist_order_payments: ir.Table, olist_order_items: ir.Table, olist_products: ir.Table, olist_categories: ir.Table
) -> ir.Table:
    """Every payment, in cents."""
    payments = olist_order_payments.mutate(
        id=key(olist_order_payments, "order_id", "payment_sequential"), order_id=key(olist_order_payments, "order_id")
    )
    payments_with_products = with_main_product(payments, _lines(olist_order_items, olist_products, olist_categories))
    return payments_with_products.select(
        "id",
        "order_id",
        payment_method=payments_with_products.payment_type.fill_null(UNKNOWN),
        amount=cents(payments_with_products.payment_value),
        cycle_name=payments_with_products.product_name,
    )


@adapter()
def raw_order_lines(olist_order_items: ir.Table, olist_products: ir.Table, olist_categories: ir.Table) -> ir.Table:
    """Every item, without freight."""
    return _lines(olist_order_items, olist_products, olist_categories)


def _lines(olist_order_items: ir.Table, olist_products: ir.Table, olist_categories: ir.Table) -> ir.Table:
    items = olist_order_items.select(
        "price",
        id=key(olist_order_items, "order_id", "order_item_id"),
        order_id=key(olist_order_items, "order_id"),
        product_id=key(olist_order_items, "product_id"),
    )
    products = olist_products.select("product_category_name", product_id=key(olist_products, "product_id"))
    translated = products.left_join(olist_categories, "product_category_name", rname="{name}_of_categories")
    english = translated.product_category_name_english
    categories = translated.select("product_id", category=english.fill_null(translated.product_category_name))
    joined = items.left_join(categories, "product_id", rname="{name}_of_products")
    return joined.select(
        "id",
        "order_id",
        product_name=joined.category.fill_null(joined.product_id),
        quantity=ibis.literal(1, "int64"),
        amount=cents(joined.price),
    )
