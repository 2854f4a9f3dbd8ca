"""The folder for Hamilton's hub has the hub's form, and gives the tables of Project."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from datetime import date
from importlib.metadata import version
from types import ModuleType

import ibis
import ibis.expr.types as ir
import pytest
from hamilton import driver

import dataflows
from marketing_ibis import Project
from tests.api import IBIS_WARNINGS
from tests.paths import JAFFLE, LAYERS, ROOT
from tests.remembering import compiled_once

FOLDER = ROOT / "docs" / "hub" / "shop_marketing"
AS_OF = date(2018, 4, 10)
COMPARED = ("customer_segmentation", "product_performance")
pytestmark = IBIS_WARNINGS


@pytest.fixture
def shop() -> dict[str, ir.Table]:
    connection = ibis.duckdb.connect()
    return {f"raw_{path.stem}": connection.read_csv(path) for path in JAFFLE.glob("*.csv")}


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Load the folder as the hub does: as a module by its path."""
    spec = importlib.util.spec_from_file_location(FOLDER.name, FOLDER / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, FOLDER.name, loaded)
    spec.loader.exec_module(loaded)
    return loaded


def rows(table: ir.Table) -> list[str]:
    return sorted(map(repr, table.to_pyarrow().to_pylist()))


def configurations() -> list[dict[str, object]]:
    lines = (FOLDER / "valid_configs.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["config"] for line in lines]


@pytest.mark.parametrize("config", configurations())
def test_its_tables_are_those_of_a_project(
    config: dict[str, object], module: ModuleType, shop: dict[str, ir.Table]
) -> None:
    built = driver.Builder().with_modules(module).with_config(config).build()
    results = built.execute(list(COMPARED), inputs={**shop, "as_of": AS_OF})
    with compiled_once():
        project = Project(shop, as_of=AS_OF)
        for name in COMPARED:
            assert rows(results[name]) == rows(project.table(name))


def test_it_has_every_file_of_the_hub(module: ModuleType) -> None:
    tags = json.loads((FOLDER / "tags.json").read_text("utf-8"))
    assert tags["schema"] == "1.0"
    assert tags["use_case_tags"]
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert readme.startswith("# Purpose of this module\n")
    assert all(f"\n# {heading}\n" in readme for heading in ("Configuration options", "Limitations"))
    assert all(f"*{name}*" in readme for name in (*module.INPUTS, *module.TABLES))
    for line in (FOLDER / "requirements.txt").read_text("utf-8").splitlines():
        name = re.match(r"[\w-]+", line)
        assert name is not None
        assert version(name[0])
    assert (FOLDER / "dag.png").read_bytes().startswith(b"\x89PNG")


PYTHON_MODELS = {"attribution_markov", "clv_fit", "int_clv_purchases", "customer_clv"}
"""Models whose rows a Python function computes, and one that requires them: a driver does not call the function."""


def test_plain_hamilton_has_every_model() -> None:
    every = dataflows.model_modules("raw_order_lines", "raw_touches", "raw_spend")
    names = {module.__name__.rpartition(".")[2] for module in every}
    files = [path for layer in LAYERS for path in (ROOT / "dataflows" / layer).glob("[!_]*.py")]
    assert names == {path.stem for path in files} - PYTHON_MODELS
    modules = dataflows.model_modules()
    with compiled_once():
        tables = set(Project({}, as_of=AS_OF).tables) - PYTHON_MODELS
    assert {module.__name__.rpartition(".")[2] for module in modules} == tables
    built = driver.Builder().with_modules(*modules).build()
    assert tables <= {node.name for node in built.list_available_variables()}
    with pytest.raises(
        ValueError, match=r"raw_lines is not an optional source\. Known: raw_order_lines, raw_touches, raw_spend"
    ):
        dataflows.model_modules("raw_lines")
