"""Mark the columns that contain personal data, those that inherit it, and how they are masked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.graph import topological
from marketing_ibis.model import Column, Model, Source
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.masking import Mask, MaskedTable, Masking, PersonalSettings
from marketing_ibis.project.revealed_values import revealed_columns

N = TypeVar("N", Source, Model)
PersonalColumns = Mapping[str, frozenset[str]]
"""The names of columns that contain personal data, by source or model."""
PII = "[tool.marketing_ibis.pii]"
NOT_PII = "[tool.marketing_ibis.not_pii]"
HASHED = "[tool.marketing_ibis.personal_data.hashed]"


def with_personal_data(
    dataflow: Dataflow, settings: PersonalSettings = PersonalSettings(), all_names: Collection[str] = ()
) -> Dataflow:
    """Return a dataflow whose contracts mark every column that holds personal data.

    ``settings`` add to what contracts say, and ``all_names`` are all sources and models, where not all of them are
    compiled. A column that reveals a personal one, under whatever name, is personal too, unless its contract or the
    settings say otherwise; and so is one from which an adapter computes a personal one.

    Raises:
        ConfigurationError: a source, model or column that is declared does not exist, is declared both ways, or cannot
            be hashed.
    """
    nodes, declared, not_personal = dataflow.nodes, settings.declared, settings.excluded
    _check_declared(nodes, declared, all_names or nodes, PII)
    _check_declared(nodes, not_personal, all_names or nodes, NOT_PII)
    _check_contradictions(declared, not_personal)
    excluded = {
        name: _names(node, lambda column: column.not_pii) - {*declared.get(name, ())} | {*not_personal.get(name, ())}
        for name, node in nodes.items()
    }
    extended = _add_columns_of_adapters(dataflow, declared)
    own_columns = {
        name: (_names(node, lambda column: column.pii) | {*extended.get(name, ())}) - excluded[name]
        for name, node in nodes.items()
    }
    personal = _spread(dataflow, own_columns, excluded)
    masking = settings.masking
    masked = _masked_tables(dataflow, personal, excluded, masking, all_names or nodes) if masking else {}
    return replace(
        dataflow,
        sources={
            name: _mark_personal(source, personal[name], masked.get(name)) for name, source in dataflow.sources.items()
        },
        models={
            name: _mark_personal(model, personal[name], masked.get(name)) for name, model in dataflow.models.items()
        },
        declared_personal={name: columns for name, columns in own_columns.items() if columns},
    )


def personal_origins(rows: ir.Table, personal: Mapping[str, Collection[str]]) -> dict[str, frozenset[ColumnRef]]:
    """Return the ``personal`` columns that each column of an expression reveals, if any."""
    origins = {
        name: frozenset(ref for ref in refs if ref.column in personal.get(ref.table, ()))
        for name, refs in revealed_columns(rows).items()
    }
    return {name: refs for name, refs in origins.items() if refs}


def _names(node: Source | Model, is_kept: Callable[[Column], bool]) -> frozenset[str]:
    return frozenset(column.name for column in node.declaration.contract.columns if is_kept(column))


def _spread(
    dataflow: Dataflow, own_columns: Mapping[str, Collection[str]], excluded: Mapping[str, Collection[str]]
) -> PersonalColumns:
    """Return the columns ``own_columns`` of each source and model with all that reveal them, without ``excluded``."""
    nodes, spread = dataflow.nodes, dict[str, frozenset[str]]()
    graph = {name: tuple(p for p in parents if p in nodes) for name, parents in dataflow.graph().items()}
    for name in topological(graph):
        columns = frozenset(own_columns.get(name, ()))
        if name in dataflow.models:
            model = dataflow.models[name]
            if any(spread.get(parent) for parent in model.parents):
                columns |= personal_origins(model.expression, spread).keys() - excluded[name]
        spread[name] = columns
    return spread


def _masked_tables(
    dataflow: Dataflow,
    personal: PersonalColumns,
    excluded: PersonalColumns,
    masking: Masking,
    all_names: Collection[str],
) -> dict[str, MaskedTable]:
    """Return how each model appears in its masked view, and each source in that of its snapshot."""
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
            if not _can_be_hashed(dtype):
                raise ConfigurationError(
                    f"{HASHED}: {name}.{column} is {dtype}, and only strings and whole numbers can be hashed.",
                    hint="Remove it: it is NULL in the masked views then.",
                )
    hashed = _spread(dataflow, _add_columns_of_adapters(dataflow, masking.hashed), excluded)

    def masks(name: str) -> dict[str, Mask]:
        columns = [(column, dtype) for column, dtype in nodes[name].schema.items() if column in personal[name]]
        return {
            column: "hash" if column in hashed[name] and _can_be_hashed(dtype) else "null" for column, dtype in columns
        }

    names = (name for name, node in nodes.items() if name in dataflow.models or node.declaration.snapshot)
    return {name: MaskedTable(masking.schema, masking.roles, masks(name)) for name in names}


def inherited_masks(rows: ir.Table, masked: MaskedTable) -> MaskedTable:
    """Return how the rows of an expression over a table appear, of which the columns are ``masked``."""
    masks: dict[str, Mask] = {}
    for name, refs in revealed_columns(rows).items():
        kinds = {masked.masks[ref.column] for ref in refs if ref.column in masked.masks}
        if kinds:
            masks[name] = "hash" if kinds == {"hash"} and _can_be_hashed(rows[name].type()) else "null"
    return replace(masked, masks=masks)


def _can_be_hashed(dtype: dt.DataType) -> bool:
    return bool(dtype.is_string() or dtype.is_integer())


def _check_contradictions(declared: Mapping[str, Iterable[str]], not_personal: Mapping[str, Iterable[str]]) -> None:
    for name in declared.keys() & not_personal.keys():
        for column in {*declared[name]} & {*not_personal[name]}:
            raise ConfigurationError(
                f"{PII} and {NOT_PII} both name {name}.{column}.", hint="Remove it from one of them."
            )


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


def _add_columns_of_adapters(dataflow: Dataflow, declared: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Return ``declared`` with the columns of source tables from which adapters compute the columns in it."""
    columns = {name: set(names) for name, names in declared.items()}
    for name, names in declared.items():
        model = dataflow.models.get(name)
        if model and model.evaluated and model.declaration.replaces_source:
            revealed = revealed_columns(model.expression)
            for ref in frozenset[ColumnRef]().union(*(revealed[column] for column in names)):
                if ref.table in dataflow.sources:
                    columns.setdefault(ref.table, set()).add(ref.column)
    return columns


def personal_by_table(dataflow: Dataflow) -> PersonalColumns:
    """Return the columns that contracts of ``dataflow`` mark as personal, by source or model."""
    return {name: _names(node, lambda column: column.pii) for name, node in dataflow.nodes.items()}


def has_personal_data(rows: ir.Table, dataflow: Dataflow) -> bool:
    """Return whether a column of an expression over the sources and models of ``dataflow`` is personal."""
    return bool(personal_origins(rows, personal_by_table(dataflow)))


def _mark_personal(node: N, personal: Collection[str], masked: MaskedTable | None = None) -> N:
    contract = node.declaration.contract
    columns = tuple(replace(c, pii=c.name in personal) for c in contract.columns)
    return replace(
        node, declaration=replace(node.declaration, contract=replace(contract, columns=columns), masked=masked)
    )
