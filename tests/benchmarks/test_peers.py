"""The comparison with dbt and SQLMesh: what is written for them, and the table. Neither is needed here."""

from __future__ import annotations

import ast
import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlglot

from benchmarks.peers import compare, dbt_project, sqlmesh_project
from benchmarks.peers.environments import Environment
from benchmarks.peers.project import MODELS, SOURCES, DataTest, Model, Project, Table, changed_models, read_project
from benchmarks.peers.python_rows import arrow_table, compute_rows
from benchmarks.peers.sides import CHANGED, RUN, STEPS, Place, Side
from benchmarks.processes import Measured, least
from tests.invocation import Run

READS = f'SELECT "t0"."id" FROM "{MODELS}"."stg_orders" AS "t0" JOIN "{SOURCES}"."orders" AS "t1" USING ("id")'


def model_node(name: str, sql: str, materialized: str = "table") -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "compiled_code": sql,
        "compiled_path": f"{name}.sql",
        "config": {"materialized": materialized},
        "columns": {"id": {"data_type": "BIGINT"}},
    }


def check_node(kind: str, parents: tuple[str, ...], name: str = "", **arguments: object) -> dict[str, Any]:
    relation = arguments.pop("relation", f'"{MODELS}"."paid"')
    return {
        "resource_type": "test",
        "name": name or f"{kind}_paid_id",
        "config": {"severity": "WARN" if kind == "unique" else "ERROR"},
        "depends_on": {"nodes": list(parents)},
        "test_metadata": {"name": kind, "kwargs": {"model": relation, "column_name": "id", **arguments}},
    }


PAID, ORDERS = "model.shop.paid", f"source.shop.{SOURCES}.orders"
NODES = [
    model_node("stg_orders", f'SELECT "id" FROM "{SOURCES}"."orders"', "view"),
    model_node("paid", READS),
    model_node("fitted", f'SELECT "id" FROM "{MODELS}"."paid"'),
    check_node("not_null", (PAID,)),
    check_node("unique", (PAID,)),
    check_node("accepted_values", (PAID,), values=["it's", "new"]),
    check_node("relationships", (PAID, "model.shop.stg_orders"), to="stg_orders", field="order_id"),
    check_node("not_null", (ORDERS,), relation=f'"{SOURCES}"."orders"'),
    check_node("accepted_values", ("model.shop.fitted",), relation=f'"{MODELS}"."fitted"', values=[1, 2]),
    # A condition that is not SQL, and a kind that dbt does not have.
    check_node("not_null", (PAID,), name="not_null_where_paid_id"),
    check_node("sum_equals", (PAID,)),
]
FUNCTION = (
    "-- python: marketing_ibis fills the table with the rows of shop.lib.fits:fit, which it computes\n--  from them\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": {str(i): node for i, node in enumerate(NODES)}}))
    for node in NODES[:3]:
        (tmp_path / f"{node['name']}.sql").write_text(FUNCTION if node["name"] == "fitted" else "-- model\nSELECT 1")
    return read_project(tmp_path)


def test_the_manifest_names_models_sources_functions_and_the_tests_that_dbt_has(project: Project) -> None:
    assert project.sources() == [Table(SOURCES, "orders")]
    assert {name: model.function for name, model in project.models.items()} == {
        "stg_orders": None,
        "paid": None,
        "fitted": ("shop.lib.fits", "fit"),
    }
    assert project.models["stg_orders"].is_view
    assert [(test.kind, test.table.name, test.is_error) for test in project.tests] == [
        ("not_null", "paid", True),
        ("unique", "paid", False),
        ("accepted_values", "paid", True),
        ("relationships", "paid", True),
        ("not_null", "orders", True),
        ("accepted_values", "fitted", True),
    ]
    assert project.tests[3].parent == Table(MODELS, "stg_orders")


def test_what_compile_writes_is_read(run: Run, tmp_path: Path) -> None:
    run("compile", "--target", "duckdb", "--as-of", "2024-05-15")
    shop = read_project(tmp_path / "target")
    assert {name for name, model in shop.models.items() if model.function} == {
        "attribution_markov",
        "clv_fit",
        "int_clv_purchases",
    }
    assert {table.name for table in shop.sources()} == {"customers", "orders", "payments"}
    known = {Table(MODELS, name) for name in shop.models} | {*shop.sources()}
    assert all(model.parents() <= known for model in shop.models.values())
    assert {test.table for test in shop.tests} <= known
    assert len(shop.tests) > 200
    # What Jinja would read as its own.
    assert not any(mark in model.sql for model in shop.models.values() for mark in ("{{", "{%", "{#"))


def test_only_the_edited_model_differs(project: Project) -> None:
    edited = Project({**project.models, "paid": Model("paid", "SELECT 2", is_view=False, columns={})}, project.tests)
    assert changed_models(project, edited) == ["paid"]
    assert changed_models(project, project) == []


