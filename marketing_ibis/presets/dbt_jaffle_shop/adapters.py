"""Customers, orders and payments of the jaffle shop, which says nothing of products."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.expressions import key


@adapter()
def raw_customers(jaffle_customers: ir.Table) -> ir.Table:
    """Everyone who ordered."""
    return jaffle_customers.select("first_name", "last_name", id=key(jaffle_customers, "id")).relocate("id")


@adapter()
def raw_orders(jaffle_orders: ir.Table) -> ir.Table:
    """Every order; its product is unknown."""
    return jaffle_orders.select(
        id=key(jaffle_orders, "id"),
        user_id=key(jaffle_orders, "user_id"),
        order_date=jaffle_orders.order_date,
        status=jaffle_orders.status,
        cycle_name=ibis.null("string"),
    )


@adapter()
def raw_payments(jaffle_payments: ir.Table) -> ir.Table:
    """Every payment."""
    return jaffle_payments.select(
        id=key(jaffle_payments, "id"),
        order_id=key(jaffle_payments, "order_id"),
        payment_method=jaffle_payments.payment_method,
        amount=jaffle_payments.amount,
        cycle_name=ibis.null("string"),
    )
