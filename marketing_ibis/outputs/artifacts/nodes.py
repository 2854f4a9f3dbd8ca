"""Describe models and sources as dbt's manifest does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from marketing_ibis.build.plan import Plan, Schemas, Step
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.model import Column, Declaration, Model, Source
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.outputs.artifacts.edges import Edges, lineage_of
from marketing_ibis.outputs.artifacts.invocation import OWN_PACKAGE, checksum, model_id, source_id, source_name
from marketing_ibis.project.static_parsing import Node
from marketing_ibis.testing.batches import Batch

if TYPE_CHECKING:
    from marketing_ibis.testing.collect import DataTests

DOCS = {"show": True, "node_color": None}


@dataclass(frozen=True)
class CompiledProject:
    """A project as it is compiled: what its files say, its dataflow, and the plan of what was selected.

    ``root`` is the folder that the nodes' paths start from. ``batches`` are those of ``data_tests`` that are compiled.
    ``database`` is the engine's name for the database. ``package`` is the project's name.
    """

    root: Path
    nodes: Mapping[str, Node]
    dataflow: Dataflow
    plan: Plan
    data_tests: DataTests = field(default_factory=dict)
    batches: Sequence[Batch] = ()
    database: str | None = None
    package: str = OWN_PACKAGE

    @property
    def dialect(self) -> Dialect:
        """The engine's SQL."""
        return self.plan.dialect

    @property
    def schemas(self) -> Schemas:
        """The schemas of sources and models."""
        return self.plan.schemas

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """The steps of the plan by name."""
        return {step.name: step for step in self.plan.steps()}

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """The unique id of every source and model, by name."""
        sources = {name: source_id(self.package, self.relation(name)) for name, source in self.dataflow.sources.items()}
        return sources | {name: model_id(self.package, name) for name in self.dataflow.models}

    def relation(self, name: str) -> Relation:
        """Return the relation of a source or model."""
        return self.plan.published[name]

    @cached_property
    def places(self) -> Mapping[str, str]:
        """The relation of every source and model, as the engine's SQL writes it."""
        return {name: self.dialect.relation(self.relation(name)) for name in self.ids}

    @cached_property
    def types(self) -> Mapping[object, str]:
        """Every column's type as the engine's DDL spells it; a few types serve hundreds of columns."""
        types = {dtype for node in self.dataflow.nodes.values() for dtype in node.schema.values()}
        return {dtype: self.dialect.column_type(dtype) for dtype in types}

    @cached_property
    def queries(self) -> Mapping[str, str]:
        """The SELECT of what fails, by test, where it is compiled; it reads what is published."""
        resolve = self.dialect.resolver(self.plan.published)
        return {query.data_test.name: resolve(query.failing) for batch in self.batches for query in batch.queries}

    @cached_property
    def identities(self) -> Mapping[str, str]:
        """The fingerprint of each data test whose model was needed, by name."""
        from marketing_ibis.testing.collect import data_test_fingerprints  # it imports ibis

        return data_test_fingerprints(self.dataflow, self._needed_tests)

    @cached_property
    def conditions(self) -> Mapping[str, str]:
        """The condition of the rows of each data test that has one, and whose model was needed, by name."""
        from marketing_ibis.testing.conditions import where_clauses  # it imports ibis

        dialect, nodes = self.dialect.reading(self.dataflow.plain_tables), self.dataflow.nodes
        clauses = (where_clauses(tests, nodes[name], dialect) for name, tests in self._needed_tests.items())
        return {name: clause for of_node in clauses for name, clause in of_node.items()}

    @property
    def _needed_tests(self) -> DataTests:
        models = self.dataflow.models
        return {name: tests for name, tests in self.data_tests.items() if name not in models or models[name].evaluated}

    def code(self, name: str) -> str:
        """Return the Python of a node's function, decorators included."""
        node = self.nodes[name]
        lines = (self.root / node.path).read_text("utf-8").splitlines()
        return "\n".join(lines[node.line - 1 : node.end_line]) + "\n"


def place_of(relation: Relation) -> list[str]:
    """Return the name of a source and that of its table, as dbt's `source()` has them."""
    return [source_name(relation), relation.name]


