"""Write catalog.json: the tables of the database, in the form of dbt's catalog version 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.folded_names import as_declared
from marketing_ibis.engines.target import RelationKind, Target, existing_kinds
from marketing_ibis.outputs.artifacts.files import write_json
from marketing_ibis.outputs.artifacts.invocation import Invocation
from marketing_ibis.outputs.artifacts.nodes import CompiledProject

CATALOG = "catalog.json"
KINDS: Mapping[RelationKind, str] = {"table": "BASE TABLE", "view": "VIEW"}


def write_catalog(folder: Path, invocation: Invocation, project: CompiledProject, target: Target) -> Path:
    """Write the columns of every source and model that exists, and the rows of every table.

    The rows of views are not counted: that would run their queries.

    Raises:
        RunFailed: the engine refused to tell.
        UsageError: the file cannot be written.
    """
    existing = _existing_relations(project, target)
    rows = _count(target, [project.relation(name) for name, kind in existing.items() if kind == "table"])
    entries = {
        name: _entry(project, target, name, kind, rows.get(project.relation(name))) for name, kind in existing.items()
    }
    sources = project.dataflow.sources
    document = {
        "metadata": invocation.metadata("catalog"),
        "nodes": {project.ids[name]: entry for name, entry in entries.items() if name not in sources},
        "sources": {project.ids[name]: entry for name, entry in entries.items() if name in sources},
        "errors": None,
    }
    return write_json(folder / CATALOG, document)


def _existing_relations(project: CompiledProject, target: Target) -> dict[str, RelationKind]:
    places = {name: project.relation(name) for name in sorted(project.ids)}
    kinds = existing_kinds(target, places.values())
    return {name: kinds[place] for name, place in places.items() if place in kinds}


def _count(target: Target, relations: Iterable[Relation]) -> dict[Relation, int]:
    """Return the rows of each table, asked in one statement."""
    ordered = list(relations)
    selects = [
        f"SELECT {number} AS position, count(*) AS row_count FROM {target.dialect.relation(relation)}"
        for number, relation in enumerate(ordered)
    ]
    counts = target.query("\nUNION ALL ".join(selects)) if selects else []
    return {ordered[int(str(number))]: int(str(rows)) for number, rows in counts}


def _entry(project: CompiledProject, target: Target, name: str, kind: RelationKind, rows: int | None) -> dict[str, Any]:
    relation = project.relation(name)
    declaration = (project.dataflow.sources.get(name) or project.dataflow.models[name]).declaration
    comments = {column.name: column.documentation for column in declaration.contract.columns}
    return {
        "metadata": {
            "type": KINDS[kind],
            "schema": relation.schema,
            "name": relation.name,
            "database": relation.database or project.database,
            "comment": None,
            "owner": None,
        },
        "columns": {
            column: {
                "type": project.dialect.column_type(dtype),
                "index": index,
                "name": column,
                "comment": comments.get(column),
            }
            for index, (column, dtype) in enumerate(as_declared(target.columns(relation), comments).items(), start=1)
        },
        "stats": _stats(rows),
        "unique_id": project.ids[name],
    }


def _stats(rows: int | None) -> dict[str, Any]:
    row_count = {"row_count": _stat("row_count", "Row Count", rows, "Rows of the table.")} if rows is not None else {}
    has_stats = _stat("has_stats", "Has Stats?", rows is not None, "Whether the table's rows were counted.")
    return {"has_stats": has_stats | {"include": False}, **row_count}


def _stat(name: str, label: str, value: object, description: str) -> dict[str, Any]:
    return {"id": name, "label": label, "value": value, "include": True, "description": description}
