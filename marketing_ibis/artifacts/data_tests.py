"""Describe data tests as dbt's manifest does."""

from __future__ import annotations

from typing import Any

from marketing_ibis.artifacts.invocation import checksum, test_id
from marketing_ibis.artifacts.nodes import Described, inside
from marketing_ibis.model import Check


def test_node(project: Described, node: str, check: Check) -> dict[str, Any]:
    """Return the node of a test that looks at ``node``; one that is not asked has no compiled SQL."""
    # A test may ask for inputs too, such as the day.
    reads = [name for name in dict.fromkeys(_order(node, check)) if name in project.ids]
    query = project.queries.get(check.name)
    return {
        "database": project.database,
        "schema": project.relation(node).schema,
        "name": check.name,
        "resource_type": "test",
        "package_name": project.package,
        "path": f"{check.name}.sql",
        "original_file_path": inside(project.nodes[node].path),
        "unique_id": test_id(project.package, check.name, node),
        "fqn": [project.package, project.nodes[node].layer, check.name],
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
        # What a balance or a condition says, and what a function of the project's own is documented with.
        "description": check.arguments if isinstance(check.arguments, str) else "",
        "columns": {},
        "meta": {"fingerprint": project.identities.get(check.name)},
        "language": "sql",
        "raw_code": f"{check.test}({', '.join(map(repr, _given(check)))})",
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
            "kwargs": {"column_name": check.column or None, "model": project.places[node], **_named(check)},
            "namespace": None,
        },
    }


def _order(node: str, check: Check) -> tuple[str, ...]:
    """Return what a test reads in dbt's order, which tells its readers whose test it is."""
    return (*check.reads, node) if check.test == "relationships" else (node, *check.reads)


def _given(check: Check) -> tuple[object, ...]:
    """Return what the test's function was given."""
    if isinstance(check.arguments, tuple):
        return check.arguments
    return () if check.arguments == "" else (check.arguments,)


def _named(check: Check) -> dict[str, object]:
    """Return the arguments of a test by the names that dbt's tests give theirs."""
    given = [value if isinstance(value, str | int | float) else str(value) for value in _given(check)]
    if check.test == "relationships":
        return dict(zip(("to", "field"), given, strict=True))
    if check.test == "accepted_values":
        return {"values": given}
    return {"arguments": given} if given else {}


def _is_model(project: Described, name: str) -> bool:
    return name in project.dataflow.models
