"""What is known of a relation that is read, and what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

COLLOCATED = "DS_DIST_NONE"
INNER = "DS_DIST_INNER"
OUTER = "DS_DIST_OUTER"
BOTH = "DS_DIST_BOTH"
BROADCAST = "DS_BCAST_INNER"
"""How a join moves rows, as EXPLAIN names it: https://docs.aws.amazon.com/redshift/latest/dg/c_data_redistribution.html"""
FEW_ROWS = "few rows"
"""A join with a row or a few of them, which are sent to every slice at no cost worth counting."""
REDISTRIBUTED = "redistributed"
"""Rows that are sent to other slices for a GROUP BY, a window, a DISTINCT or the table that is written."""


@dataclass(frozen=True, slots=True)
class StoredRelation:
    """A table or view that a SELECT reads: the bytes of its columns, and the column of its DISTKEY, if there is one.

    ``select`` is that of a view, which runs wherever the view is read. ``key`` is the column by which a source or
    staging model has one row per value, "" if there is none. ``is_of_groups`` says that a table has one row per group
    of other columns than keys.
    """

    widths: Mapping[str, int]
    dist_key: str = ""
    select: str = ""
    key: str = ""
    is_of_groups: bool = False


@dataclass(frozen=True, slots=True)
class Movement:
    """How the rows of one join, grouping or window reach each other, and what it is."""

    kind: str
    at: str


@dataclass(frozen=True, slots=True)
class Costs:
    """What a SELECT does: ``scans`` has the name of a table for each time that it is read from storage.

    ``joins`` move rows or not; ``moves`` are the other redistributions. ``sorts`` are the sort keys, ``windows`` the
    window functions and ``distincts`` the expressions of which each value counts once. ``widest_sort`` is the most
    bytes of a row that is sorted, of the columns that are used there. ``least_redistributions`` are those that remain
    where groups of other columns than keys, such as products or days, are few and copied to every node.
    """

    scans: tuple[str, ...] = ()
    joins: tuple[Movement, ...] = ()
    moves: tuple[Movement, ...] = ()
    sorts: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    distincts: tuple[str, ...] = ()
    widest_sort: int = 0
    least_redistributions: int = 0

    def __add__(self, other: Costs) -> Costs:
        """Return the costs of both."""
        return Costs(
            self.scans + other.scans,
            self.joins + other.joins,
            self.moves + other.moves,
            self.sorts + other.sorts,
            self.windows + other.windows,
            self.distincts + other.distincts,
            max(self.widest_sort, other.widest_sort),
            self.least_redistributions + other.least_redistributions,
        )

    @property
    def broadcasts(self) -> int:
        """Joins that copy a side to every node."""
        return sum(join.kind == BROADCAST for join in self.joins)

    @property
    def redistributions(self) -> int:
        """Times that rows are sent to other slices, twice for a join that moves both sides."""
        sides = {INNER: 1, OUTER: 1, BOTH: 2}
        return sum(sides.get(join.kind, 0) for join in self.joins) + len(self.moves)
