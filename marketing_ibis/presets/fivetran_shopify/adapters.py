"""Customers, orders, payments and order lines from Fivetran's tables of Shopify."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.currencies import convert, with_rate
from marketing_ibis.presets.expressions import EXACT, UNKNOWN, cents, key, line_cents, with_main_product

CANCELLED = "cancelled"
RECEIVED, PAID_BACK = ("capture", "sale"), "refund"
"""Kinds of transactions that move money."""
SUCCESS = "success"


@adapter()
def raw_customers(shopify_customers: ir.Table) -> ir.Table:
    """Every customer."""
    customers = shopify_customers
    return customers.select(
        id=key(customers, "id"),
        first_name=customers.first_name,
        last_name=customers.last_name,
        signed_up_on=customers.created_at,
    )


@adapter(materialized="table")
def raw_orders(shopify_orders: ir.Table, shopify_order_lines: ir.Table) -> ir.Table:
    """Every order that is not a trial; its status is the financial one, or cancelled."""
    orders = with_main_product(_orders(shopify_orders), _lines(shopify_order_lines))
    return orders.select(
        id=orders.order_id,
        user_id=orders.buyer_id,
        order_date=orders.created_at,
        status=orders.cancelled_at.notnull().ifelse(CANCELLED, orders.financial_status),
        cycle_name=orders.product_name,
    )


@adapter(materialized="table")
def raw_payments(
    shopify_transactions: ir.Table,
    shopify_orders: ir.Table,
    shopify_order_lines: ir.Table,
    exchange_rates: ir.Table | None = None,
) -> ir.Table:
    """Every successful sale and capture, and every refund as a payment below 0."""
    table = shopify_transactions
    moved = table.filter(table.status == SUCCESS, ~table.test.fill_null(False), table.kind.isin((*RECEIVED, PAID_BACK)))
    amounts = moved.mutate(transaction_id=key(moved, "id"), order_id=key(moved, "order_id"))
    rates = with_rate(_orders(shopify_orders), exchange_rates).select("order_id", "rate")
    amounts = amounts.inner_join(rates, "order_id", rname="{name}_of_orders")
    payments = with_main_product(amounts, _lines(shopify_order_lines))
    amount = convert(cents(payments.amount.cast(EXACT)), payments.rate)
    return payments.select(
        id=payments.transaction_id,
        order_id=payments.order_id,
        payment_method=payments.gateway.fill_null(UNKNOWN),
        amount=(payments.kind == PAID_BACK).ifelse(-amount, amount),
        cycle_name=payments.product_name,
    )


@adapter()
def raw_order_lines(
    shopify_order_lines: ir.Table, shopify_orders: ir.Table, exchange_rates: ir.Table | None = None
) -> ir.Table:
    """Every line of every order that is not a trial, without its discount."""
    rates = with_rate(_orders(shopify_orders), exchange_rates).select("order_id", "rate")
    lines = _lines(shopify_order_lines).inner_join(rates, "order_id", rname="{name}_of_orders")
    return lines.select("id", "order_id", "product_name", "quantity", amount=convert(lines.amount, lines.rate))


def _orders(shopify_orders: ir.Table) -> ir.Table:
    orders = shopify_orders.filter(~shopify_orders.test.fill_null(False))
    return orders.mutate(order_id=key(orders, "id"), buyer_id=key(orders, "customer_id"), day=orders.created_at)


def _lines(shopify_order_lines: ir.Table) -> ir.Table:
    table = shopify_order_lines
    full_price = line_cents(table.quantity, table.price.cast(EXACT))
    return table.select(
        id=key(table, "id"),
        order_id=key(table, "order_id"),
        product_name=table.title,
        quantity=table.quantity,
        amount=full_price - cents(table.total_discount.fill_null(0.0).cast(EXACT)),
    )
