"""Customers who moved from one segment to another."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import MONEY, column, history_view

NEW = "(new)"
"""The segment of customers that a day does not have yet."""

COLUMNS = (
    column("from_as_of", "date", "The recorded day before to_as_of."),
    column("to_as_of", "date", "A recorded day."),
    column("from_segment", "string", f"Segment at from_as_of; {NEW} for a customer who is missing there."),
    column("to_segment", "string", "Segment at to_as_of."),
    column("customers", "int64", "Customers with this pair of segments.", unit="customers"),
    column("revenue_at_to", MONEY, "Their total_revenue at to_as_of.", unit="dollars"),
)


@history_view(grain=("from_as_of", "to_as_of", "from_segment", "to_segment"), columns=COLUMNS)
def segment_migration(segment_history: ir.Table) -> ir.Table:
    """How many customers moved between two segments from one recorded day to the next.

    Grain: one row per pair of days that follow one another and pair of segments that occurs; customers who are missing
    at the later day are not counted.
    Source: docs/metrics/segment_history.md.
    """
    moves = moves_between(segment_history, following_days(segment_history))
    groups = moves.group_by("from_as_of", "to_as_of", "from_segment", "to_segment")
    counts = groups.agg(customers=moves.count(), revenue_at_to=moves.total_revenue.sum().cast(MONEY))
    return counts.select(*[each.name for each in COLUMNS])


def following_days(history: ir.Table) -> ir.Table:
    """Return each recorded day with the one before it."""
    days = history.select(to_as_of=history.as_of).distinct()
    pairs = days.mutate(from_as_of=days.to_as_of.lag().over(order_by=days.to_as_of))
    return pairs.filter(pairs.from_as_of.notnull())


def moves_between(history: ir.Table, days: ir.Table) -> ir.Table:
    """Return the customers at ``to_as_of`` of pairs of days, with their segments on both."""
    later = history.join(days, history.as_of == days.to_as_of)
    later = later.select("from_as_of", "to_as_of", "customer_id", "customer_segment", "total_revenue")
    earlier = history.select(day="as_of", customer="customer_id", segment="customer_segment")
    pairs = later.left_join(earlier, [later.customer_id == earlier.customer, later.from_as_of == earlier.day])
    return pairs.select(
        "from_as_of",
        "to_as_of",
        "customer_id",
        from_segment=ibis.coalesce(pairs.segment, NEW),
        to_segment=pairs.customer_segment,
        total_revenue=pairs.total_revenue,
    )
