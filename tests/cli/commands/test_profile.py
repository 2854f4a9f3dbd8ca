"""`profile` names the operators that a model takes its time in, and `build --profile` the models of a build."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marketing_ibis.engines.duckdb import profiling as duckdb_profiling
from marketing_ibis.engines.redshift import profiling as redshift_profiling
from tests.engine_shops import ENGINE_NAMES, engine_shop

pytestmark = pytest.mark.usefixtures("own_modules")


@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_the_operators_of_a_model_are_named(engine: str, tmp_path: Path) -> None:
    with engine_shop(engine, tmp_path) as shop:
        text = shop.run("profile", "report").output
        operators = json.loads(shop.run("profile", "report", "--format", "json").output)
        assert any("scan" in operator["name"].lower() for operator in operators)
        measures_time = engine != "redshift"
        assert all((operator["seconds"] is not None) == measures_time for operator in operators)
        assert ("seconds" in text) == measures_time
        assert "which are not published" in text
        assert shop.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'dbt_marketing'") == []
        assert "The model reprt does not exist. Did you mean report" in " ".join(
            shop.run("profile", "reprt", code=1).output.split()
        )


@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_a_build_lists_its_models_by_time(engine: str, tmp_path: Path) -> None:
    with engine_shop(engine, tmp_path) as shop:
        shop.run("build")
        output = shop.run("build", "--profile", "-s", "totals").output
        (row,) = (line.split() for line in output.splitlines() if line.split()[:1] == ["totals"])
        # The first of the two builds built three more tables.
        assert row[2] == "100%"
        assert 50 <= int(row[3].rstrip("%")) < 100
        assert "share of last 10" in output


def test_redshifts_plan_is_read() -> None:
    lines = [
        ("XN HashAggregate  (cost=131.34..131.34 rows=11 width=17)",),
        ("  ->  XN Hash Join DS_DIST_NONE  (cost=0.14..117.50 rows=2766 width=17)",),
        ('        Hash Cond: ("outer".venueid = "inner".venueid)',),
        ("        ->  XN Seq Scan on event  (cost=0.00..87.98 rows=8798 width=4)",),
    ]
    operators = redshift_profiling.profile(lambda sql: lines, "SELECT 1")
    assert [(o.depth, o.name, o.rows) for o in operators] == [
        (0, "HashAggregate", 11),
        (1, "Hash Join DS_DIST_NONE", 2766),
        (2, "Seq Scan on event", 8798),
    ]


def test_profiles_of_earlier_releases_of_duckdb_are_read() -> None:
    scan = {"operator_name": "SEQ_SCAN ", "operator_timing": 0.5, "operator_cardinality": 7, "children": []}
    document = {"children": [{"operator_name": "EXPLAIN_ANALYZE", "operator_timing": 0.1, "children": [scan]}]}
    (operator,) = duckdb_profiling.profile(lambda sql: [("analyzed_plan", json.dumps(document))], "SELECT 1")
    assert (operator.name, operator.seconds, operator.rows, operator.depth) == ("seq scan", 0.5, 7, 0)
