"""Customers, orders, payments and order lines from Shopify's export of orders."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.currencies import convert, with_rate
from marketing_ibis.presets.expressions import (
    UNKNOWN,
    cents,
    email_key,
    first_rows,
    first_word,
    key,
    line_cents,
    numbered_keys,
    other_words,
    with_main_product,
)

CANCELLED = "cancelled"
UNPAID = ("authorized", "expired", "pending", "voided")
"""Financial statuses of orders for which no money was received."""
REFUND = "refund"


@adapter()
def raw_customers(orders_export: ir.Table) -> ir.Table:
    """Everyone with an address on an order, with the name of the last order."""
    orders = _orders(orders_export)
    billed = orders.filter(orders.customer_id.notnull(), orders.billing_name.notnull())
    last_first = [billed.day.desc(nulls_first=False), billed.order_id.desc()]
    names = first_rows(billed, "customer_id", last_first).select("customer_id", "billing_name")
    ids = orders.filter(orders.customer_id.notnull()).select("customer_id").distinct()
    customers = ids.left_join(names, "customer_id", rname="{name}_of_names")
    name = customers.billing_name
    return customers.select(id=customers.customer_id, first_name=first_word(name), last_name=other_words(name))


@adapter(materialized="table")
def raw_orders(orders_export: ir.Table) -> ir.Table:
    """Every order; its status is the financial one, or cancelled."""
    orders = _with_product(orders_export)
    return orders.select(
        id=orders.order_id,
        user_id=orders.customer_id,
        order_date=orders.day,
        status=orders.cancelled.notnull().ifelse(CANCELLED, orders.financial_status),
        cycle_name=orders.product_name,
    )


@adapter(materialized="table")
def raw_payments(orders_export: ir.Table, exchange_rates: ir.Table | None = None) -> ir.Table:
    """What was received for each order, and what was paid back as a payment below 0."""
    orders = with_rate(_with_product(orders_export), exchange_rates)
    received = orders.filter(orders.financial_status.notin(UNPAID))
    paid = received.select(
        id=received.order_id,
        order_id=received.order_id,
        payment_method=received.method.fill_null(UNKNOWN),
        amount=convert(cents(received.total - received.outstanding.fill_null(0)), received.rate),
        cycle_name=received.product_name,
    )
    refunded = received.filter(received.refunded > 0)
    refunds = refunded.select(
        id=refunded.order_id + f":{REFUND}",
        order_id=refunded.order_id,
        payment_method=refunded.method.fill_null(UNKNOWN),
        amount=-convert(cents(refunded.refunded), refunded.rate),
        cycle_name=refunded.product_name,
    )
    return ibis.union(paid, refunds)


@adapter(materialized="table")
def raw_order_lines(orders_export: ir.Table, exchange_rates: ir.Table | None = None) -> ir.Table:
    """Every line of every order, without its discount."""
    rates = with_rate(_orders(orders_export), exchange_rates).select("order_id", "rate")
    lines = _lines(orders_export).inner_join(rates, "order_id", rname="{name}_of_orders")
    line_id = numbered_keys(lines, lines.order_id, ("product_name", "quantity", "amount"))
    amount = convert(lines.amount, lines.rate)
    return lines.select(line_id.name("id"), "order_id", "product_name", "quantity", amount.name("amount"))


def _with_product(orders_export: ir.Table) -> ir.Table:
    return with_main_product(_orders(orders_export), _lines(orders_export))


def _orders(orders_export: ir.Table) -> ir.Table:
    """Return one row per order: what only its first row has is NULL on the others."""
    table = orders_export.mutate(order_id=key(orders_export, "Name"), customer_id=email_key(orders_export, "Email"))
    rows = table.filter(table.order_id.notnull())
    return rows.group_by("order_id").agg(
        customer_id=rows.customer_id.min(),
        day=rows["Created at"].min(),
        cancelled=rows["Cancelled at"].min(),
        currency=rows["Currency"].min(),
        financial_status=rows["Financial Status"].min(),
        total=rows["Total"].max(),
        outstanding=rows["Outstanding Balance"].max(),
        refunded=rows["Refunded Amount"].max(),
        method=rows["Payment Method"].min(),
        billing_name=rows["Billing Name"].min(),
    )


def _lines(orders_export: ir.Table) -> ir.Table:
    table = orders_export
    lines = table.select(
        order_id=key(table, "Name"),
        product_name=table["Lineitem name"].strip().nullif(""),
        quantity=table["Lineitem quantity"],
        amount=line_cents(table["Lineitem quantity"], table["Lineitem price"])
        - cents(table["Lineitem discount"].fill_null(0)),
    )
    return lines.filter(lines.order_id.notnull(), lines.product_name.notnull())