def model_node(project: CompiledProject, model: Model) -> dict[str, Any]:
    """Return a model's node; what was not selected has no compiled SQL."""
    name, declaration = model.name, model.declaration
    step = project.steps.get(name)
    sources = [parent for parent in model.parents if parent in project.dataflow.sources]
    lineage = lineage_of(model.expression, project.dialect) if model.evaluated else None
    meta = _meta(declaration) | {
        "fingerprint": step.fingerprint if step else None,
        "lineage": lineage.rows if lineage else {},
    }
    code = project.code(name)
    return {
        **_shared(project, name, "model", code),
        "alias": name,
        "config": _config(declaration, meta),
        "tags": list(declaration.tags),
        "description": model.description,
        "columns": _columns(project, declaration, model.schema, lineage.columns if lineage else None),
        "meta": meta,
        "docs": DOCS,
        "language": "python",
        "raw_code": code,
        "refs": [{"name": p, "package": None, "version": None} for p in model.parents if p not in sources],
        "sources": [place_of(project.relation(parent)) for parent in sources],
        "depends_on": {"macros": [], "nodes": [project.ids[parent] for parent in model.parents]},
        "compiled": step is not None,
        "compiled_code": step.select if step else None,
        "compiled_path": f"{project.dialect.name}/compiled/{name}.sql" if step else None,
        "contract": {"enforced": True, "alias_types": True, "checksum": None},
        "access": "public" if declaration.layer in ("marts", "core") else "protected",
        "primary_key": list(declaration.grain),
    }


def source_node(project: CompiledProject, source: Source) -> dict[str, Any]:
    """Return a source's node."""
    from marketing_ibis.project.fingerprint import source_fingerprint  # it imports ibis

    declaration = source.declaration
    meta = _meta(declaration) | {"node": source.name, "fingerprint": source_fingerprint(source)}
    return {
        **_shared(project, source.name, "source"),
        "name": declaration.table,
        "source_name": source_name(project.relation(source.name)),
        "source_description": "",
        "loader": "",
        "identifier": declaration.table,
        "loaded_at_field": declaration.freshness.column if declaration.freshness else None,
        "freshness": None,
        "description": source.description,
        "columns": _columns(project, declaration, source.schema),
        "meta": meta,
        "source_meta": {},
        "tags": list(declaration.tags),
        "config": {"enabled": True, "meta": meta, "tags": list(declaration.tags)},
    }


def _shared(project: CompiledProject, name: str, kind: str, code: str | None = None) -> dict[str, Any]:
    node, relation = project.nodes[name], project.relation(name)
    place = PurePosixPath(node.path)
    shared = {
        "database": relation.database or project.database,
        "schema": relation.schema,
        "name": name,
        "resource_type": kind,
        "package_name": project.package,
        "path": f"{node.layer}/{place.name}",
        "original_file_path": inside(node.path),
        "unique_id": project.ids[name],
        "fqn": [project.package, node.layer, name],
        "relation_name": project.places[name],
    }
    return shared | ({"checksum": checksum(code)} if code is not None else {})


def inside(path: str) -> str:
    """Return a file as it is found in its project or package."""
    # An installed dataflow lies outside of the project: its path is not disclosed.
    parts = PurePosixPath(path).parts
    if PurePosixPath(path).is_absolute():
        parts = parts[parts.index("site-packages") + 1 :] if "site-packages" in parts else parts[-3:]
    return "/".join(parts)


def _config(declaration: Declaration, meta: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "enabled": True,
        "materialized": declaration.materialization,
        "tags": list(declaration.tags),
        "meta": dict(meta),
        "docs": DOCS,
        "contract": {"enforced": True, "alias_types": True},
        "unique_key": list(declaration.grain),
    }


def _meta(declaration: Declaration) -> dict[str, Any]:
    """Return what dbt has no field for."""
    return {
        "layer": declaration.layer,
        "grain": list(declaration.grain),
        "owner": declaration.owner,
        "dist_key": declaration.dist_key,
        "dist_nulls": declaration.dist_nulls,
        "sort_keys": list(declaration.sort_keys),
    }


def _columns(
    project: CompiledProject,
    declaration: Declaration,
    schema: Mapping[str, Any],
    lineage: Mapping[str, Edges] | None = None,
) -> dict[str, Any]:
    """Return what is said of each column; those of a source have no lineage."""
    return {
        column.name: _column(
            project, column, schema[column.name], {"lineage": lineage[column.name]} if lineage is not None else {}
        )
        for column in declaration.contract.columns
    }


def _column(project: CompiledProject, column: Column, dtype: Any, lineage: Mapping[str, Edges]) -> dict[str, Any]:
    meta = {"unit": column.unit, "pii": column.pii, "nullable": column.nullable, "ibis_type": str(dtype), **lineage}
    return {
        "name": column.name,
        "description": column.documentation,
        "data_type": project.types[dtype],
        "meta": meta,
        "config": {"meta": meta, "tags": ["pii"] if column.pii else []},
        "constraints": [] if column.nullable else [{"type": "not_null"}],
        "tags": ["pii"] if column.pii else [],
        "quote": None,
    }
