"""Format what queries cost on Redshift for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from marketing_ibis.cli.output.row_table import format_rows
from marketing_ibis.engines.costs import Costs

COLUMNS = ("model", "scans", "bcast", "moved", "sorts", "windows", "distinct", "widest")
WIDTH = 80
"""Columns that a terminal has at least."""
LONGEST_NAME = 23
"""The most that fits next to the numbers; a longer name has a line of its own above them."""
MEANING = """
Estimated from the SQL and the DISTKEYs, as if every table were large.
bcast     joins that copy one side to every node (DS_BCAST_INNER)
moved     times that rows are sent to other slices: joins (DS_DIST_INNER and
          DS_DIST_OUTER; DS_DIST_BOTH twice), groups, windows, the table written
          (2): if groups of other columns than keys are few, such as products
          or days, so that a cluster copies them to every node instead
widest    bytes of the widest row that is sorted"""


def costs_of_all(costs: Mapping[str, Costs]) -> Iterator[str]:
    """Yield a table with a line for each model, and what its columns mean."""
    rows = [
        (
            *(name if _fits(name) else "", len(cost.scans), cost.broadcasts, _moved(cost)),
            *(len(cost.sorts), len(cost.windows), len(cost.distincts), cost.widest_sort),
        )
        for name, cost in costs.items()
    ]
    head, rule, *lines = format_rows(COLUMNS, rows, None)
    yield from (head, rule)
    for name, line in zip(costs, lines, strict=True):
        yield from () if _fits(name) else (name,)
        yield line
    yield MEANING


def _fits(name: str) -> bool:
    return len(name) <= LONGEST_NAME


def costs_of_one(name: str, cost: Costs) -> Iterator[str]:
    """Yield each scan, join, redistribution, sort and distinct of a model."""
    yield name
    parts = {
        "scans": cost.scans,
        "joins": [f"{join.kind}  {join.at}" for join in cost.joins],
        "moved for": [move.at for move in cost.moves],
        "moved": [f"{_moved(cost)} times"] if cost.redistributions else [],
        "sorts by": cost.sorts,
        "window functions": [str(len(cost.windows))] if cost.windows else [],
        "distinct": cost.distincts,
        "widest row sorted": [f"{cost.widest_sort:,} bytes"] if cost.widest_sort else [],
    }
    for title, values in parts.items():
        lines = [line for value in values for line in _wrapped(value)]
        for number, line in enumerate(lines):
            yield f"  {'' if number else title:18}{line}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH - 20, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _moved(cost: Costs) -> str:
    """Return how often rows move, with the number if groups are few where it is another."""
    least = f" ({cost.least_redistributions})" if cost.least_redistributions < cost.redistributions else ""
    return f"{cost.redistributions}{least}"
