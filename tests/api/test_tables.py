"""The tables of a project in Python are those that a build publishes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
import pytest

from marketing_ibis import Project
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from tests.api import IBIS_WARNINGS
from tests.engine_shops import ENGINE_NAMES, engine_shop
from tests.invocation import Run
from tests.paths import GOLDEN, JAFFLE, TESTS
from tests.remembering import compiled_once
from tests.shop import AS_OF

DAYS = {"golden": "2024-05-15", "jaffle": "2018-04-10", "demo": "2024-05-15"}
SEEDS = {
    "golden": ("--from", str(GOLDEN)),
    "jaffle": ("--from", str(JAFFLE)),
    "demo": ("--demo", "--orders", "400", "--as-of", DAYS["demo"]),
}
SOURCES = ("customers", "orders", "payments")
LAST = (
    "customers",
    "orders",
    "attribution_models",
    "attribution_markov",
    "customer_cohorts",
    "marketing_attribution",
    "product_performance",
)
"""Models that no other depends on; together they depend on every other."""

pytestmark = IBIS_WARNINGS


@pytest.fixture(autouse=True)
def compiled() -> Iterator[None]:
    with compiled_once():
        yield


def rows(table: ir.Table) -> list[str]:
    """Return the rows in one order; numbers differ by their last bit, too."""
    arrow = table.to_pyarrow()
    return sorted(map(repr, zip(*(arrow[name].to_pylist() for name in arrow.column_names), strict=True)))


def published(names: Iterable[str], engine: str, settings: dict[str, object]) -> dict[str, list[str]]:
    """Return the rows of each published model, read without the project."""
    connection = ENGINES[engine].connect_ibis(settings)
    try:
        return {name: rows(connection.table(Relation("dbt_marketing", name))) for name in names}
    finally:
        connection.close()


@pytest.mark.parametrize("shop", ["golden", "demo"])
def test_the_tables_are_those_of_a_build_on_duckdb(shop: str, run: Run) -> None:
    run("seed", *SEEDS[shop])
    run("run", "--as-of", DAYS[shop])
    with Project.from_settings(as_of=DAYS[shop]) as project:
        names = LAST if shop == "golden" else LAST[:1]
        expected = published(names, "duckdb", {"path": "target/warehouse.duckdb"})
        assert {name: rows(project.table(name)) for name in names} == expected


def test_the_tables_are_those_of_a_build_on_postgresql(run: Run, tmp_path: Path, postgres: None) -> None:
    where = ("-t", "postgres", "--profiles-dir", str(tmp_path))
    run("seed", *SEEDS["golden"], *where)
    run("run", "--as-of", DAYS["golden"], *where)
    with Project.from_settings(as_of=DAYS["golden"], target="postgres", profiles_dir=tmp_path) as project:
        # The weights of touchpoints are numeric to PostgreSQL unless they are cast.
        names = (*LAST, "attribution_touchpoints")
        expected = published(names, "postgres", dict(project._session.destination.settings))
        assert {name: rows(project.table(name)) for name in names} == expected
        settings = project._session.destination.settings
    names = {"user": "user", "host": "host", "port": "port", "database": "dbname"}
    connection = ibis.postgres.connect(**{name: settings[key] for name, key in names.items() if key in settings})
    sources = {f"raw_{name}": connection.table(name, database="dbt_production") for name in SOURCES}
    own = Project(sources, as_of=DAYS["golden"])
    assert rows(own.table("customers")) == expected["customers"], "Ibis writes the SQL of a connection of one's own"
    connection.disconnect()


def test_the_tables_over_data_frames_are_those_of_a_build(run: Run) -> None:
    run("seed", *SEEDS["jaffle"])
    run("run", "--as-of", DAYS["jaffle"])
    frames = {name: pd.read_csv(JAFFLE / f"{name}.csv") for name in SOURCES}
    frames["orders"]["order_date"] = pd.to_datetime(frames["orders"]["order_date"])
    tables = {f"raw_{name}": ibis.memtable(frame) for name, frame in frames.items()}
    project = Project(tables, as_of=DAYS["jaffle"])
    expected = published(LAST[:2], "duckdb", {"path": "target/warehouse.duckdb"})
    assert {name: rows(project.table(name)) for name in LAST[:2]} == expected
    assert len(project.to_pandas("customer_segmentation")) == len(frames["customers"])


def test_an_optional_source_is_used_where_it_is_passed(run: Run) -> None:
    connection = ibis.duckdb.connect()
    tables = {f"raw_{path.stem}": connection.read_csv(path) for path in sorted((TESTS / "golden_2").glob("*.csv"))}
    without = {name: table for name, table in tables.items() if name != "raw_order_lines"}
    assert "stg_order_lines" not in Project(without, as_of=DAYS["golden"]).tables
    project = Project(tables, as_of=DAYS["golden"])
    assert project.table("stg_order_lines").count().execute() == tables["raw_order_lines"].count().execute()
    assert set(tables) == set(project.sources)


@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_every_engine_has_a_connection(engine: str, tmp_path: Path) -> None:
    with engine_shop(engine, tmp_path) as shop:
        shop.run("run")
        arguments = {"target": engine, "profiles_dir": shop.root, "target_path": tmp_path / "target"}
        with Project.from_settings(shop.root, as_of=AS_OF, **arguments) as project:
            assert project.tables == ("stg_sales", "halves", "totals", "report")
            expected = shop.query("SELECT n, cents FROM dbt_marketing.totals")
            assert [tuple(row.values()) for row in project.table("totals").to_pyarrow().to_pylist()] == expected
            assert project.table("raw_sales").count().execute() == 3
