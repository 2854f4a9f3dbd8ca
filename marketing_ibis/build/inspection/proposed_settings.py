"""Turn an inspection into settings of a project: what to write, with the evidence as comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from marketing_ibis.build.inspection.records import Inspection, Proposal
from marketing_ibis.model.dataflow import Dataflow

SOURCES, FILES = "sources", "files"


@dataclass(frozen=True, slots=True)
class ProposedTable:
    """A table of settings, such as ``sources.raw_orders``; ``comments`` are lines above it."""

    path: tuple[str, ...]
    values: Mapping[str, object]
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedSettings:
    """The settings to write: ``general`` ones of the project, and ``tables``."""

    general: Mapping[str, object] = field(default_factory=dict)
    tables: tuple[ProposedTable, ...] = ()


def proposed_settings(inspection: Inspection, dataflow: Dataflow, source_schema: str) -> ProposedSettings:
    """Return the settings by which the sources are read as an inspection proposes."""
    general: dict[str, object] = {}
    if inspection.id_type == "string":
        general["id_type"] = "string"
    if inspection.optional_sources:
        general["optional_sources"] = list(inspection.optional_sources)
    tables = [
        ProposedTable((FILES, *filter(None, (name,))), values) for name, values in inspection.file_settings.items()
    ]
    for proposal in inspection.proposals:
        table = _source_table(proposal, dataflow, source_schema)
        if table.values:
            tables.append(table)
    return ProposedSettings(general, tuple(tables))


def _source_table(proposal: Proposal, dataflow: Dataflow, source_schema: str) -> ProposedTable:
    declaration = dataflow.sources[proposal.source].declaration
    optional = {column.name for column in declaration.contract.unused}
    values: dict[str, object] = {}
    profile = proposal.table
    schema = "" if profile.schema == source_schema and not profile.database else profile.schema
    table = ".".join(filter(None, (profile.database, schema, profile.name)))
    if table != declaration.table:
        values["table"] = table
    columns: dict[str, object] = {
        match.column: match.origin for match in proposal.matches if match.column != match.origin
    }
    columns |= {missing.column: {"value": missing.value} for missing in proposal.missing if missing.value}
    if columns:
        values["columns"] = columns
    same_name = [match.column for match in proposal.matches if match.column in optional and match.column not in columns]
    if same_name:
        values["optional"] = same_name
    values |= proposal.settings
    comments = [f"{match.column} <- {match.origin}: {'; '.join(match.evidence)}" for match in proposal.matches]
    comments += [f"{column.column} is missing: {column.advice}" for column in proposal.missing]
    comments += [f"to decide: {decision}" for decision in proposal.decisions]
    return ProposedTable((SOURCES, proposal.source), values, tuple(comments))
