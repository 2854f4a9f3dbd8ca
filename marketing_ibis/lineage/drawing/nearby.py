"""Choose the tables of a drawing around one table: few enough to be read without zooming."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marketing_ibis.graph import Graph, children_of

HOPS = 2
MOST = 36
"""Tables of one drawing. A hub with hundreds of dependents would make every page around it as long as the project."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """The tables within ``hops`` of one table, upstream and downstream; ``omitted`` are others at that distance."""

    tables: frozenset[str]
    hops: int
    omitted: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Each table's parents and children, computed once for all pages."""

    parents: Graph
    children: Graph

    @classmethod
    def of(cls, graph: Graph) -> Surroundings:
        """Return the surroundings of every name of a graph."""
        return cls(graph, children_of(graph))

    def near(self, name: str, *, hops: int = HOPS, most: int = MOST) -> Nearby:
        """Return the tables around ``name``, level by level, as long as there are at most ``most`` of them.

        Of a first level that is larger, the first names in alphabetical order are taken on either side.

        Raises:
            KeyError: there is no such table.
        """
        tables = frozenset({name})
        above, below = tables, tables
        for hop in range(1, hops + 1):
            above, below = _next(self.parents, above) - tables, _next(self.children, below) - tables
            if len(tables | above | below) > most:
                first = _first(above, below, most) if hop == 1 else frozenset[str]()
                return Nearby(tables | first, max(hop - 1, 1), len((above | below) - first))
            tables |= above | below
        return Nearby(tables, hops, 0)


def _next(edges: Graph, names: Iterable[str]) -> frozenset[str]:
    return frozenset(near for name in names for near in edges[name])


def _first(above: frozenset[str], below: frozenset[str], most: int) -> frozenset[str]:
    """Return as many names of both sides as fit, half of them of each where both are long."""
    room = most - 1
    of_above = min(len(above), max(room // 2, room - len(below)))
    return frozenset(sorted(above)[:of_above] + sorted(below)[: room - of_above])
