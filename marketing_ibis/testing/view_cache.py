"""Keep what views give while tests read it: a view is computed whenever it is read, and several tests read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.testing.batches import Expected, Suite

SUFFIX = "__subject"
"""Ends the name of the temporary table that holds what a view gives."""


@dataclass(slots=True)
class Subjects:
    """Temporary tables of the views of ``suites``, made when they are first read, each with the columns that count.

    ``totals`` are numbers that are queried in addition to the suites.
    """

    target: Target
    relations: Mapping[str, Relation]
    suites: list[Suite] = field(default_factory=list)
    totals: tuple[Expected, ...] = ()
    kept: dict[str, str] = field(default_factory=dict)

    def views(self) -> frozenset[str]:
        """Return the views that are kept when they are read."""
        return frozenset(suite.node for suite in self.suites if suite.view) | self.kept.keys()

    def placed(self, select: str, reads: Iterable[str]) -> str:
        """Return ``select`` reading from temporary tables those of ``reads`` that are views to be kept."""
        for view in self.views().intersection(reads):
            if view not in self.kept:
                self.kept[view] = self._keep(view)
            select = select.replace(self.target.dialect.marked(view), self.kept[view])
        return select

    def answered(self, suite: Suite) -> None:
        """Release what no other suite and no total reads."""
        if suite in self.suites:
            self.suites.remove(suite)
        wanted = {name for other in self.suites for name in (other.node, *other.reads)}
        wanted |= {name for total in self.totals for name in total.reads}
        self._drop([view for view in self.kept if view not in wanted])

    def close(self) -> None:
        """Drop every temporary table."""
        self._drop(list(self.kept))

    def forget(self) -> None:
        """Recreate every table when it is next read: the session that owned them may have ended."""
        self.kept.clear()

    def _keep(self, view: str) -> str:
        """Fill the table of a view and return the subquery that stands for the view, NULL where a column is unused."""
        dialect = self.target.dialect
        place = dialect.identifier(f"{view}{SUFFIX}")
        kinds = next(suite.view for suite in self.suites if suite.node == view)
        uses = [*(suite.uses for suite in self.suites), *(total.uses for total in self.totals)]
        used = {ref.column for refs in uses for ref in refs if ref.table == view}
        # Rows count also where no column does.
        kept = [name for name in kinds if name in used] or list(kinds)[:1]
        columns = ", ".join(map(dialect.identifier, kept))
        unused = [f"CAST(NULL AS {kind}) AS {dialect.identifier(c)}" for c, kind in kinds.items() if c not in kept]
        self.target.execute(f"DROP TABLE IF EXISTS {place}")
        source = dialect.relation(self.relations[view])
        self.target.execute(f"CREATE TEMPORARY TABLE {place} AS\nSELECT {columns} FROM {source}")
        return f"(SELECT {', '.join((columns, *unused))} FROM {place})"

    def _drop(self, views: Iterable[str]) -> None:
        for view in views:
            del self.kept[view]
            self.target.execute(f"DROP TABLE IF EXISTS {self.target.dialect.identifier(f'{view}{SUFFIX}')}")
