"""The manifest lists the origins of every column."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pytest

from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.sql_cache import SqlCache
from marketing_ibis.lineage.project import column_lineage
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.outputs.artifacts import CompiledProject, write_manifest
from marketing_ibis.outputs.artifacts.edges import lineage_of
from marketing_ibis.private_files import PrivateFiles
from marketing_ibis.project.settings import load_project
from tests.outputs.artifacts.project import INVOCATION, described
from tests.outputs.artifacts.reading import parse
from tests.paths import ROOT
from tests.shop import Shop, make_shop

DAY = date(2024, 5, 15)
TOTALS, HALVES, STAGING = (f"model.marketing_ibis.{name}" for name in ("totals", "halves", "stg_sales"))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


def nodes_of(project: CompiledProject, folder: Path) -> dict[str, Any]:
    document = json.loads(write_manifest(folder, INVOCATION, project).read_text("utf-8"))
    parse("manifest", document)
    return document["nodes"]


def shown(**kinds: frozenset[ColumnRef]) -> dict[str, list[str]]:
    return {kind: sorted(f"{ref.table}.{ref.column}" for ref in refs) for kind, refs in kinds.items() if refs}


def test_a_column_names_what_it_is_computed_from(shop: Shop) -> None:
    nodes = nodes_of(described(shop), shop.root)
    halves = nodes[HALVES]
    assert halves["columns"]["half"]["meta"]["lineage"] == {"value": ["stg_sales.cents"]}
    assert halves["columns"]["half"]["config"]["meta"] == halves["columns"]["half"]["meta"]
    assert halves["meta"]["lineage"] == halves["config"]["meta"]["lineage"] == {}
    assert nodes[TOTALS]["columns"]["n"]["meta"]["lineage"] == {}


def test_columns_that_decide_the_rows_are_written_once(shop: Shop) -> None:
    staging = nodes_of(described(shop), shop.root)[STAGING]
    assert staging["meta"]["lineage"] == {"control": ["raw_sales.cents"]}
    assert staging["columns"]["id"]["meta"]["lineage"] == {"value": ["raw_sales.id"]}


def test_a_control_of_one_column_stands_with_it() -> None:
    table = ibis.table({"a": "int64", "b": "int64", "c": "int64"}, name="t")
    counted = table.filter(table.a > 0).select("a", n=table.b.sum(where=table.c > 0).over(group_by=table.a))
    lineage = lineage_of(counted, ENGINES["duckdb"].dialect())
    assert lineage.rows == {"control": ["t.a"]}
    assert lineage.columns == {"a": {"value": ["t.a"]}, "n": {"value": ["t.b"], "control": ["t.c"]}}


def test_the_edges_of_every_column_are_those_of_the_lineage(tmp_path: Path) -> None:
    project = load_project(ROOT)
    dataflow = project.compile(DAY)
    schemas = Schemas(project.source_schema, project.model_schema)
    memory = SqlCache.open(PrivateFiles(tmp_path / "cache", tmp_path / "state"), "m.sql")
    plan = build_plan(dataflow, tuple(dataflow.models), replace(ENGINES["duckdb"].dialect(), cache=memory), schemas)
    compiled_project = CompiledProject(project.root, project.nodes(), dataflow, plan)
    nodes = nodes_of(compiled_project, tmp_path)
    lineage = column_lineage(dataflow)
    for name in dataflow.models:
        node, origins = nodes[compiled_project.ids[name]], lineage.direct[name]
        assert node["meta"]["lineage"] == shown(control=origins.rows.controls)
        assert {column: said["meta"]["lineage"] for column, said in node["columns"].items()} == {
            column: shown(value=found.values, control=found.controls - origins.rows.controls)
            for column, found in origins.columns.items()
        }
    # From the cache, in a later call, it is the same.
    again = replace(plan, dialect=replace(plan.dialect, cache=SqlCache.open(memory.files, "m.sql")))
    assert nodes_of(replace(compiled_project, plan=again), tmp_path) == nodes
    assert not again.dialect.cache.is_changed  # type: ignore[union-attr]
