"""A build of what changed publishes the same rows as a build of everything, and says why it builds each model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.build.compared_models import ComparedModels, compared_models
from marketing_ibis.build.identities import model_identities
from marketing_ibis.build.plain_data import from_plain, to_plain
from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import run_plan
from marketing_ibis.build.state_record import record_states
from marketing_ibis.cli.steps.reuse import find_reuse
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.settings import ProjectSettings
from tests.invocation import Run
from tests.shop import AS_OF, SHOP, make_shop

SCHEMAS = Schemas()
DATES = (AS_OF, date(2024, 5, 16))
LIMITS, DIVISORS = ("> 0", "> 10"), ("/ 2", "/ 4")
DATED = """
    from datetime import date

    COLUMNS = (column("id", "int64", "Key."), column("days", "int64", "Days.", nullable=True))

    @model(layer="marts", grain=("id",), columns=COLUMNS)
    def dated(halves: ir.Table, as_of: date) -> ir.Table:
        '''Each half with a number of days.'''
        return halves.select("id", days=halves.id + as_of.day)
    """
EDITS = st.one_of(
    st.tuples(st.just("insert"), st.integers(4, 9), st.integers(-20, 20)),
    st.tuples(st.just("update"), st.integers(1, 9), st.integers(-20, 20)),
    st.tuples(st.just("delete"), st.integers(1, 9), st.just(0)),
    st.tuples(st.just("project"), st.integers(0, 7), st.just(0)),
    st.tuples(st.just("partly"), st.sampled_from((1, 2, 3, 4, 5)), st.just(0)),
    st.tuples(st.just("tamper"), st.sampled_from((2, 3)), st.just(0)),
    st.tuples(st.just("drop"), st.sampled_from((2, 3, 4)), st.just(0)),
)
MODELS = ("stg_sales", "totals", "halves", "report", "dated")


@dataclass
class Warehouse:
    """A database and the version of the project that it is built by."""

    target: Target
    project: ProjectSettings
    dataflow: Dataflow
    as_of: date
    engine: str = "duckdb"

    def build(self, names: tuple[str, ...]) -> None:
        plan = build_plan(self.dataflow, names, ENGINES[self.engine].dialect(), SCHEMAS)
        identities, moment = model_identities(self.dataflow), datetime.now(UTC)
        run_plan(
            plan, self.target, record=lambda plan, *_: record_states(self.target, plan, identities, self.as_of, moment)
        )

    def build_changed(self) -> Mapping[str, str]:
        """Build what changed; return why each model was built."""
        models = compared_models(self.dataflow, tuple(self.dataflow.nodes), SCHEMAS)
        recalled = from_plain(ComparedModels, json.loads(json.dumps(to_plain(models))))
        assert recalled == models
        decisions, again = (
            find_reuse(self.project, compared, self.as_of, self.target).decide() for compared in (models, recalled)
        )
        assert decisions == again
        reasons = {decision.name: decision.reason for decision in decisions if decision.is_built}
        if reasons:
            self.build(tuple(reasons))
        return reasons

    def rows(self) -> dict[str, list[str]]:
        """Return the rows of each model."""
        return {name: sorted(map(str, self.target.query(f"SELECT * FROM dbt_marketing.{name}"))) for name in MODELS}


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[ProjectSettings, Dataflow, date]]:
    """Return versions of the small project, each compiled."""
    compiled = []
    for limit, divisor, as_of in product(LIMITS, DIVISORS, DATES):
        changes = {
            "stg_sales": SHOP["stg_sales"].replace("> 0", limit),
            "halves": SHOP["halves"].replace("/ 2", divisor),
            "dated": DATED,
        }
        project = make_shop(tmp_path_factory.mktemp("version"), **changes).project
        compiled.append((project, project.compile(as_of), as_of))
    return compiled


def open_warehouse(version: tuple[ProjectSettings, Dataflow, date]) -> Warehouse:
    target = ENGINES["duckdb"].open({"path": ":memory:"})
    target.execute("CREATE SCHEMA dbt_production")
    target.execute("CREATE TABLE dbt_production.sales AS FROM (VALUES (1, 100), (2, 250), (3, -5)) t(id, cents)")
    return Warehouse(target, *version)


# Each edit takes two builds.
@settings(max_examples=settings().max_examples // 3)
@given(edits=st.lists(EDITS, min_size=2, max_size=4))
def test_a_build_of_changes_equals_a_build_of_everything(
    versions: list[tuple[ProjectSettings, Dataflow, date]], edits: list[tuple[str, int, int]]
) -> None:
    warehouse = open_warehouse(versions[0])
    with warehouse.target:
        warehouse.build(MODELS)
        for kind, number, cents in edits:
            make_edit(warehouse, versions, kind, number, cents)
            warehouse.build_changed()
            reused = warehouse.rows()
            assert warehouse.build_changed() == {}
            with open_warehouse((warehouse.project, warehouse.dataflow, warehouse.as_of)).target as other:
                sales = warehouse.target.query("FROM dbt_production.sales")
                other.execute("DELETE FROM dbt_production.sales")
                for row in sales:
                    other.execute(f"INSERT INTO dbt_production.sales VALUES {row}")
                full = Warehouse(other, warehouse.project, warehouse.dataflow, warehouse.as_of)
                full.build(MODELS)
                assert reused == full.rows()


def make_edit(
    warehouse: Warehouse, versions: list[tuple[ProjectSettings, Dataflow, date]], kind: str, number: int, cents: int
) -> None:
    execute = warehouse.target.execute
    match kind:
        case "insert":
            execute(f"INSERT INTO dbt_production.sales VALUES ({number}, {cents})")
        case "update":
            execute(f"UPDATE dbt_production.sales SET cents = {cents} WHERE id = {number}")
        case "delete":
            execute(f"DELETE FROM dbt_production.sales WHERE id = {number}")
        case "project":
            warehouse.project, warehouse.dataflow, warehouse.as_of = versions[number]
        case "partly":
            # New rows, which only some of the models are built from.
            execute(f"INSERT INTO dbt_production.sales VALUES ({number + 20}, {number})")
            warehouse.build(MODELS[number - 1 :])
        case "tamper":
            execute(f"UPDATE dbt_marketing.{MODELS[number]} SET {('half', 'n')[number - 2]} = 7")
        case "drop":
            execute(f"DROP TABLE dbt_marketing.{MODELS[number]}")


def test_each_reason_is_named(versions: list[tuple[ProjectSettings, Dataflow, date]]) -> None:
    warehouse = open_warehouse(versions[0])
    with warehouse.target:
        assert set(warehouse.build_changed().values()) == {"it is not published yet"}
        assert warehouse.build_changed() == {}
        warehouse.target.execute("INSERT INTO dbt_production.sales VALUES (4, 10)")
        assert set(warehouse.build_changed().values()) == {"raw_sales has 4 rows, 3 before"}
        warehouse.target.execute("UPDATE dbt_production.sales SET cents = 11 WHERE id = 4")
        assert set(warehouse.build_changed().values()) == {"raw_sales has other values"}
        warehouse.target.execute("UPDATE dbt_marketing.halves SET half = 7")
        assert warehouse.build_changed() == {"halves": "its published table was changed by another program"}
        record = "UPDATE dbt_marketing.build_state SET {0} = replace({0}, '\"]', '.1\"]') WHERE model = 'halves'"
        warehouse.target.execute(record.format("content"))
        assert warehouse.build_changed() == {
            "halves": "the recorded digests of its rows were computed in a different way and cannot be compared"
        }
        warehouse.target.execute(record.format("sources"))
        assert warehouse.build_changed()["halves"] == (
            "the recorded digests of raw_sales were computed in a different way and cannot be compared"
        )
        warehouse.target.execute("ALTER TABLE dbt_marketing.halves DROP half")
        assert warehouse.build_changed() == {"halves": "its published table was changed by another program"}
        warehouse.target.execute("DROP TABLE dbt_marketing.halves")
        warehouse.target.execute("CREATE VIEW dbt_marketing.halves AS SELECT 1 AS one")
        assert warehouse.build_changed() == {"halves": "it is not published as a table"}
        warehouse.target.execute("DROP TABLE dbt_marketing.report")
        assert warehouse.build_changed() == {"report": "it is not published yet"}
        warehouse.project, warehouse.dataflow, warehouse.as_of = versions[1]
        assert warehouse.build_changed() == {"dated": "published as of 2024-05-15, a different date"}
        warehouse.project, warehouse.dataflow, warehouse.as_of = versions[3]
        # The report only counts the halves.
        assert warehouse.build_changed() == {"halves": "its expression changed"}
        warehouse.target.execute("UPDATE dbt_marketing.build_state SET version = '0.0.9' WHERE model = 'halves'")
        reasons = warehouse.build_changed()
        assert reasons["halves"] == "it was built by marketing_ibis 0.0.9"
        assert reasons["dated"] == "halves is built by another version of marketing_ibis"


@pytest.mark.usefixtures("own_modules")
def test_commands_build_what_changed(run: Run, tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    database = ("--database", str(shop.database))
    assert "OK 4." in run("build", "--changed", *database).output
    assert "Nothing to build: 4 models unchanged." in run("build", "--changed", *database).output
    with shop.open() as target:
        target.execute("UPDATE dbt_marketing.halves SET half = 7")
    output = run("run", "--changed", "--explain", *database).output
    assert "build halves     its published table was changed by another program" in output
    assert "keep  totals     unchanged since 2" in output
    assert "OK 1." in output
    # What run built is not tested.
    assert "build halves     it was not tested" in run("build", "--changed", "--explain", *database).output


def test_explain_needs_changed(run: Run) -> None:
    assert "--explain needs --changed" in run("build", "--explain", code=2).stderr


@pytest.mark.usefixtures("own_modules")
def test_state_selectors_compare_with_what_is_published(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "target"
    folder.mkdir()
    shop = make_shop(tmp_path)
    assert run("ls", "-s", "state:new").output.split() == ["raw_sales", "stg_sales", "halves", "totals", "report"]
    shop.database.rename(folder / "warehouse.duckdb")
    run("build")
    assert "Nothing to do: state:modified selects nothing." in run("ls", "-s", "state:modified").output
    path = next(tmp_path.glob("shop_*/halves.py"))
    path.write_text(path.read_text().replace("stg_sales.cents / 2", "(stg_sales.cents / 2)"))
    assert "Nothing to do" in run("build", "-s", "state:modified+").output


@pytest.mark.usefixtures("own_modules")
def test_a_changed_model_is_modified(run: Run, tmp_path: Path) -> None:
    shop, folder = make_shop(tmp_path / "before"), tmp_path / "after" / "target"
    run("build", "--project-dir", str(shop.root), "--database", str(shop.database))
    make_shop(tmp_path / "after", halves=SHOP["halves"].replace("/ 2", "/ 4"))
    folder.mkdir()
    shop.database.rename(folder / "warehouse.duckdb")
    options = ("--project-dir", str(tmp_path / "after"))
    assert run("ls", "-s", "state:modified", *options).output.split() == ["halves"]
    assert run("ls", "-s", "state:unmodified", *options).output.split() == [
        "raw_sales",
        "stg_sales",
        "totals",
        "report",
    ]


@pytest.mark.usefixtures("own_modules")
def test_a_damaged_state_stops_a_build_of_changes_and_is_repaired_by_a_build(run: Run, tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    database = ("--database", str(shop.database))
    run("build", *database)
    with shop.open() as target:
        target.execute("UPDATE dbt_marketing.build_state SET sources = '{' WHERE model = 'totals'")
        before = target.query("FROM dbt_marketing.build_state ORDER BY 1")
    failed = run("build", "--changed", *database, code=2)
    assert "The state in table dbt_marketing.build_state is damaged: the row of model totals" in failed.stderr
    assert "Drop the table dbt_marketing.build_state" in failed.stderr
    with shop.open() as target:
        assert target.query("FROM dbt_marketing.build_state ORDER BY 1") == before
    run("build", *database)
    assert "Nothing to build: 4 models unchanged." in run("build", "--changed", *database).output


@pytest.mark.usefixtures("own_modules")
def test_a_state_of_a_newer_version_stops_every_build(run: Run, tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    database = ("--database", str(shop.database))
    run("build", *database)
    with shop.open() as target:
        target.execute("UPDATE dbt_marketing.build_state SET state_format = 99")
    for command in (("build", "--changed"), ("build",), ("run", "--changed"), ("plan",)):
        failed = run(*command, *database, code=2)
        assert "has format 99, which a newer version of marketing_ibis wrote" in " ".join(failed.stderr.split())


@pytest.mark.usefixtures("own_modules")
def test_a_source_alone_is_not_built(run: Run, tmp_path: Path) -> None:
    database = ("--database", str(make_shop(tmp_path).database))
    run("build", *database)
    assert "a source is not built" in run("run", "--changed", "-s", "raw_sales", *database, code=1).stderr
