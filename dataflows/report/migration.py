"""Customers who moved between segments since the recorded day before the newest one."""

from __future__ import annotations

from collections.abc import Sequence

from dataflows.lib.segments import CHAMPIONS
from dataflows.report import queries
from dataflows.report.rows import Migration
from marketing_ibis.report.blocks import NO_SECTION, Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import count, day, money

LIST_NOTE = "The view campaign_left_champions lists these customers, for every earlier recorded day."


def section(answers: Answers) -> Section:
    """Return the section on moves between segments; nothing unless two days are recorded."""
    return describe(answers.rows(queries.migrations))


def describe(migrations: Sequence[Migration]) -> Section:
    """Return the section on ``migrations``, all of which are between the same two days."""
    if not migrations:
        return NO_SECTION
    moves = [row for row in migrations if row.from_segment != row.to_segment]
    left = [row for row in moves if row.from_segment == CHAMPIONS]
    head = ("From", "To", "Customers", "Net revenue")
    return Section(
        "migration",
        "Customers",
        finding(migrations, sum(row.customers for row in left)),
        lead=f"Segments on {day(migrations[0].as_of)}, and on the recorded day before it.",
        tables=(
            Table(f"Who left the segment {CHAMPIONS}", head, _rows(left), frozenset({2, 3}), is_folded=not left),
            Table("All customers who moved", head, _rows(moves), frozenset({2, 3})),
        ),
        notes=(LIST_NOTE,) if left else (),
    )


def finding(migrations: Sequence[Migration], left: int) -> str:
    """Return how many customers left the best segment, and since when."""
    since = day(migrations[0].since)
    if left:
        return f"{count(left, 'customer')} left {CHAMPIONS} since {since}"
    return f"No customer left {CHAMPIONS} since {since}"


def _rows(moves: Sequence[Migration]) -> tuple[tuple[str, ...], ...]:
    return tuple((row.from_segment, row.to_segment, count(row.customers), money(row.revenue)) for row in moves)
