"""Customers, orders, payments and order lines of a WooCommerce shop."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.currencies import convert, with_rate
from marketing_ibis.presets.expressions import EXACT, UNKNOWN, cents, key, with_main_product

ORDER, REFUND = "shop_order", "shop_order_refund"
DRAFTS = ("auto-draft", "trash", "wc-checkout-draft")
"""Statuses of carts and of deleted orders."""
UNPAID = ("wc-cancelled", "wc-failed", "wc-on-hold", "wc-pending")
"""Statuses of orders for which no money was received."""


@adapter()
def raw_customers(woocommerce_customers: ir.Table) -> ir.Table:
    """Everyone who ordered, guests included."""
    customers = woocommerce_customers
    return customers.select(
        id=key(customers, "customer_id"), first_name=customers.first_name, last_name=customers.last_name
    )


@adapter(materialized="table")
def raw_orders(
    woocommerce_orders: ir.Table,
    woocommerce_order_stats: ir.Table,
    woocommerce_order_products: ir.Table,
    woocommerce_order_items: ir.Table,
) -> ir.Table:
    """Every order, with the product that most was spent on."""
    orders = _orders(woocommerce_orders, woocommerce_order_stats)
    orders_with_products = with_main_product(orders, _lines(woocommerce_order_products, woocommerce_order_items))
    return orders_with_products.select(
        id=orders_with_products.order_id,
        user_id=orders_with_products.customer_id,
        order_date=orders_with_products.day,
        status=orders_with_products.status,
        cycle_name=orders_with_products.product_name,
    )


@adapter(materialized="table")
def raw_payments(
    woocommerce_orders: ir.Table,
    woocommerce_order_stats: ir.Table,
    woocommerce_order_products: ir.Table,
    woocommerce_order_items: ir.Table,
    exchange_rates: ir.Table | None = None,
) -> ir.Table:
    """The total of each paid order, and its refunds as payments below 0."""
    orders = with_rate(_orders(woocommerce_orders, woocommerce_order_stats), exchange_rates)
    paid = orders.filter(orders.status.notin(UNPAID)).select("order_id", "payment_method", "rate")
    amounts = _amounts(woocommerce_orders).inner_join(paid, "order_id", rname="{name}_of_orders")
    payments = with_main_product(amounts, _lines(woocommerce_order_products, woocommerce_order_items))
    return payments.select(
        "id",
        "order_id",
        payment_method=payments.payment_method.fill_null(UNKNOWN),
        amount=convert(cents(payments.total_amount), payments.rate),
        cycle_name=payments.product_name,
    )


@adapter()
def raw_order_lines(
    woocommerce_orders: ir.Table,
    woocommerce_order_stats: ir.Table,
    woocommerce_order_products: ir.Table,
    woocommerce_order_items: ir.Table,
    exchange_rates: ir.Table | None = None,
) -> ir.Table:
    """Every line of every order, without tax and shipping; those of refunds are excluded."""
    orders = with_rate(_orders(woocommerce_orders, woocommerce_order_stats), exchange_rates)
    lines = _lines(woocommerce_order_products, woocommerce_order_items)
    sold = lines.inner_join(orders.select("order_id", "rate"), "order_id", rname="{name}_of_orders")
    return sold.select("id", "order_id", "product_name", "quantity", amount=convert(sold.amount, sold.rate))


def _orders(woocommerce_orders: ir.Table, woocommerce_order_stats: ir.Table) -> ir.Table:
    table, stats = woocommerce_orders, woocommerce_order_stats
    placed = stats.select(
        day=stats.date_created, order_id=key(stats, "order_id"), customer_id=key(stats, "customer_id")
    )
    rows = table.filter(table.type == ORDER, table.status.notin(DRAFTS))
    orders = rows.select("status", "payment_method", "currency", order_id=key(rows, "id"))
    return orders.left_join(placed, "order_id", rname="{name}_of_stats").drop("order_id_of_stats")


def _amounts(woocommerce_orders: ir.Table) -> ir.Table:
    """Return the amounts of orders and refunds, each with the order that it belongs to."""
    table = woocommerce_orders.filter(woocommerce_orders.type.isin((ORDER, REFUND)))
    parent = (table.type == REFUND).ifelse(key(table, "parent_order_id"), key(table, "id"))
    return table.select("total_amount", id=key(table, "id"), order_id=parent)


def _lines(woocommerce_order_products: ir.Table, woocommerce_order_items: ir.Table) -> ir.Table:
    products, items = woocommerce_order_products, woocommerce_order_items
    # Lines of refunds have the refund's order_id, which is that of no order.
    lines = products.select(
        "product_qty", "product_net_revenue", id=key(products, "order_item_id"), order_id=key(products, "order_id")
    )
    names = items.select("order_item_name", id=key(items, "order_item_id"))
    lines_with_names = lines.left_join(names, "id", rname="{name}_of_items")
    return lines_with_names.select(
        "id",
        "order_id",
        product_name=lines_with_names.order_item_name,
        quantity=lines_with_names.product_qty,
        amount=cents(lines_with_names.product_net_revenue.cast(EXACT)),
    )