def test_dbt_gets_references_instead_of_names(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "dbt"
    dbt_project.write(project, folder, tmp_path / "shop.duckdb", "2024-05-15", {"threads": "1"}, threads=2)
    paid = (folder / "models" / "paid.sql").read_text()
    assert paid.startswith("{{ config(materialized='table') }}\n")
    assert "FROM {{ ref('stg_orders') }} AS" in paid
    assert f"JOIN {{{{ source('{SOURCES}', 'orders') }}}} AS" in paid
    assert "materialized='view'" in (folder / "models" / "stg_orders.sql").read_text()
    # The query of a Python model is a view that it reads.
    assert (folder / "models" / "fitted__input.sql").exists()
    assert "dbt.ref('fitted__input')" in ast.unparse(ast.parse((folder / "models" / "fitted.py").read_text()))
    columns = {
        table["name"]: table["columns"]
        for table in json.loads((folder / "models" / "schema.yml").read_text())["models"]
    }
    assert columns["stg_orders"] == []
    assert columns["paid"] == [
        {
            "name": "id",
            "data_tests": [
                {"not_null": {"config": {"severity": "error"}}},
                {"unique": {"config": {"severity": "warn"}}},
                {
                    "accepted_values": {
                        "arguments": {"values": ["it's", "new"], "quote": True},
                        "config": {"severity": "error"},
                    }
                },
                {
                    "relationships": {
                        "arguments": {"to": "ref('stg_orders')", "field": "order_id"},
                        "config": {"severity": "error"},
                    }
                },
            ],
        }
    ]


def test_sqlmesh_gets_audits_only_if_tested(project: Project, tmp_path: Path) -> None:
    for is_tested in (False, True):
        folder = tmp_path / f"mesh_{is_tested}"
        sqlmesh_project.write(project, folder, tmp_path / "shop.duckdb", "2024-05-15", {}, is_tested=is_tested)
        paid = (folder / "models" / "paid.sql").read_text()
        assert f"name {MODELS}.paid" in paid
        assert READS in paid
        assert ("accepted_values(column := id, is_in := ('it''s', 'new'))" in paid) is is_tested
        assert ("unique_values(columns := (id), blocking := FALSE)" in paid) is is_tested
        assert "kind VIEW" in (folder / "models" / "stg_orders.sql").read_text()
        assert f"'{MODELS}.fitted__input'" in ast.unparse(ast.parse((folder / "models" / "fitted.py").read_text()))
        # What reads two tables, a source, or the table of a Python model is a node of its own.
        assert len(list((folder / "audits").iterdir())) == 3 * is_tested


@pytest.mark.parametrize(
    ("test", "bad"),
    [
        (DataTest("not_null", Table("main", "child"), "id", is_error=True), [(None,)]),
        (DataTest("unique", Table("main", "child"), "id", is_error=True), [(2,)]),
        (DataTest("accepted_values", Table("main", "child"), "id", is_error=True, values=(2, 3)), [(1,)]),
        (
            DataTest(
                "relationships", Table("main", "child"), "id", is_error=True, parent=Table("main", "p"), field="k"
            ),
            [(3,)],
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, DataTest) else "",
)
def test_an_audit_of_its_own_returns_the_bad_rows(test: DataTest, bad: list[tuple[int | None]]) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE child AS FROM (VALUES (1), (2), (2), (3), (NULL)) rows(id)")
        connection.execute("CREATE TABLE p AS FROM (VALUES (1), (2)) rows(k)")
        assert connection.execute(sqlmesh_project.bad_rows(test)).fetchall() == bad
    sqlglot.parse_one(sqlmesh_project.bad_rows(test), dialect="duckdb")


def test_a_python_model_computes_the_rows_that_run_computes() -> None:
    rows = pa.table({"from_channel": ["(start)"], "to_channel": ["Organic"], "transitions": [0], "revenue": [0.0]})
    (row,) = compute_rows("dataflows.lib.removal_effects", "credit_channels", rows, "2024-05-15")
    types = {"channel": "TEXT", "removal_effect": "DOUBLE", "analysis_timestamp": "TIMESTAMP"}
    table = arrow_table([row], types)
    assert table.column("channel").to_pylist() == ["Organic"]
    assert table.column("analysis_timestamp").to_pylist()[0].date() == date(2024, 5, 15)


def figures(factor: float) -> dict[str, Measured]:
    return {
        "marketing_ibis": Measured(1.0, 2.0, 100),
        "dbt": Measured(2 * factor, 6.0, 150),
        "SQLMesh": Measured(4 * factor, 4.0, 300),
    }


def test_a_line_has_the_ratios_of_both_peers() -> None:
    text = compare.lines("small", {RUN: figures(1.0)})
    assert text == (
        "| small | run | 1.00 / 2.00 / 100 | 2.00 / 6.00 / 150 | 4.00 / 4.00 / 300"
        " | 2.00 | 3.00 | 1.50 | 4.00 | 2.00 | 3.00 |\n"
    )
    assert {line.count("|") for line in (compare.head() + text).splitlines()} == {text.count("|")}


def test_the_least_of_each_figure_counts() -> None:
    assert least([Measured(3, 1, 7), Measured(1, 2, 9), Measured(2, 3, 5)]) == Measured(1, 1, 5)


def test_shops_that_are_not_measured_stay_saved(tmp_path: Path) -> None:
    file = tmp_path / "peers.json"
    compare.save({"small": {RUN: figures(1.0)}}, file)
    compare.save({"large": {RUN: figures(2.0)}}, file)
    shops = json.loads(file.read_text())["shops"]
    assert (shops["small"][RUN]["dbt"]["cpu"], shops["large"][RUN]["dbt"]["cpu"]) == (2, 4)
    file.write_text(json.dumps({"format": 0, "shops": {"old": {}}}))
    compare.save({"small": {RUN: figures(1.0)}}, file)
    assert list(json.loads(file.read_text())["shops"]) == ["small"]


def publish(place: Place, name: str, paid: int = 1) -> None:
    """Write the database of a side with the tables of the project, ``paid`` with this one row."""
    import duckdb

    with duckdb.connect(place.database(name)) as connection:
        connection.execute(f"CREATE SCHEMA {MODELS}")
        for table, value in (("stg_orders", 1), ("paid", paid), ("fitted", 1)):
            connection.execute(f"CREATE TABLE {MODELS}.{table} AS SELECT {value} AS id, {value} / 3 AS share")


def test_the_tables_of_every_side_are_compared_by_their_rows(project: Project, tmp_path: Path) -> None:
    import duckdb

    place = Place(tmp_path, "2024-05-15")
    for name in ("marketing_ibis", "dbt", "mesh"):
        publish(place, name)
    publish(place, "mesh_tested", paid=2)
    with pytest.raises(SystemExit, match=f"mesh_tested.{MODELS}.paid has a row that marketing_ibis.{MODELS}.paid does"):
        compare.check(place, project)
    with duckdb.connect(place.database("mesh_tested")) as connection:
        connection.execute(f"DROP TABLE {MODELS}.paid")
    with pytest.raises(SystemExit, match="mesh_tested did not publish paid"):
        compare.check(place, project)
    place.database("mesh_tested").unlink()
    publish(place, "mesh_tested")
    compare.check(place, project)


class Recorder:
    """A side that records what it is asked to do."""

    def __init__(self, name: str, calls: list[str]) -> None:
        self.name, self.calls = name, calls

    def prepare(self, project: Project) -> None:
        self.calls.append(f"{self.name} prepare")

    def edit(self, model: Model) -> None:
        self.calls.append(f"{self.name} edit {model.name}")

    def restore(self, model: Model) -> None:
        self.calls.append(f"{self.name} restore {model.name}: {model.sql == READS}")

    def measure(self, step: str) -> Measured:
        self.calls.append(f"{self.name} {step}")
        return Measured(1, 1, 1)


def test_sides_are_measured_in_turn_and_restored_between_rounds(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = Model("paid", "SELECT 2", is_view=False, columns={})
    monkeypatch.setattr(compare, "edit", lambda place, project, number: edited)
    monkeypatch.setattr(compare, "write_edited", lambda place, number: None)
    after = Project({**project.models, "paid": edited}, project.tests)
    monkeypatch.setattr(compare, "compile_project", lambda place: after)
    calls: list[str] = []
    sides: list[Side] = [Recorder(name, calls) for name in "AB"]
    first, second = compare.measure_rounds(Place(tmp_path, "2024-05-15"), project, sides, 2)
    assert list(first) == list(second) == list(STEPS)
    measured = [f"{side} {step}" for step in STEPS[:3] for side in "AB"]
    measured += ["A edit paid", "B edit paid", f"A {CHANGED}", f"B {CHANGED}"]
    assert calls == [*measured, "A restore paid: True", "B restore paid: True", *measured]


def test_each_edit_is_another_one(tmp_path: Path) -> None:
    place = Place(tmp_path, "2024-05-15")
    file = place.checkout / compare.EDITED
    file.parent.mkdir(parents=True)
    texts = set()
    for number in range(3):
        compare.write_edited(place, number)
        texts.add(file.read_text())
    assert len(texts) == 3
    assert (compare.ROOT / compare.EDITED).read_text() in texts


def test_an_environment_of_the_same_versions_is_not_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[object, ...]] = []

    def pretend(command: tuple[object, ...], **options: object) -> None:
        calls.append(command)
        (tmp_path / "environments" / "tool").mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr("benchmarks.peers.environments.subprocess.run", pretend)
    program = Environment("tool", ("tool==1",)).program(tmp_path)
    assert program == tmp_path / "environments" / "tool" / "bin" / "tool"
    assert any("tool==1" in command for command in calls)
    before = len(calls)
    Environment("tool", ("tool==1",)).program(tmp_path)
    assert len(calls) == before
    Environment("tool", ("tool==2",)).program(tmp_path)
    assert len(calls) > before
