"""RFM segments: how many customers, how much revenue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dataflows.report import queries
from dataflows.report.past_days import is_undated, with_orders
from dataflows.report.rows import Segment, Total
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.drawing import CROWDED, HALF, Spec, bars, figure, room, side_by_side, values
from marketing_ibis.report.theme import ACCENT, SOFT
from marketing_ibis.report.wording import count, money, percent, share, short_money

ACTIONS_NOTE = """\
The table has the action that is recommended for each segment as a whole. Where a customer's next best action differs,
it comes first."""


@dataclass(frozen=True, slots=True)
class Group:
    """A whole segment; ``idle`` are its customers who never bought."""

    name: str
    customers: int
    idle: int
    orders: int
    revenue: Decimal
    action: str


def groups(segments: Sequence[Segment], *, only_with_orders: bool = False) -> list[Group]:
    """Return the segments, most revenue first, buyers and others together.

    ``only_with_orders`` omits customers who placed no order of any status.
    """
    result = []
    for name in {row.name for row in segments}:
        rows = [row for row in segments if row.name == name]
        omitted = sum(row.without_orders for row in rows) if only_with_orders else 0
        result.append(
            Group(
                name=name,
                customers=sum(row.customers for row in rows) - omitted,
                idle=sum(row.customers for row in rows if not row.has_purchased) - omitted,
                orders=sum(row.orders for row in rows),
                revenue=sum((row.revenue for row in rows), Decimal(0)),
                action=rows[0].action,
            )
        )
    return sorted(result, key=lambda group: (-group.revenue, -group.customers, group.name))


def finding(segment_groups: Sequence[Group], total: Total) -> str:
    """Return how many customers the segment with most revenue has, and what it brings."""
    if not total.buyers:
        return "No customer has bought yet"
    first = segment_groups[0]
    part = share(first.revenue, total.revenue)
    contribution = f"{percent(part)} of revenue" if part is not None else f"bring {money(first.revenue)}"
    return (
        f"{people(first.name)} are {percent(share(first.customers, total.customers))} of customers and {contribution}"
    )


def people(segment: str) -> str:
    """Return the customers of a segment as the subject of a sentence."""
    return segment if segment.endswith("s") else f"Customers “{segment}”"


def section(answers: Answers) -> Section:
    """Return the section on segments."""
    return describe(answers.rows(queries.segments), answers.row(queries.total), only_with_orders=is_undated(answers))


def describe(segments: Sequence[Segment], total: Total, *, only_with_orders: bool = False) -> Section:
    """Return the section on ``segments``, with their shares of ``total``."""
    segment_groups = groups(segments, only_with_orders=only_with_orders)
    total = with_orders(total) if only_with_orders else total
    if not segment_groups:
        return Section("segments", "Customers", "There are no customers yet", is_half=True)
    idle = sum(group.idle for group in segment_groups)
    caption = "Customers and net revenue of each RFM segment, with their shares of the whole."
    if idle:
        names = " or ".join(sorted(group.name for group in segment_groups if group.idle))
        caption += f" Paler: {count(idle, 'customer')} who never bought, whom the scoring rules classify as {names}."
    if only_with_orders:
        caption += " Customers without an order by that day are not counted: they may have signed up later."
    rows = tuple(
        (
            group.name,
            count(group.customers),
            percent(share(group.customers, total.customers)),
            count(group.orders),
            money(group.revenue),
            percent(share(group.revenue, total.revenue)),
            group.action,
        )
        for group in segment_groups
    )
    head = ("Segment", "Customers", "Share", "Orders", "Net revenue", "Share", "Recommended action")
    return Section(
        "segments",
        "Customers",
        finding(segment_groups, total),
        figures=(figure(lambda width: chart(segment_groups, total, width), caption, name="segments", width=HALF),),
        tables=(Table("Segments and what to do", head, rows, frozenset(range(1, 6))),),
        notes=(ACTIONS_NOTE,),
        is_half=True,
    )


def chart(segment_groups: Sequence[Group], total: Total, width: int) -> Spec:
    """Return two panels of bars: customers, of whom some never bought, and revenue."""
    panel = (width - 160) // 2 if width > CROWDED else (width - 146) // 2
    names = [group.name for group in segment_groups]
    return side_by_side(
        bars(
            values(part for group in segment_groups for part in _customers(group, total, width)),
            width=panel,
            title="Customers",
            names=names,
            with_names=True,
            scale=room(max(group.customers for group in segment_groups), 0, panel, 90 if width > CROWDED else 46),
        ),
        bars(
            values(_revenue(group, total, width) for group in segment_groups),
            width=panel,
            title="Net revenue",
            names=names,
            with_names=False,
            scale=room(
                float(max(group.revenue for group in segment_groups)),
                float(min(group.revenue for group in segment_groups)),
                panel,
                100 if width > CROWDED else 46,
            ),
        ),
    )


def _customers(group: Group, total: Total, width: int) -> list[dict[str, object]]:
    buyers = group.customers - group.idle
    part = percent(share(group.customers, total.customers))
    label = f"{count(group.customers)} · {part}" if width > CROWDED else part
    bar = {"name": group.name, "start": 0, "value": buyers, "tip": group.customers, "label": label, "colour": ACCENT}
    idle = bar | {"start": buyers, "value": group.customers, "label": "", "colour": SOFT}
    return [bar, idle] if group.idle else [bar]


def _revenue(group: Group, total: Total, width: int) -> dict[str, object]:
    part = percent(share(group.revenue, total.revenue))
    value = float(group.revenue)
    return {
        "name": group.name,
        "start": 0,
        "value": value,
        "tip": max(value, 0.0),
        "label": f"{short_money(group.revenue)} · {part}" if width > CROWDED else part,
        "colour": ACCENT,
    }
