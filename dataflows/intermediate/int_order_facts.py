"""Order facts: the view of orders that every mart is built on."""

from __future__ import annotations

import ibis.expr.types as ir

from dataflows.intermediate.int_orders import COLUMNS as ORDER_COLUMNS
from dataflows.lib.expressions import in_order
from dataflows.lib.payment_methods import PaymentRules
from marketing_ibis.model import ID, column, expanded, inherited, model

UNKNOWN_PRODUCT = "(unknown)"

COLUMNS = (
    column("order_id", ID, "Key of the order."),
    column("customer_id", ID, "Customer who placed the order; always a known one."),
    *inherited(ORDER_COLUMNS, "order_date", "status"),
    column("product_name", "string", "Product of the order; '(unknown)' if the source has none."),
    *inherited(
        ORDER_COLUMNS,
        "order_status_group",
        "order_month",
        "order_year",
        "order_day_of_week",
        "order_quarter",
        "cents",
        "promo_cents",
        "has_promo",
        "has_{}",
        "payment_count",
    ),
    column("order_sequence", "int64", "Position among the customer's orders up to as_of, from 1."),
    *inherited(ORDER_COLUMNS, "success_sequence", "attribution_channel", "campaign_type"),
)


@model(layer="intermediate", grain=("order_id",), columns=COLUMNS, materialized="view")
def int_order_facts(int_orders: ir.Table, payment_rules: PaymentRules = PaymentRules()) -> ir.Table:
    """Each order of a known customer up to ``as_of``, with its payments added up.

    Grain: one row per ``order_id``; orders of unknown customers are excluded.
    Units: ``cents`` whole cents.
    Nulls: ``success_sequence``, channel and campaign of orders that are not successful.
    Source: docs/metrics/staging_and_core.md.
    """
    facts = int_orders.filter(int_orders.is_known_customer)
    columns = expanded(COLUMNS, payment_rules=payment_rules)
    return in_order(facts, columns, product_name=facts.product_name.fill_null(UNKNOWN_PRODUCT))


def is_successful(facts: ir.Table) -> ir.BooleanColumn:
    """Return which order facts are successful: those with a position among the successes, so no status is read."""
    return facts.success_sequence.notnull()
