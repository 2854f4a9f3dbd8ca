"""Mark the columns that contain personal data, and those that inherit it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.graph import topological
from marketing_ibis.lineage.expression import ColumnRef, origins_of
from marketing_ibis.model import Model, Source
from marketing_ibis.model.dataflow import Dataflow

N = TypeVar("N", Source, Model)
PII = "[tool.marketing_ibis.pii]"


def with_personal_data(
    dataflow: Dataflow, declared: Mapping[str, Iterable[str]], listed: Collection[str] = ()
) -> Dataflow:
    """Return a dataflow whose contracts mark every column that holds personal data.

    ``declared`` names columns by source or model, in addition to what contracts say, and ``listed`` are all that there
    are, where not all of them are compiled. A column that inherits a personal one, under whatever name, is personal
    too, and so is a string that is computed from one.

    Raises:
        ConfigurationError: a source, model or column that is declared does not exist.
    """
    nodes = dataflow.nodes
    _check_declared(nodes, declared, listed or nodes)
    personal: dict[str, frozenset[str]] = {}
    graph = {name: tuple(p for p in parents if p in nodes) for name, parents in dataflow.graph().items()}
    for name in topological(graph):
        contract = nodes[name].declaration.contract
        own = {column.name for column in contract.columns if column.pii} | set(declared.get(name, ()))
        if name in dataflow.models:
            own |= _taken_over(dataflow.models[name], own, personal)
        personal[name] = frozenset(own)
    return replace(
        dataflow,
        sources={name: _marked(source, personal[name]) for name, source in dataflow.sources.items()},
        models={name: _marked(model, personal[name]) for name, model in dataflow.models.items()},
    )


def _check_declared(
    nodes: Mapping[str, Source | Model], declared: Mapping[str, Iterable[str]], listed: Collection[str]
) -> None:
    for name, columns in declared.items():
        if name not in listed:
            raise ConfigurationError(f"{PII} names {name}, which is not a model or source.", hint=nearest(name, listed))
        known = nodes[name].schema.names if name in nodes else ()
        for column in columns:
            if known and column not in known:
                raise ConfigurationError(f"{PII}: {name} has no column {column}.", hint=nearest(column, known))


def _taken_over(model: Model, own: Collection[str], personal: Mapping[str, Collection[str]]) -> set[str]:
    """Return the columns of ``model`` that personal ones of its parents go into."""
    if not any(personal.get(parent) for parent in model.parents):
        return set()
    columns = origins_of(model.expression).columns

    def is_personal(ref: ColumnRef | None) -> bool:
        return ref is not None and ref.column in personal.get(ref.table, ())

    return {
        name
        for name, origins in columns.items()
        if name not in own
        and (is_personal(origins.copies) or (model.schema[name].is_string() and any(map(is_personal, origins.values))))
    }


def _marked(node: N, personal: Collection[str]) -> N:
    contract = node.declaration.contract
    marked = tuple(replace(c, pii=c.name in personal) for c in contract.columns)
    return replace(node, declaration=replace(node.declaration, contract=replace(contract, columns=marked)))
