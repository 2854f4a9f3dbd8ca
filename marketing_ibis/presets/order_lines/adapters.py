"""Customers, orders, payments and order lines from one flat table of order lines."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.expressions import (
    UNKNOWN,
    email_key,
    key,
    line_cents,
    numbered_keys,
    with_main_product,
)


@adapter()
def raw_customers(order_lines_export: ir.Table) -> ir.Table:
    """Every address of an order; the table has no names."""
    ids = order_lines_export.select(id=email_key(order_lines_export, "customer_email")).distinct()
    unknown = ibis.null("string")
    return ids.filter(ids.id.notnull()).select("id", first_name=unknown, last_name=unknown)


@adapter(materialized="table")
def raw_orders(order_lines_export: ir.Table) -> ir.Table:
    """Every order, with the first day, address and status of its lines."""
    orders = _orders(order_lines_export)
    return orders.select(
        id=orders.order_id,
        user_id=orders.customer_id,
        order_date=orders.day,
        status=orders.status,
        cycle_name=orders.product_name,
    )


@adapter(materialized="table")
def raw_payments(order_lines_export: ir.Table) -> ir.Table:
    """The sum of each order's lines, as if it was paid at once."""
    orders = _orders(order_lines_export)
    return orders.select(
        id=orders.order_id,
        order_id=orders.order_id,
        payment_method=orders.method.fill_null(UNKNOWN),
        amount=orders.amount,
        cycle_name=orders.product_name,
    )


@adapter(materialized="table")
def raw_order_lines(order_lines_export: ir.Table) -> ir.Table:
    """The products of every order."""
    lines = _lines(order_lines_export)
    line_id = numbered_keys(lines, lines.order_id, ("product_name", "quantity", "amount"))
    return lines.select("order_id", "product_name", "quantity", "amount", id=line_id).relocate("id")


def _orders(order_lines_export: ir.Table) -> ir.Table:
    lines = _lines(order_lines_export)
    orders = lines.group_by("order_id").agg(
        customer_id=lines.customer_id.min(),
        day=lines.day.min(),
        status=lines.status.min(),
        method=lines.method.min(),
        amount=lines.amount.sum(),
    )
    return with_main_product(orders, lines)


def _lines(order_lines_export: ir.Table) -> ir.Table:
    table = order_lines_export
    lines = table.select(
        order_id=key(table, "order_number"),
        customer_id=email_key(table, "customer_email"),
        day=table.order_date,
        # One shop writes completed and Completed.
        status=table.status.strip().lower(),
        method=table.payment_method.strip().nullif(""),
        product_name=table["product"].strip().nullif(""),
        quantity=table.quantity,
        amount=line_cents(table.quantity, table.unit_price),
    )
    return lines.filter(lines.order_id.notnull())
