"""Write lineage as plain data, for programs: the form is documented in docs/how-to/lineage.md and keeps its version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marketing_ibis.lineage.drawing.style import AUDIENCES, EXPOSURES, NO_NOTES, Notes, declaration, outputs
from marketing_ibis.lineage.expression import Origins
from marketing_ibis.lineage.project import Lineage
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow

VERSION = 1


def lineage_record(
    dataflow: Dataflow,
    lineage: Lineage,
    tables: Mapping[str, Iterable[str]] | Iterable[str],
    *,
    of: str = "",
    notes: Notes = NO_NOTES,
) -> dict[str, object]:
    """Return ``tables`` with their parents; where it maps them to names of columns, with these columns' origins too.

    The exposures and audiences are those that rest on the table ``of``, or that read any of ``tables``.
    """
    ordered = [name for name in lineage.direct if name in frozenset(tables)]
    columns = tables if isinstance(tables, Mapping) else {}
    visible_outputs = outputs(dataflow, frozenset(ordered), of, notes)
    return {
        "version": VERSION,
        "tables": [_table(dataflow, lineage, name, columns.get(name)) for name in ordered],
        EXPOSURES: [_output(each.name, notes.exposures) for each in visible_outputs if each.layer == EXPOSURES],
        AUDIENCES: [_output(each.name, notes.audiences) for each in visible_outputs if each.layer == AUDIENCES],
    }


def _output(name: str, declared: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    return {"name": name, "parents": list(declared[name])}


def _table(dataflow: Dataflow, lineage: Lineage, name: str, columns: Iterable[str] | None) -> dict[str, object]:
    table_declaration = declaration(dataflow, name)
    record: dict[str, object] = {
        "name": name,
        "kind": table_declaration.kind,
        "layer": table_declaration.layer,
        "materialized": table_declaration.materialized,
        "parents": list(lineage.graph[name]),
    }
    if columns is not None:
        record["rows"] = _origins(lineage.direct[name].rows)
        record["columns"] = [_column(lineage, ColumnRef(name, column)) for column in columns]
    return record


def _column(lineage: Lineage, ref: ColumnRef) -> dict[str, object]:
    copied_column = lineage.origins(ref).copies
    return {
        "name": ref.column,
        "type": lineage.contracts[ref.table][ref.column].type,
        "description": lineage.description(ref),
        "copies": str(copied_column) if copied_column else None,
        **_origins(lineage.origins(ref)),
        "sources": _origins(lineage.sources(ref)),
        "readers": list(map(str, lineage.dependents.get(ref, ()))),
    }


def _origins(origins: Origins) -> dict[str, list[str]]:
    return {
        "values": sorted(map(str, origins.values)),
        "controls": sorted(map(str, origins.controls)),
        "tables": sorted(origins.tables),
    }
