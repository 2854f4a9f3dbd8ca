"""Give sources the further columns of their tables that the settings pass through."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.model import ID, Column
from marketing_ibis.model.validation import check_type
from marketing_ibis.project.adapters import Declared
from marketing_ibis.project.conversions import TYPE_ALIASES
from marketing_ibis.project.setting_types import SETTINGS
from marketing_ibis.project.source_settings import SourceSettings


def pass_through(declared: Mapping[str, Declared], sources: Mapping[str, SourceSettings]) -> dict[str, Declared]:
    """Return the nodes, with the columns that the settings pass through in the contract of each source.

    Raises:
        ConfigurationError: the source has a column of that name already.
        CompileError: a type is unknown.
    """
    nodes = dict(declared)
    for name in [name for name, settings in sources.items() if settings.pass_through and name in declared]:
        declaration = declared[name].declaration
        passed = tuple(_passed_columns(name, sources[name], [c.name for c in declaration.contract.columns]))
        contract = replace(declaration.contract, columns=(*declaration.contract.columns, *passed))
        nodes[name] = replace(declared[name], declaration=replace(declaration, contract=contract))
    return nodes


def _passed_columns(source: str, settings: SourceSettings, used_names: Collection[str]) -> Iterator[Column]:
    owners = {settings.columns[n].column if n in settings.columns else n: n for n in used_names}
    for name, origin in settings.pass_through.items():
        if name in used_names:
            raise ConfigurationError(
                f"{SETTINGS} sources.{source}.pass_through names {name}, which {source} has already.",
                hint=f'Give it another name: pass_through = {{ shop_{name} = "{origin}" }}.',
            )
        if origin in owners:
            raise ConfigurationError(
                f"{SETTINGS} sources.{source}.pass_through names the column {origin}, "
                f"which {owners[origin]} is read from.",
                hint=f"Remove it: {source} has the column already, as {owners[origin]}.",
            )
        setting = settings.types.get(origin, "string")
        type_name = TYPE_ALIASES.get(setting, setting)
        check_type(name, type_name, ID)
        yield Column(name, type_name, f"Passed through from {source}.", nullable=True)
