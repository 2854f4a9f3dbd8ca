"""Follow every column of a dataflow to the columns it comes from and to those that read it.

``marketing_ibis.lineage.expression`` says what an origin is. Nothing here touches a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from marketing_ibis.errors import UnknownName, nearest
from marketing_ibis.graph import ancestors, descendants, reached, topological
from marketing_ibis.lineage.expression import NOTHING, Origins, TableOrigins, merge_origins, origins_of
from marketing_ibis.model import Column, Model, Source
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow


@dataclass(frozen=True, slots=True, eq=False)
class Lineage:
    """The origins of every column: in the tables that its model reads (``direct``), and in the sources (``traced``).

    Both contain each source and model by name, parents first. A source's columns have no direct origins, and are traced
    to themselves. ``dependents`` maps each column to those that have it as a direct origin, ``positions`` each table to
    its place in that order.
    """

    direct: Mapping[str, TableOrigins]
    traced: Mapping[str, TableOrigins]
    dependents: Mapping[ColumnRef, tuple[ColumnRef, ...]]
    contracts: Mapping[str, Mapping[str, Column]]
    graph: Mapping[str, tuple[str, ...]]
    positions: Mapping[str, int]

    def find(self, name: str) -> str | ColumnRef:
        """Return the table, or the column written TABLE.COLUMN, that ``name`` names.

        Raises:
            UnknownName: there is none, with the nearest names.
        """
        table, dot, column = name.partition(".")
        if table not in self.direct:
            raise UnknownName(f"{table!r} is not a model or source.", hint=nearest(table, self.direct))
        if dot and column not in self.direct[table].columns:
            raise UnknownName(f"{table} has no column {column!r}.", hint=nearest(column, self.direct[table].columns))
        return ColumnRef(table, column) if dot else table

    def origins(self, ref: ColumnRef) -> Origins:
        """Return where a column comes from in the tables that its model reads."""
        return self.direct[ref.table].columns[ref.column]

    def sources(self, ref: ColumnRef) -> Origins:
        """Return where a column comes from in the sources."""
        return self.traced[ref.table].columns[ref.column]

    def own_controls(self, ref: ColumnRef) -> frozenset[ColumnRef]:
        """Return the direct controls of a column that do not decide its table's rows as well."""
        return self.direct[ref.table].own_controls(ref.column)

    def downstream(self, ref: ColumnRef) -> frozenset[ColumnRef]:
        """Return every column that rests on ``ref``, however far away."""
        return reached([ref], lambda near: self.dependents.get(near, ()))

    def upstream(self, ref: ColumnRef) -> frozenset[ColumnRef]:
        """Return every column whose value goes into that of ``ref``, however far away."""
        return reached([ref], lambda near: self.origins(near).values)

    def focus(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return ``names`` with all tables that they come from or that read them, parents first."""
        chosen = frozenset(names)
        focused = chosen | ancestors(self.graph, chosen) | descendants(self.graph, chosen)
        return tuple(name for name in self.direct if name in focused)

    def copied_from(self, ref: ColumnRef) -> tuple[ColumnRef, ...]:
        """Return the columns that ``ref`` passes through under the same or another name, nearest first."""
        chain: list[ColumnRef] = []
        while (origin := self.origins(chain[-1] if chain else ref).copies) is not None:
            chain.append(origin)
        return tuple(chain)

    def description(self, ref: ColumnRef) -> str:
        """Return a column's description: its own, or of the nearest column with one that it is a copy of."""
        descriptions = (self.contracts[r.table][r.column].documentation for r in (ref, *self.copied_from(ref)))
        return next(filter(None, descriptions), "")


def column_lineage(dataflow: Dataflow) -> Lineage:
    """Return the lineage of every column of a compiled dataflow; none of a model that was not needed."""
    graph = dataflow.graph()
    ordered = topological(graph)
    direct = {name: _direct(dataflow, name) for name in ordered}
    traced: dict[str, TableOrigins] = {}
    for name in ordered:
        traced[name] = _source_origins(name, direct[name]) if name in dataflow.sources else _trace(direct[name], traced)
    nodes: list[Source | Model] = [*dataflow.sources.values(), *dataflow.models.values()]
    contracts = {node.name: {column.name: column for column in node.declaration.contract.columns} for node in nodes}
    positions = {name: position for position, name in enumerate(ordered)}
    return Lineage(direct, traced, _dependents(direct), contracts, graph, positions)


def table_lineage(dataflow: Dataflow) -> Lineage:
    """Return the lineage of the tables of a dataflow, whose models need not be evaluated: no column has an origin."""
    graph, nodes = dataflow.graph(), dataflow.nodes
    ordered = topological(graph)
    direct = {name: _without_origins(nodes[name]) for name in ordered}
    return Lineage(direct, {}, {}, {}, graph, {name: position for position, name in enumerate(ordered)})


def _direct(dataflow: Dataflow, name: str) -> TableOrigins:
    model = dataflow.models.get(name)
    if model is None:
        return _without_origins(dataflow.sources[name])
    return origins_of(model.expression) if model.evaluated else _without_origins(model)


def _without_origins(node: Source | Model) -> TableOrigins:
    return TableOrigins(dict.fromkeys(node.schema.names, NOTHING))


def _source_origins(name: str, table: TableOrigins) -> TableOrigins:
    rows = Origins(tables=frozenset({name}))
    refs = [ColumnRef(name, column) for column in table.columns]
    return TableOrigins({ref.column: Origins(frozenset({ref}), tables=rows.tables, copies=ref) for ref in refs}, rows)


def _trace(table: TableOrigins, upstream: Mapping[str, TableOrigins]) -> TableOrigins:
    columns = {name: _to_sources(column, upstream) for name, column in table.columns.items()}
    return TableOrigins(columns, _to_sources(table.rows, upstream))


def _to_sources(origins: Origins, upstream: Mapping[str, TableOrigins]) -> Origins:
    """Return ``origins`` with every column of ``upstream`` in place of it what it is made of there."""
    values = [upstream[ref.table].columns[ref.column] for ref in origins.values]
    controls = [upstream[ref.table].columns[ref.column] for ref in origins.controls]
    # A table may count for its rows alone: what decides them then decides the column.
    rows = [upstream[table].rows for table in origins.tables]
    return merge_origins(values).controlled_by(*controls, *rows)


def _dependents(direct: Mapping[str, TableOrigins]) -> dict[ColumnRef, tuple[ColumnRef, ...]]:
    dependents: dict[ColumnRef, list[ColumnRef]] = {}
    for name, table in direct.items():
        for column, origins in table.columns.items():
            for ref in sorted(origins.columns()):
                dependents.setdefault(ref, []).append(ColumnRef(name, column))
    return {ref: tuple(columns) for ref, columns in dependents.items()}
