"""The RFM grid: recency against frequency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dataflows.report import queries
from dataflows.report.rows import Cell
from dataflows.report.rules import SCORES, rules_of
from marketing_ibis.report.blocks import HeatMap, Section, Tile, level_of
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import HARD_SPACE, count, percent, share

GROUPS = SCORES.score_groups
"""The groups of scores by the published rules."""


def high(groups: int) -> int:
    """Return the lower of the two best scores of ``groups``."""
    return max(1, groups - 1)


def finding(cells: Sequence[Cell], groups: int = GROUPS) -> str:
    """Return how many buyers order both recently and often, what they bring, and which cell brings most."""
    buyers = sum(cell.customers for cell in cells)
    best = [cell for cell in cells if cell.recency >= high(groups) and cell.frequency >= high(groups)]
    part = percent(share(sum(cell.customers for cell in best), buyers))
    revenue_share = share(_revenue(best), _revenue(cells))
    tail = f" and bring {percent(revenue_share)} of revenue" if revenue_share is not None else ""
    return f"{part} of buyers order both recently and often{tail}{largest(cells)}"


def largest(cells: Sequence[Cell]) -> str:
    """Return the cell with the most revenue and its share; nothing without shares."""
    first = max(cells, key=lambda cell: (cell.revenue, cell.recency, cell.frequency))
    part = share(first.revenue, _revenue(cells))
    if part is None:
        return ""
    place = f"recency{HARD_SPACE}{first.recency}, frequency{HARD_SPACE}{first.frequency}"
    return f"; the cell with the most revenue, {percent(part)}, is {place}: {count(first.customers, 'buyer')}"


def section(answers: Answers) -> Section:
    """Return the section with the grid."""
    return describe(answers.rows(queries.cells), rules_of(answers.context.inputs).score_groups)


def describe(cells: Sequence[Cell], groups: int = GROUPS) -> Section:
    """Return the section with the grid of ``cells``."""
    if not cells:
        return Section("rfm", "Customers", "No buyer to place by recency and frequency yet", is_half=True)
    return Section(
        "rfm",
        "Customers",
        finding(cells, groups),
        lead="Buyers by recency and frequency score; below each number, their share of net revenue.",
        heat_maps=(grid(cells, groups),),
        notes=(f"Scores run from 1 to {groups} among buyers. Recently and often: {high(groups)} or {groups}.",),
        is_half=True,
    )


def grid(cells: Sequence[Cell], groups: int = GROUPS) -> HeatMap:
    """Return recency down, frequency across, darker where there are more buyers."""
    by_score = {(cell.recency, cell.frequency): cell for cell in cells}
    most = max(cell.customers for cell in cells)
    revenue = _revenue(cells)

    def tile(recency: int, frequency: int) -> Tile:
        cell = by_score.get((recency, frequency))
        if cell is None:
            return Tile("0")
        return Tile(count(cell.customers), level_of(cell.customers, most), percent(share(cell.revenue, revenue)))

    scores = range(1, groups + 1)
    rows = tuple((_row_label(recency, groups), tuple(tile(recency, f) for f in scores)) for recency in reversed(scores))
    return HeatMap(
        caption=f"Buyers by recency (rows, {groups} is latest) and frequency score (columns, {groups} is most often)",
        corner="Recency",
        columns=tuple(map(str, scores)),
        rows=rows,
        legend=("few buyers", "many"),
        column_title=f"Frequency: 1 rarely to {groups} often",
    )


def _row_label(recency: int, groups: int) -> str:
    return {groups: f"{groups} latest", 1: "1 longest ago"}.get(recency, str(recency))


def _revenue(cells: Sequence[Cell]) -> Decimal:
    return sum((cell.revenue for cell in cells), Decimal(0))
