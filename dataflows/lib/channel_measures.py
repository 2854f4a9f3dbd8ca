"""Measures that the tables of observed channels share: credits, costs and the ratios of both."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.lib.expressions import SHARE, no_negative_zero


def ratios(
    *, orders: ir.FloatingColumn, customers: ir.FloatingColumn, revenue: ir.FloatingColumn, spend: ir.FloatingColumn
) -> dict[str, ir.FloatingColumn]:
    """Return what a dollar brought and what an order and a new customer cost; NULL where a denominator is 0."""
    return {
        "roas": no_negative_zero(revenue / spend.nullif(0.0)),
        "cost_per_order": spend / orders.nullif(0.0),
        "cost_per_new_customer": spend / customers.nullif(0.0),
    }


def spend_in_scope(spend: ir.Table, as_of: date) -> ir.Table:
    """Return the costs that have a day up to ``as_of``, with a missing amount as 0."""
    return spend.filter(spend.spend_date <= ibis.date(as_of)).mutate(spend_cents=spend.amount_cents.fill_null(0))


def credit(of: ir.FloatingColumn, as_type: str = SHARE) -> ir.DecimalScalar:
    """Add up credits as decimals: a sum of doubles depends on the order in which an engine meets the rows."""
    return of.cast(as_type).sum()
