"""Describe who reads the models as dbt's manifest does."""

from __future__ import annotations

from typing import Any

from marketing_ibis.outputs.artifacts.invocation import exposure_id
from marketing_ibis.outputs.artifacts.nodes import CompiledProject, inside, place_of
from marketing_ibis.project.static_parsing import Node

DBT_TYPES = frozenset({"analysis", "application", "dashboard", "ml", "notebook"})
"""What dbt knows; anything else is an application to it, and keeps its own word under ``meta``."""


def exposure_node(project: CompiledProject, node: Node) -> dict[str, Any]:
    """Return the node of an exposure."""
    models = [name for name in node.parents if name in project.dataflow.models]
    sources = [name for name in node.parents if name in project.dataflow.sources]
    meta = {"type": node.exposure_type}
    return {
        "name": node.name,
        "resource_type": "exposure",
        "package_name": project.package,
        "path": inside(node.path),
        "original_file_path": inside(node.path),
        "unique_id": exposure_id(project.package, node.name),
        "fqn": [project.package, node.name],
        "type": node.exposure_type if node.exposure_type in DBT_TYPES else "application",
        "owner": {"name": node.owner, "email": None},
        "description": node.description,
        "label": None,
        "maturity": node.maturity or None,
        "url": node.url or None,
        "meta": meta,
        "tags": list(node.tags),
        "config": {"enabled": True, "meta": meta, "tags": list(node.tags)},
        "depends_on": {"macros": [], "nodes": [project.ids[name] for name in node.parents]},
        "refs": [{"name": name, "package": None, "version": None} for name in models],
        "sources": [place_of(project.relation(name)) for name in sources],
        "metrics": [],
    }
