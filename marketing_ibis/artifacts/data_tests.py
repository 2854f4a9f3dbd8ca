"""Describe data tests as dbt's manifest does."""

from __future__ import annotations

from typing import Any

from marketing_ibis.artifacts.invocation import PROJECT, checksum, test_id
from marketing_ibis.artifacts.nodes import Described, inside
from marketing_ibis.model import Check


def test_node(project: Described, node: str, check: Check) -> dict[str, Any]:
    """Return the node of a test that looks at ``node``; one that is not asked has no compiled SQL."""
    # A test may ask for inputs too, such as the day.
    reads = [name for name in dict.fromkeys((node, *check.reads)) if name in project.ids]
    query = project.queries.get(check.name)
    return {
        "database": project.database,
        "schema": project.relation(node).schema,
        "name": check.name,
        "resource_type": "test",
        "package_name": PROJECT,
        "path": f"{check.name}.sql",
        "original_file_path": inside(project.nodes[node].path),
        "unique_id": test_id(check.name, node),
        "fqn": [PROJECT, project.nodes[node].layer, check.name],
        "alias": check.name,
        "checksum": checksum(f"{check.name} {check.arguments}"),
        "config": {
            "enabled": True,
            "severity": check.severity.upper(),
            "warn_if": check.warn_if,
            "error_if": check.error_if,
            "tags": [],
            "meta": {},
        },
        "tags": [],
        "description": "",
        "columns": {},
        "meta": {},
        "language": "sql",
        "raw_code": "",
        "refs": [{"name": name, "package": None, "version": None} for name in reads if _is_model(project, name)],
        "sources": [
            [project.schemas.sources, project.relation(name).name] for name in reads if not _is_model(project, name)
        ],
        "depends_on": {"macros": [], "nodes": [project.ids[name] for name in reads]},
        "compiled": query is not None,
        "compiled_code": query,
        "compiled_path": f"{project.dialect.name}/tests/{check.name}.sql" if query is not None else None,
        "column_name": check.column or None,
        "attached_node": project.ids[node] if _is_model(project, node) else None,
        "file_key_name": f"{'models' if _is_model(project, node) else 'sources'}.{node}",
        "test_metadata": {
            "name": check.test,
            "kwargs": {"column_name": check.column or None, "model": project.places[node]},
            "namespace": None,
        },
    }


def _is_model(project: Described, name: str) -> bool:
    return name in project.dataflow.models
