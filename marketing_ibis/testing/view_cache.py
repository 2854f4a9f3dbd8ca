"""Keep what views give while tests read it: a view is computed whenever it is read, and several tests read it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.testing.batches import Batch, Expected

SUFFIX = "__subject"
"""Ends the name of the temporary table that holds what a view gives."""


@dataclass(slots=True)
class ViewCache:
    """Temporary tables of the views of ``batches``, made when they are first read, each with the columns that count.

    ``totals`` are numbers that are queried in addition to the batches.
    """

    target: Target
    relations: Mapping[str, Relation]
    batches: list[Batch] = field(default_factory=list)
    totals: tuple[Expected, ...] = ()
    subqueries: dict[str, str] = field(default_factory=dict)

    def views(self) -> frozenset[str]:
        """Return the views that are kept when they are read."""
        return frozenset(batch.node for batch in self.batches if batch.view) | self.subqueries.keys()

    def read_from_cache(self, select: str, tables: Iterable[str]) -> str:
        """Return ``select`` reading from temporary tables those of ``tables`` that are views to be kept."""
        for view in self.views().intersection(tables):
            if view not in self.subqueries:
                self.subqueries[view] = self._fill(view)
            select = select.replace(self.target.dialect.placeholder(view), self.subqueries[view])
        return select

    def release(self, batch: Batch) -> None:
        """Forget ``batch``, and drop the tables that no other batch and no total reads."""
        if batch in self.batches:
            self.batches.remove(batch)
        needed = {name for other in self.batches for name in (other.node, *other.depends_on)}
        needed |= {name for total in self.totals for name in total.depends_on}
        self._drop([view for view in self.subqueries if view not in needed])

    def close(self) -> None:
        """Drop every temporary table."""
        self._drop(list(self.subqueries))

    def forget(self) -> None:
        """Recreate every table when it is next read: the session that owned them may have ended."""
        self.subqueries.clear()

    def _fill(self, view: str) -> str:
        """Fill the table of a view and return the subquery that stands for the view, NULL where a column is unused."""
        dialect = self.target.dialect
        table = dialect.identifier(f"{view}{SUFFIX}")
        kinds = next(batch.view for batch in self.batches if batch.node == view)
        uses = [*(batch.uses for batch in self.batches), *(total.uses for total in self.totals)]
        columns, subquery = cached_columns(dialect, view, kinds, uses)
        self.target.execute(f"DROP TABLE IF EXISTS {table}")
        source = dialect.relation(self.relations[view])
        self.target.execute(f"CREATE TEMPORARY TABLE {table} AS\nSELECT {columns} FROM {source}")
        return subquery

    def _drop(self, views: Iterable[str]) -> None:
        for view in views:
            del self.subqueries[view]
            self.target.execute(f"DROP TABLE IF EXISTS {self.target.dialect.identifier(f'{view}{SUFFIX}')}")


def cached_columns(
    dialect: Dialect, view: str, kinds: Mapping[str, str], uses: Iterable[Collection[ColumnRef]]
) -> tuple[str, str]:
    """Return the list of columns of a view that are kept, and the subquery that reads them in place of the view.

    ``kinds`` are the types of all its columns; those outside of ``uses`` are NULL in the subquery.
    """
    used = {ref.column for refs in uses for ref in refs if ref.table == view}
    # Rows count also where no column does.
    used_columns = [name for name in kinds if name in used] or list(kinds)[:1]
    columns = ", ".join(map(dialect.identifier, used_columns))
    unused = [f"CAST(NULL AS {kind}) AS {dialect.identifier(c)}" for c, kind in kinds.items() if c not in used_columns]
    return columns, f"(SELECT {', '.join((columns, *unused))} FROM {dialect.identifier(f'{view}{SUFFIX}')})"
