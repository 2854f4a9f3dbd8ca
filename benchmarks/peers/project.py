"""Read what the peers have to build: the SQL, the columns and the data tests of every model, from our own manifest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODELS, SOURCES = "dbt_marketing", "dbt_production"
"""The schema of the models, and that of the sources."""
KINDS = ("not_null", "unique", "accepted_values", "relationships")
"""The data tests that every dbt project has without a package. The manifest's other kinds are left out."""
RELATION = re.compile(rf'"({MODELS}|{SOURCES})"\."(\w+)"')
FUNCTION = re.compile(r"^-- python: .* rows of ([\w.]+):(\w+),", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Table:
    """A table in the schema of the models or of the sources."""

    schema: str
    name: str


@dataclass(frozen=True, slots=True)
class DataTest:
    """A data test of a column; ``values`` are accepted, or ``parent`` and its ``field`` have the same value."""

    kind: str
    table: Table
    column: str
    is_error: bool
    values: tuple[str | int, ...] = ()
    parent: Table | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its query, and the Python function that computes its rows from those of the query, if one does."""

    name: str
    sql: str
    is_view: bool
    columns: Mapping[str, str]
    function: tuple[str, str] | None = None

    @property
    def input_name(self) -> str:
        """The model with the rows that the Python function receives."""
        return f"{self.name}__input"

    def parents(self) -> set[Table]:
        """Return the tables that the query reads."""
        return {Table(*found) for found in RELATION.findall(self.sql)}

    def with_names(self, name: Callable[[Table], str]) -> str:
        """Return the query with other names for the tables that it reads."""
        return RELATION.sub(lambda found: name(Table(found[1], found[2])), self.sql)


@dataclass(frozen=True, slots=True)
class Project:
    """Models by name, and their data tests with those of the sources."""

    models: Mapping[str, Model]
    tests: tuple[DataTest, ...]

    def tests_of(self, table: Table) -> list[DataTest]:
        """Return the data tests of a table."""
        return [test for test in self.tests if test.table == table]

    def sources(self) -> list[Table]:
        """Return the tables that no model is."""
        read = {parent for model in self.models.values() for parent in model.parents()}
        return sorted(table for table in read if table.schema == SOURCES)


def read_project(target: Path) -> Project:
    """Return the project that `compile --target duckdb` wrote into a folder."""
    nodes = json.loads((target / "manifest.json").read_text("utf-8"))["nodes"]
    models = [read_model(node, target) for node in nodes.values() if node["resource_type"] == "model"]
    tests = [read_test(node) for node in nodes.values() if node["resource_type"] == "test" and is_common(node)]
    return Project({model.name: model for model in models}, tuple(tests))


def is_common(node: Mapping[str, Any]) -> bool:
    """Return whether dbt has the test too; a test of some rows only has a condition that is not SQL."""
    kind = node["test_metadata"]["name"]
    return kind in KINDS and not node["name"].startswith(f"{kind}_where_")


def read_model(node: Mapping[str, Any], target: Path) -> Model:
    """Return a model of the manifest."""
    found = FUNCTION.search((target / node["compiled_path"]).read_text("utf-8"))
    return Model(
        node["name"],
        node["compiled_code"],
        node["config"]["materialized"] == "view",
        {name: column["data_type"] for name, column in node["columns"].items()},
        (found[1], found[2]) if found else None,
    )


def read_test(node: Mapping[str, Any]) -> DataTest:
    """Return a data test of the manifest."""
    arguments = node["test_metadata"]["kwargs"]
    (found,) = RELATION.findall(arguments["model"])
    table = Table(*found)
    parents = {node_table(each) for each in node["depends_on"]["nodes"]} - {table}
    return DataTest(
        node["test_metadata"]["name"],
        table,
        arguments["column_name"],
        node["config"]["severity"] == "ERROR",
        tuple(arguments.get("values", ())),
        min(parents) if "to" in arguments else None,
        arguments.get("field", ""),
    )


def node_table(unique_id: str) -> Table:
    """Return the table of a model or source by its id in the manifest."""
    kind, *_, name = unique_id.split(".")
    return Table(SOURCES if kind == "source" else MODELS, name)


def changed_models(before: Project, after: Project) -> list[str]:
    """Return the models whose queries differ."""
    return [name for name, model in after.models.items() if before.models[name].sql != model.sql]
