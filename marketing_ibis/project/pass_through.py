"""Give sources, staging and core models the further columns of a source's table that the settings pass through."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import ibis

from marketing_ibis.errors import ConfigurationError, UnknownModel, nearest
from marketing_ibis.model import ID, Column, Contract, PassedColumns
from marketing_ibis.model.validation import check_type
from marketing_ibis.project.adapters import Declared
from marketing_ibis.project.conversions import TYPE_ALIASES
from marketing_ibis.project.folders import SETTINGS
from marketing_ibis.project.source_settings import SourceSettings

PARAMETER = "passed_columns"
"""The input that models find the columns in, by source."""


def find_passed_columns(declared: Mapping[str, Declared], sources: Mapping[str, SourceSettings]) -> PassedColumns:
    """Return the columns that the settings pass through, by source.

    Raises:
        ConfigurationError: the source has a column of that name already, or its type has no order.
        CompileError: a type is unknown.
    """
    return PassedColumns(
        (name, tuple(_passed_columns(name, settings, declared[name])))
        for name, settings in sources.items()
        if name in declared and (settings.pass_through or _is_adapter(declared[name]))
    )


def extend_sources(declared: Mapping[str, Declared], passed: PassedColumns) -> dict[str, Declared]:
    """Return the nodes, with the columns that pass through in the contract of each source."""
    nodes = dict(declared)
    for name, columns in passed.items():
        declaration = nodes[name].declaration
        contract = replace(declaration.contract, columns=(*declaration.contract.columns, *columns))
        nodes[name] = replace(nodes[name], declaration=replace(declaration, contract=contract))
    return nodes


def extend_contract(model: str, contract: Contract, source: str, passed: PassedColumns) -> Contract:
    """Return the contract of a model with the columns that pass through to it from ``source``.

    Raises:
        ConfigurationError: the model has a column of that name already.
    """
    columns = passed.get(source, ())
    own_names = {column.name.lower(): column.name for column in (*contract.columns, *contract.unused)}
    for column in columns:
        if column.name.lower() in own_names:
            raise ConfigurationError(
                f"{SETTINGS} sources.{source}.pass_through names {column.name}, and {model} has a column"
                f" {own_names[column.name.lower()]} already.",
                hint=_renaming(column.name, column.name),
            )
    return replace(contract, columns=(*contract.columns, *columns)) if columns else contract


def check_pass_through(declared: Mapping[str, Declared], unread: Collection[str]) -> None:
    """Stop where a model has the columns of what is not a source.

    Raises:
        UnknownModel: naming the model.
    """
    sources = [
        name for name, node in declared.items() if node.declaration.kind == "source" or node.declaration.replaces_source
    ]
    for name, node in declared.items():
        source = node.declaration.pass_through
        if source and source not in (*sources, *unread):
            raise UnknownModel(
                f"Model {name} has pass_through={source!r}, which is not a source.", hint=nearest(source, sources)
            )


def _is_adapter(node: Declared) -> bool:
    return node.declaration.replaces_source


def _passed_columns(source: str, settings: SourceSettings, node: Declared) -> Iterator[Column]:
    declared = node.declaration.contract.columns
    used_names = [column.name for column in declared]
    unused = {c.name for c in declared if c.optional} - {*settings.optional, *settings.columns}
    owners = {settings.columns[n].column if n in settings.columns else n: n for n in used_names if n not in unused}
    place = f"{SETTINGS} sources.{source}.pass_through"
    for name, origin in settings.pass_through.items():
        if name.lower() in map(str.lower, used_names):
            hint = f'It is optional: list it in optional = ["{name}"]. ' if name in unused else ""
            hint += _renaming(name, origin)
            raise ConfigurationError(f"{place} names {name}, which {source} has already.", hint=hint)
        if origin in owners:
            raise ConfigurationError(
                f"{place} names the column {origin}, which {owners[origin]} is read from.",
                hint=f"Remove it: {source} has the column already, as {owners[origin]}.",
            )
        if _is_adapter(node) and name != origin:
            raise ConfigurationError(
                f"{place} renames {origin}, which the adapter {source} returns.",
                hint=f'Have the adapter return {name}, and write pass_through = ["{name}"].',
            )
        yield Column(name, _type_of(source, settings, origin), f"Passed through from {source}.", nullable=True)
    if _is_adapter(node):
        for name in settings.types.keys() - settings.pass_through.keys():
            raise ConfigurationError(
                f"{SETTINGS} sources.{source}.types.{name} is not a column that passes through from the adapter.",
                hint=nearest(name, settings.pass_through) or "Remove it.",
            )


def _type_of(source: str, settings: SourceSettings, column: str) -> str:
    setting = settings.types.get(column, "string")
    type_name = TYPE_ALIASES.get(setting, setting)
    check_type(column, type_name, ID)
    dtype = ibis.dtype("string" if type_name == ID else type_name)
    if dtype.is_nested() or dtype.is_json() or dtype.is_binary():
        raise ConfigurationError(
            f"{SETTINGS} sources.{source}.types.{column} is {setting}, which cannot pass through: its values have no"
            " order.",
            hint="Read a part of it through a view of the table, as a string or number.",
        )
    return type_name


def _renaming(name: str, origin: str) -> str:
    return f'Give it another name: pass_through = {{ shop_{name} = "{origin}" }}.'
