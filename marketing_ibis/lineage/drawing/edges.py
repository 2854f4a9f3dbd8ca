"""Choose the columns and edges of a column-level drawing: around one model, or along one column's path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from marketing_ibis.graph import reached
from marketing_ibis.lineage.project import Lineage
from marketing_ibis.model.column_ref import ColumnRef

Edge = tuple[ColumnRef, ColumnRef]


@dataclass(frozen=True, slots=True)
class ColumnEdges:
    """A drawing's tables with their columns, in order, and the edges between them.

    ``values`` and ``controls`` lead from an origin to the column made of it, ``rows`` from a column to the table whose
    rows it decides.
    """

    tables: tuple[tuple[str, tuple[str, ...]], ...]
    values: tuple[Edge, ...] = ()
    controls: tuple[Edge, ...] = ()
    rows: tuple[tuple[ColumnRef, str], ...] = ()

    def within(self, names: Iterable[str]) -> ColumnEdges:
        """Return the part that lies in the tables called ``names``."""
        chosen = frozenset(names)
        return ColumnEdges(
            tuple((name, columns) for name, columns in self.tables if name in chosen),
            tuple(edge for edge in self.values if chosen.issuperset(end.table for end in edge)),
            tuple(edge for edge in self.controls if chosen.issuperset(end.table for end in edge)),
            tuple((ref, table) for ref, table in self.rows if chosen.issuperset((ref.table, table))),
        )


def edges_of_tables(lineage: Lineage, names: Iterable[str]) -> ColumnEdges:
    """Return every column of the tables called ``names``, and those of their parents that they are made of."""
    chosen = sorted(set(names))
    refs = [ColumnRef(name, column) for name in chosen for column in lineage.direct[name].columns]
    rows = tuple((ref, name) for name in chosen for ref in sorted(lineage.direct[name].rows.controls))
    values = _edges(refs, lambda ref: lineage.origins(ref).values)
    controls = _edges(refs, lambda ref: lineage.own_controls(ref) - lineage.origins(ref).values)
    ends = {end for edge in (*values, *controls) for end in edge} | {ref for ref, _ in rows}
    return ColumnEdges(_tables(lineage, ends.union(refs)), values, controls, rows)


def edges_of_column(lineage: Lineage, ref: ColumnRef) -> ColumnEdges:
    """Return the columns whose values flow into ``ref`` or that its value flows into, and its own controls."""

    def value_dependents(near: ColumnRef) -> Iterator[ColumnRef]:
        return (r for r in lineage.dependents.get(near, ()) if near in lineage.origins(r).values)

    upstream = reached([ref], lambda near: lineage.origins(near).values)
    downstream = reached([ref], value_dependents)
    values = _edges((*upstream, ref), lambda near: lineage.origins(near).values)
    values += _edges(downstream, lambda near: lineage.origins(near).values & (downstream | {ref}))
    controls = _edges((ref,), lambda near: lineage.own_controls(near) - lineage.origins(near).values)
    ends = {end for edge in (*values, *controls) for end in edge} | {ref}
    return ColumnEdges(_tables(lineage, ends), values, controls)


def _edges(refs: Iterable[ColumnRef], origins: Callable[[ColumnRef], Iterable[ColumnRef]]) -> tuple[Edge, ...]:
    return tuple((origin, ref) for ref in sorted(refs) for origin in sorted(origins(ref)))


def _tables(lineage: Lineage, refs: Iterable[ColumnRef]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    visible = frozenset(refs)
    # Of these tables alone: a page for each of a thousand models looks at a few.
    tables = sorted({ref.table for ref in visible}, key=lambda name: lineage.positions[name])
    return tuple((name, tuple(c for c in lineage.direct[name].columns if (name, c) in visible)) for name in tables)
