"""Customers who were Champions and are no longer."""

from __future__ import annotations

import ibis.expr.types as ir

from dataflows.history.segment_migration import moves_between
from dataflows.lib.segments import CHAMPIONS
from marketing_ibis.model import ID, MONEY, column, history_view

COLUMNS = (
    column("since", "date", f"A recorded day on which the customer was in the segment {CHAMPIONS}."),
    column("as_of", "date", "The newest recorded day."),
    column("customer_id", ID, "Key of the customer."),
    column("customer_segment", "string", "Segment at as_of."),
    column("total_revenue", MONEY, "Payments of successful orders up to as_of.", unit="dollars"),
)


@history_view(grain=("since", "customer_id"), columns=COLUMNS)
def campaign_left_champions(segment_history: ir.Table) -> ir.Table:
    """Customers to win back: those who were Champions on an earlier recorded day, and are not on the newest one.

    Grain: one row per earlier recorded day ``since`` and customer; choose one of the days.
    Source: docs/metrics/segment_history.md.
    """
    days = segment_history.select(from_as_of=segment_history.as_of).distinct()
    newest = segment_history.agg(to_as_of=segment_history.as_of.max())
    pairs = days.cross_join(newest)
    moves = moves_between(segment_history, pairs.filter(pairs.from_as_of < pairs.to_as_of))
    left = moves.filter((moves.from_segment == CHAMPIONS) & (moves.to_segment != CHAMPIONS))
    return left.select(
        since=left.from_as_of,
        as_of=left.to_as_of,
        customer_id=left.customer_id,
        customer_segment=left.to_segment,
        total_revenue=left.total_revenue,
    )
