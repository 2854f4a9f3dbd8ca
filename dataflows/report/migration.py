"""Customers who moved between segments since the recorded day before the newest one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dataflows.history.segment_migration import NEW
from dataflows.lib.segments import CHAMPIONS
from dataflows.report import queries
from dataflows.report.rows import Migration
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import DASH, count, day, money, percent

UNRECORDED = "Which segments grew cannot be said: fewer than two days are recorded"
RECORD = """\
To record earlier days, run marketing-ibis snapshot customer_segmentation --from DAY --to DAY --every month; each build
then records its own."""
NEW_NOTE = "Customers who were new on the later day count as growth of their segment."
LIST_NOTE = "The view campaign_left_champions lists these customers, for every earlier recorded day."


def section(answers: Answers) -> Section:
    """Return the section on moves between segments."""
    return describe(answers.rows(queries.migrations))


def describe(migrations: Sequence[Migration]) -> Section:
    """Return the section on ``migrations``, all of which are between the same two days, or on how to record days."""
    if not migrations:
        return Section("migration", "Customers", UNRECORDED, lead=RECORD, terms=("Segment",))
    moves = [row for row in migrations if row.from_segment != row.to_segment]
    left = [row for row in moves if row.from_segment == CHAMPIONS]
    head = ("From", "To", "Customers", "Net revenue")
    return Section(
        "migration",
        "Customers",
        f"{finding(migrations, sum(row.customers for row in left))}; {grown(migrations)}",
        lead=f"Segments on {day(migrations[0].as_of)}, and on the recorded day before it.",
        tables=(
            growth_table(migrations),
            Table(f"Who left the segment {CHAMPIONS}", head, _rows(left), frozenset({2, 3}), is_folded=not left),
            Table("All customers who moved", head, _rows(moves), frozenset({2, 3})),
        ),
        notes=(LIST_NOTE, NEW_NOTE) if left else (NEW_NOTE,),
        terms=("Segment", "Net revenue"),
    )


def sizes(migrations: Sequence[Migration]) -> dict[str, tuple[int, int, Decimal]]:
    """Return the customers of each segment before and now, and their revenue now; new customers had no segment."""
    names = sorted({row.to_segment for row in migrations} | {row.from_segment for row in migrations} - {NEW})
    return {
        name: (
            sum(row.customers for row in migrations if row.from_segment == name),
            sum(row.customers for row in migrations if row.to_segment == name),
            sum((row.revenue for row in migrations if row.to_segment == name), Decimal(0)),
        )
        for name in names
    }


def grown(migrations: Sequence[Migration]) -> str:
    """Return the segment that gained most customers, and the one that lost most."""
    changes = {name: now - before for name, (before, now, _) in sizes(migrations).items()}
    best, worst = max(changes, key=lambda name: changes[name]), min(changes, key=lambda name: changes[name])
    parts = [f"{best} grew by {count(changes[best])}"] * (changes[best] > 0)
    parts += [f"{worst} shrank by {count(-changes[worst])}"] * (changes[worst] < 0)
    return " and ".join(parts) or "no segment changed in size"


def growth_table(migrations: Sequence[Migration]) -> Table:
    """Return each segment's size before and now, the most valuable one first."""
    rows = tuple(
        (
            name,
            count(before),
            count(now),
            f"+{count(now - before)}" if now > before else count(now - before),
            percent((now - before) / before) if before else DASH,
            money(revenue),
        )
        for name, (before, now, revenue) in sorted(sizes(migrations).items(), key=lambda item: (-item[1][2], item[0]))
    )
    head = ("Segment", "Customers before", "Customers now", "Change", "Share", "Net revenue now")
    return Table("Which segments grew", head, rows, frozenset(range(1, 6)), is_folded=False)


def finding(migrations: Sequence[Migration], left: int) -> str:
    """Return how many customers left the best segment, and since when."""
    since = day(migrations[0].since)
    if left:
        return f"{count(left, 'customer')} left {CHAMPIONS} since {since}"
    return f"No customer left {CHAMPIONS} since {since}"


def _rows(moves: Sequence[Migration]) -> tuple[tuple[str, ...], ...]:
    return tuple((row.from_segment, row.to_segment, count(row.customers), money(row.revenue)) for row in moves)
