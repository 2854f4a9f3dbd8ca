"""Write manifest.json: what a project consists of, in the form of dbt's manifest version 12."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from marketing_ibis.atomic_write import write_text
from marketing_ibis.build.plan import Schemas
from marketing_ibis.graph import children_of
from marketing_ibis.outputs.artifacts.data_tests import test_node
from marketing_ibis.outputs.artifacts.exposures import exposure_node
from marketing_ibis.outputs.artifacts.invocation import Invocation
from marketing_ibis.outputs.artifacts.nodes import CompiledProject, model_node, source_node

MANIFEST = "manifest.json"
OVERVIEW = """### {package}

Every model is a Python function that returns an Ibis expression. *Source* shows the function, *Compiled* the SQL that
the engine gets.
"""


def write_manifest(folder: Path, invocation: Invocation, project: CompiledProject) -> Path:
    """Write every source, model, data test and exposure of a project to ``folder``, with the SQL of those in its plan.

    Raises:
        UsageError: the file cannot be written.
    """
    return write_manifest_of(folder, invocation, project.schemas, manifest_content(project))


def write_manifest_of(folder: Path, invocation: Invocation, schemas: Schemas, content: str) -> Path:
    """Write a manifest with ``content``, which ``manifest_content`` returned, maybe in an earlier call of the command.

    Raises:
        UsageError: the file cannot be written.
    """
    head = json.dumps({"metadata": _metadata(invocation, schemas)}, ensure_ascii=False)
    return write_text(folder / MANIFEST, f"{head.removesuffix('}')}, {content.removeprefix('{')}\n")


def manifest_content(project: CompiledProject) -> str:
    """Return the JSON object of a manifest without its metadata, which every call of a command has of its own."""
    content = json.dumps(_content(project), ensure_ascii=False)
    if project.dialect.cache:
        project.dialect.cache.save()
    return content


def _content(project: CompiledProject) -> dict[str, Any]:
    models = [model_node(project, project.dataflow.models[name]) for name in sorted(project.dataflow.models)]
    sources = [source_node(project, project.dataflow.sources[name]) for name in sorted(project.dataflow.sources)]
    tests = [
        test_node(project, node, data_test)
        for node in sorted(project.data_tests)
        for data_test in sorted(project.data_tests[node], key=lambda data_test: data_test.name)
    ]
    built = (*models, *tests)
    nodes = sorted(project.nodes.values(), key=lambda node: node.name)
    exposures = [exposure_node(project, node) for node in nodes if node.kind == "exposure"]
    parents = {
        node["unique_id"]: node.get("depends_on", {}).get("nodes", []) for node in (*sources, *built, *exposures)
    }
    return {
        "nodes": {node["unique_id"]: node for node in built},
        "sources": {node["unique_id"]: node for node in sources},
        "macros": {},
        "docs": _docs(project.package),
        "exposures": {node["unique_id"]: node for node in exposures},
        "metrics": {},
        "groups": {},
        "selectors": {},
        "disabled": {},
        "parent_map": parents,
        "child_map": {name: sorted(children) for name, children in children_of(parents).items()},
        "group_map": {},
        "saved_queries": {},
        "semantic_models": {},
        "unit_tests": {},
        "functions": {},
    }


def _metadata(invocation: Invocation, schemas: Schemas) -> dict[str, Any]:
    package = invocation.package
    return {
        **invocation.metadata("manifest", source_schema=schemas.sources, model_schema=schemas.models),
        "project_name": package,
        "project_id": hashlib.md5(package.encode(), usedforsecurity=False).hexdigest(),
        "adapter_type": invocation.engine,
        # dbt's docs page reports its visitors unless this says no.
        "send_anonymous_usage_stats": False,
        "user_id": None,
    }


def _docs(package: str) -> dict[str, Any]:
    unique_id = f"doc.{package}.__overview__"
    return {
        unique_id: {
            "name": "__overview__",
            "resource_type": "doc",
            "package_name": package,
            "path": "overview.md",
            "original_file_path": "overview.md",
            "unique_id": unique_id,
            "block_contents": OVERVIEW.format(package=package),
        }
    }
