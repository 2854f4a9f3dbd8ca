"""Mark the columns that contain personal data, those that inherit it, and how they are masked."""

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
from marketing_ibis.model.masking import Mask, MaskedTable, Masking

N = TypeVar("N", Source, Model)
PersonalColumns = Mapping[str, frozenset[str]]
"""The names of columns that contain personal data, by source or model."""
PII = "[tool.marketing_ibis.pii]"
HASHED = "[tool.marketing_ibis.personal_data.hashed]"


def with_personal_data(
    dataflow: Dataflow,
    declared: Mapping[str, Iterable[str]],
    all_names: Collection[str] = (),
    masking: Masking | None = None,
) -> Dataflow:
    """Return a dataflow whose contracts mark every column that holds personal data.

    ``declared`` names columns by source or model, in addition to what contracts say, and ``all_names`` are all sources
    and models, where not all of them are compiled. A column that inherits a personal one, under whatever name, is
    personal too, and so is a string that is computed from one; and so is one that an adapter copies to a personal one.
    With ``masking``, every model says how its personal columns are masked.

    Raises:
        ConfigurationError: a source, model or column that is declared does not exist, or cannot be hashed.
    """
    nodes = dataflow.nodes
    _check_declared(nodes, declared, all_names or nodes, PII)
    declared = _add_copied_columns(dataflow, declared)
    own_columns = {
        name: frozenset({column.name for column in node.declaration.contract.columns if column.pii})
        | frozenset(declared.get(name, ()))
        for name, node in nodes.items()
    }
    personal = _spread(dataflow, own_columns)
    masked = _masked_tables(dataflow, personal, masking, all_names or nodes) if masking else {}
    return replace(
        dataflow,
        sources={name: _mark_personal(source, personal[name]) for name, source in dataflow.sources.items()},
        models={
            name: _mark_personal(model, personal[name], masked.get(name)) for name, model in dataflow.models.items()
        },
        declared_personal={name: columns for name, columns in own_columns.items() if columns},
    )


def personal_origins(rows: ir.Table, personal: Mapping[str, Collection[str]]) -> dict[str, frozenset[ColumnRef]]:
    """Return the ``personal`` columns that go into the value of each column of an expression, if any do."""
    origins = {
        name: frozenset(
            ref for ref in (*column.values, column.copies) if ref and ref.column in personal.get(ref.table, ())
        )
        for name, column in origins_of(rows).columns.items()
    }
    return {name: refs for name, refs in origins.items() if refs}


def inherits(rows: ir.Table, name: str, origins: Collection[ColumnRef]) -> bool:
    """Return whether a column is personal because the personal columns ``origins`` go into its value.

    It is if it is a copy of one, or a string: any other value that is computed from one says too little about a person.
    """
    return bool(origins) and (rows[name].type().is_string() or origins_of(rows).columns[name].copies in origins)


def personal_columns_of(rows: ir.Table, personal: Mapping[str, Collection[str]]) -> set[str]:
    """Return the columns of an expression that are copies of ``personal`` columns, or strings made of them."""
    return {name for name, refs in personal_origins(rows, personal).items() if inherits(rows, name, refs)}


def _spread(dataflow: Dataflow, own_columns: Mapping[str, Collection[str]]) -> PersonalColumns:
    """Return the columns ``own_columns`` of each source and model with all that inherit them."""
    nodes, spread = dataflow.nodes, dict[str, frozenset[str]]()
    graph = {name: tuple(p for p in parents if p in nodes) for name, parents in dataflow.graph().items()}
    for name in topological(graph):
        columns = frozenset(own_columns.get(name, ()))
        if name in dataflow.models:
            model = dataflow.models[name]
            if any(spread.get(parent) for parent in model.parents):
                columns |= personal_columns_of(model.expression, spread)
        spread[name] = columns
    return spread


def _masked_tables(
    dataflow: Dataflow, personal: PersonalColumns, masking: Masking, all_names: Collection[str]
) -> dict[str, MaskedTable]:
    """Return how each model appears in its masked view."""
    nodes = dataflow.nodes
    _check_declared(nodes, masking.hashed, all_names, HASHED)
    for name, columns in masking.hashed.items():
        for column in columns if name in nodes else ():
            dtype = nodes[name].schema[column]
            if column not in personal[name]:
                raise ConfigurationError(
                    f"{HASHED}: {name}.{column} is not personal data, so nothing masks it.",
                    hint=f'Declare it: {name} = ["{column}"] under {PII}.',
                )
            if not (dtype.is_string() or dtype.is_integer()):
                raise ConfigurationError(
                    f"{HASHED}: {name}.{column} is {dtype}, and only strings and whole numbers can be hashed.",
                    hint="Remove it: it is NULL in the masked views then.",
                )
    hashed = _spread(dataflow, _add_copied_columns(dataflow, masking.hashed))

    def masks(name: str) -> dict[str, Mask]:
        columns = [column for column in dataflow.models[name].schema if column in personal[name]]
        return {column: "hash" if column in hashed[name] else "null" for column in columns}

    return {name: MaskedTable(masking.schema, masking.roles, masks(name)) for name in dataflow.models}


def _check_declared(
    nodes: Mapping[str, Source | Model], declared: Mapping[str, Iterable[str]], all_names: Collection[str], place: str
) -> None:
    for name, columns in declared.items():
        if name not in all_names:
            raise ConfigurationError(
                f"{place} names {name}, which is not a model or source.", hint=nearest(name, all_names)
            )
        column_names = nodes[name].schema.names if name in nodes else ()
        for column in columns:
            if column_names and column not in column_names:
                raise ConfigurationError(f"{place}: {name} has no column {column}.", hint=nearest(column, column_names))


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


def has_personal_data(rows: ir.Table, dataflow: Dataflow) -> bool:
    """Return whether a column of an expression over the sources and models of ``dataflow`` is personal."""
    marked = {
        name: frozenset(column.name for column in node.declaration.contract.columns if column.pii)
        for name, node in dataflow.nodes.items()
    }
    return bool(personal_columns_of(rows, marked))


def _mark_personal(node: N, personal: Collection[str], masked: MaskedTable | None = None) -> N:
    contract = node.declaration.contract
    columns = tuple(replace(c, pii=c.name in personal) for c in contract.columns)
    return replace(
        node, declaration=replace(node.declaration, contract=replace(contract, columns=columns), masked=masked)
    )
