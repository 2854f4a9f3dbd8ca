"""Customers, orders and payments from the charges of Stripe."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.currencies import convert, with_rate
from marketing_ibis.presets.expressions import UNKNOWN, first_word, key, other_words

FAILED, SUCCEEDED = "failed", "succeeded"
REFUNDED, UNCAPTURED = "refunded", "uncaptured"


@adapter()
def raw_customers(stripe_customers: ir.Table) -> ir.Table:
    """Every customer; the first word of a name is the given name."""
    name = stripe_customers.name
    return stripe_customers.select(
        id=key(stripe_customers, "id"),
        first_name=first_word(name),
        last_name=other_words(name),
        signed_up_on=stripe_customers.created,
    )


@adapter(materialized="table")
def raw_orders(stripe_charges: ir.Table) -> ir.Table:
    """Every charge that did not fail; one that is only reserved is uncaptured, one paid back in full refunded."""
    charges = _charges(stripe_charges)
    status = ibis.cases(
        (charges.refunded, REFUNDED),
        ((charges.status == SUCCEEDED) & ~charges.captured, UNCAPTURED),
        else_=charges.status,
    )
    return charges.select(
        id=charges.order_id,
        user_id=charges.buyer_id,
        order_date=charges.created,
        status=status,
        cycle_name=charges.description,
    )


@adapter(materialized="table")
def raw_payments(
    stripe_charges: ir.Table,
    stripe_refunds: ir.Table,
    stripe_payment_methods: ir.Table,
    exchange_rates: ir.Table | None = None,
) -> ir.Table:
    """Every charge that was captured, and its refunds as payments below 0."""
    charges = _charges(stripe_charges)
    captured = with_rate(charges.filter(charges.status == SUCCEEDED, charges.captured), exchange_rates)
    methods = stripe_payment_methods.select("type", method_id=key(stripe_payment_methods, "id"))
    paid = captured.left_join(methods, "method_id", rname="{name}_of_methods")
    charged = paid.select(
        id=paid.order_id,
        order_id=paid.order_id,
        payment_method=paid.type.fill_null(UNKNOWN),
        amount=convert(paid.amount, paid.rate),
        cycle_name=paid.description,
    )
    succeeded = stripe_refunds.filter(stripe_refunds.status == SUCCEEDED)
    refunds = succeeded.select(
        refund_id=key(succeeded, "id"), order_id=key(succeeded, "charge_id"), refund=succeeded.amount
    ).inner_join(paid, "order_id", rname="{name}_of_charges")
    paid_back = refunds.select(
        id=refunds.refund_id,
        order_id=refunds.order_id,
        payment_method=refunds.type.fill_null(UNKNOWN),
        amount=-convert(refunds.refund, refunds.rate),
        cycle_name=refunds.description,
    )
    return ibis.union(charged, paid_back)


def _charges(stripe_charges: ir.Table) -> ir.Table:
    table = stripe_charges
    charges = table.mutate(
        order_id=key(table, "id"),
        buyer_id=key(table, "customer_id"),
        method_id=key(table, "payment_method_id"),
        day=table.created,
        captured=table.captured.fill_null(True),
        refunded=table.refunded.fill_null(False),
    )
    return charges.filter(charges.status != FAILED)
