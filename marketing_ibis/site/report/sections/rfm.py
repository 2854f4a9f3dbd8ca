"""The RFM grid: recency against frequency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from marketing_ibis.site.report.blocks import HeatMap, Section, Tile, level_of
from marketing_ibis.site.report.rows import Cell
from marketing_ibis.site.report.wording import count, percent, share

SCORES = (1, 2, 3, 4, 5)
HIGH = 4


def finding(cells: Sequence[Cell]) -> str:
    """Return how many buyers order both lately and often, and what they bring."""
    buyers = sum(cell.customers for cell in cells)
    best = [cell for cell in cells if cell.recency >= HIGH and cell.frequency >= HIGH]
    part = percent(share(sum(cell.customers for cell in best), buyers))
    brought = share(_revenue(best), _revenue(cells))
    tail = f" and bring {percent(brought)} of revenue" if brought is not None else ""
    return f"{part} of buyers order both lately and often{tail}"


def section(cells: Sequence[Cell]) -> Section:
    """Return the section with the grid."""
    if not cells:
        return Section("rfm", "Customers", "No buyer to place by recency and frequency yet", is_half=True)
    return Section(
        "rfm",
        "Customers",
        finding(cells),
        lead="Buyers by recency and frequency score; below each number, their share of net revenue.",
        heat_maps=(grid(cells),),
        notes=("Scores run from 1 to 5 among buyers; equal values have equal scores. Lately and often: 4 or 5.",),
        is_half=True,
    )


def grid(cells: Sequence[Cell]) -> HeatMap:
    """Return recency down, frequency across, darker where more buyers are."""
    by_score = {(cell.recency, cell.frequency): cell for cell in cells}
    most = max(cell.customers for cell in cells)
    revenue = _revenue(cells)

    def tile(recency: int, frequency: int) -> Tile:
        cell = by_score.get((recency, frequency))
        if cell is None:
            return Tile("0")
        return Tile(count(cell.customers), level_of(cell.customers, most), percent(share(cell.revenue, revenue)))

    rows = tuple((_named(recency), tuple(tile(recency, f) for f in SCORES)) for recency in reversed(SCORES))
    return HeatMap(
        caption="Buyers by recency score (rows, 5 is latest) and frequency score (columns, 5 is most often)",
        corner="Recency",
        columns=tuple(map(str, SCORES)),
        rows=rows,
        legend=("few buyers", "many"),
        column_title="Frequency: 1 seldom to 5 often",
    )


def _named(recency: int) -> str:
    return {5: "5 latest", 1: "1 longest ago"}.get(recency, str(recency))


def _revenue(cells: Sequence[Cell]) -> Decimal:
    return sum((cell.revenue for cell in cells), Decimal(0))
