"""Describe data tests as dbt's manifest does."""

from __future__ import annotations

from typing import Any

from marketing_ibis.model import DataTest
from marketing_ibis.outputs.artifacts.invocation import checksum, test_id
from marketing_ibis.outputs.artifacts.nodes import CompiledProject, inside, place_of


def test_node(project: CompiledProject, node: str, data_test: DataTest) -> dict[str, Any]:
    """Return the node of a test that looks at ``node``; one that is not asked has no compiled SQL."""
    # A test may ask for inputs too, such as the day.
    parents = [name for name in dict.fromkeys(_parents_in_order(node, data_test)) if name in project.ids]
    query = project.queries.get(data_test.name)
    return {
        "database": project.relation(node).database or project.database,
        "schema": project.relation(node).schema,
        "name": data_test.name,
        "resource_type": "test",
        "package_name": project.package,
        "path": f"{data_test.name}.sql",
        "original_file_path": inside(project.nodes[node].path),
        "unique_id": test_id(project.package, data_test.name, node),
        "fqn": [project.package, project.nodes[node].layer, data_test.name],
        "alias": data_test.name,
        "checksum": checksum(f"{data_test.name} {data_test.arguments}"),
        "config": {
            "enabled": True,
            "severity": data_test.severity.upper(),
            "where": project.conditions.get(data_test.name),
            "warn_if": data_test.warn_if,
            "error_if": data_test.error_if,
            "tags": [],
            "meta": {},
        },
        "tags": [],
        # What a balance or a condition says, and what a function of the project's own is documented with.
        "description": data_test.arguments if isinstance(data_test.arguments, str) else "",
        "columns": {},
        "meta": {"fingerprint": project.identities.get(data_test.name)},
        "language": "sql",
        "raw_code": f"{data_test.test}({', '.join(map(repr, _arguments(data_test)))})",
        "refs": [{"name": name, "package": None, "version": None} for name in parents if _is_model(project, name)],
        "sources": [place_of(project.relation(name)) for name in parents if not _is_model(project, name)],
        "depends_on": {"macros": [], "nodes": [project.ids[name] for name in parents]},
        "compiled": query is not None,
        "compiled_code": query,
        "compiled_path": f"{project.dialect.name}/tests/{data_test.name}.sql" if query is not None else None,
        "column_name": data_test.column or None,
        "attached_node": project.ids[node] if _is_model(project, node) else None,
        "file_key_name": f"{'models' if _is_model(project, node) else 'sources'}.{node}",
        "test_metadata": {
            "name": data_test.test,
            "kwargs": {"column_name": data_test.column or None, "model": project.places[node], **_kwargs(data_test)},
            "namespace": None,
        },
    }


def _parents_in_order(node: str, data_test: DataTest) -> tuple[str, ...]:
    """Return what a test reads in dbt's order, which tells its readers whose test it is."""
    return (*data_test.depends_on, node) if data_test.test == "relationships" else (node, *data_test.depends_on)


def _arguments(data_test: DataTest) -> tuple[object, ...]:
    """Return what the test's function was given."""
    if isinstance(data_test.arguments, tuple):
        return data_test.arguments
    return () if data_test.arguments == "" else (data_test.arguments,)


def _kwargs(data_test: DataTest) -> dict[str, object]:
    """Return the arguments of a test by the names that dbt's tests give theirs."""
    arguments = [value if isinstance(value, str | int | float) else str(value) for value in _arguments(data_test)]
    if data_test.test == "relationships":
        return dict(zip(("to", "field"), arguments, strict=True))
    if data_test.test == "accepted_values":
        return {"values": arguments}
    return {"arguments": arguments} if arguments else {}


def _is_model(project: CompiledProject, name: str) -> bool:
    return name in project.dataflow.models
