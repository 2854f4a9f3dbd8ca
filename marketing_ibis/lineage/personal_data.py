"""Mark the columns that contain personal data, and those that inherit it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

import ibis.expr.types as ir

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.graph import topological
from marketing_ibis.lineage.column_ref import ColumnRef
from marketing_ibis.lineage.expression import origins_of
from marketing_ibis.model import Model, Source
from marketing_ibis.model.dataflow import Dataflow

N = TypeVar("N", Source, Model)
PII = "[tool.marketing_ibis.pii]"


def with_personal_data(
    dataflow: Dataflow, declared: Mapping[str, Iterable[str]], all_names: Collection[str] = ()
) -> Dataflow:
    """Return a dataflow whose contracts mark every column that holds personal data.

    ``declared`` names columns by source or model, in addition to what contracts say, and ``all_names`` are all sources
    and models, where not all of them are compiled. A column that inherits a personal one, under whatever name, is
    personal too, and so is a string that is computed from one; and so is one that an adapter copies to a personal one.

    Raises:
        ConfigurationError: a source, model or column that is declared does not exist.
    """
    nodes = dataflow.nodes
    _check_declared(nodes, declared, all_names or nodes)
    declared = _add_copied_columns(dataflow, declared)
    personal: dict[str, frozenset[str]] = {}
    graph = {name: tuple(p for p in parents if p in nodes) for name, parents in dataflow.graph().items()}
    for name in topological(graph):
        contract = nodes[name].declaration.contract
        personal_columns = {column.name for column in contract.columns if column.pii} | set(declared.get(name, ()))
        if name in dataflow.models:
            personal_columns |= _inherited_columns(dataflow.models[name], personal_columns, personal)
        personal[name] = frozenset(personal_columns)
    return replace(
        dataflow,
        sources={name: _mark_personal(source, personal[name]) for name, source in dataflow.sources.items()},
        models={name: _mark_personal(model, personal[name]) for name, model in dataflow.models.items()},
    )


def _check_declared(
    nodes: Mapping[str, Source | Model], declared: Mapping[str, Iterable[str]], all_names: Collection[str]
) -> None:
    for name, columns in declared.items():
        if name not in all_names:
            raise ConfigurationError(
                f"{PII} names {name}, which is not a model or source.", hint=nearest(name, all_names)
            )
        column_names = nodes[name].schema.names if name in nodes else ()
        for column in columns:
            if column_names and column not in column_names:
                raise ConfigurationError(f"{PII}: {name} has no column {column}.", hint=nearest(column, column_names))


def _add_copied_columns(dataflow: Dataflow, declared: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Return ``declared`` with the columns of source tables that adapters copy to the columns in it."""
    columns = {name: set(names) for name, names in declared.items()}
    for name, names in declared.items():
        model = dataflow.models.get(name)
        if model and model.evaluated and model.declaration.replaces_source:
            origins = origins_of(model.expression).columns
            copies = [ref for column in names if (ref := origins[column].copies)]
            for ref in copies:
                if ref.table in dataflow.sources:
                    columns.setdefault(ref.table, set()).add(ref.column)
    return columns


def _inherited_columns(
    model: Model, declared_columns: Collection[str], personal: Mapping[str, Collection[str]]
) -> set[str]:
    """Return the columns of ``model`` that personal ones of its parents go into."""
    if not any(personal.get(parent) for parent in model.parents):
        return set()
    return personal_columns_of(model.expression, personal) - set(declared_columns)


def personal_columns_of(rows: ir.Table, personal: Mapping[str, Collection[str]]) -> set[str]:
    """Return the columns of an expression that are copies of ``personal`` columns, or strings made of them."""

    def is_personal(ref: ColumnRef | None) -> bool:
        return ref is not None and ref.column in personal.get(ref.table, ())

    return {
        name
        for name, origins in origins_of(rows).columns.items()
        if is_personal(origins.copies) or (rows[name].type().is_string() and any(map(is_personal, origins.values)))
    }


def has_personal_data(rows: ir.Table, dataflow: Dataflow) -> bool:
    """Return whether a column of an expression over the sources and models of ``dataflow`` is personal."""
    marked = {
        name: frozenset(column.name for column in node.declaration.contract.columns if column.pii)
        for name, node in dataflow.nodes.items()
    }
    return bool(personal_columns_of(rows, marked))


def _mark_personal(node: N, personal: Collection[str]) -> N:
    contract = node.declaration.contract
    columns = tuple(replace(c, pii=c.name in personal) for c in contract.columns)
    return replace(node, declaration=replace(node.declaration, contract=replace(contract, columns=columns)))
