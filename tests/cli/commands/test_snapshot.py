"""The command that records snapshots, as users see it."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.invocation import Run
from tests.paths import JAFFLE
from tests.shop import make_shop

SALES = """
    from marketing_ibis.model import Snapshot
    COLUMNS = (column("id", "int64", "Key."), column("cents", "int64", "Price."))

    @source(table="sales", grain=("id",), columns=COLUMNS, snapshot=Snapshot(hard_deletes="invalidate"))
    def raw_sales() -> ir.Table:
        '''Sales.'''
    """


@pytest.fixture
def call(run: Run, tmp_path: Path) -> Run:
    shop = make_shop(tmp_path / "shop", raw_sales=SALES)
    place = ("--project-dir", str(shop.root), "--database", str(shop.database))
    return lambda *arguments, code=0: run(*arguments, *place, code=code)


def test_a_source_is_recorded(call: Run, tmp_path: Path) -> None:
    created = call("snapshot", "--as-of", "2024-05-01").output
    assert "dbt_marketing.raw_sales_snapshot: created with 3 rows" in created
    lines = call("snapshot", "raw_sales", "--as-of", "2024-05-02", "--log-format", "json").stdout.splitlines()
    event = json.loads(lines[0])
    assert event["event"] == "snapshot_recorded"
    assert event["data"] == {
        "source": "raw_sales",
        "relation": "dbt_marketing.raw_sales_snapshot",
        "as_of": "2024-05-02",
        "new": 0,
        "changed": 0,
        "deleted": 0,
        "added_columns": [],
    }


def test_a_name_that_cannot_be_recorded_is_explained(call: Run) -> None:
    assert "Did you mean raw_sales or stg_sales?" in call("snapshot", "raw_sale", code=1).stderr


def test_a_source_has_no_earlier_days(call: Run) -> None:
    assert "--from is for models" in call("snapshot", "--from", "2024-01-01", code=2).stderr


def test_a_project_without_snapshots_says_how_to_declare_one(run: Run) -> None:
    output = " ".join(run("snapshot", code=1).stderr.split())
    assert "No source declares a snapshot. Declare it with the source: @source(..., snapshot=Snapshot(" in output
    assert "raw_orders does not declare a snapshot." in run("snapshot", "raw_orders", code=1).stderr


def test_a_model_cannot_have_the_name_of_a_snapshot(run: Run, tmp_path: Path) -> None:
    clash = """
        @model(layer="marts", grain=("id",), columns=(column("id", "int64", "Key."),))
        def raw_sales_snapshot(raw_sales: ir.Table) -> ir.Table:
            '''Sales.'''
            return raw_sales.select("id")
        """
    shop = make_shop(tmp_path / "shop", raw_sales=SALES, raw_sales_snapshot=clash)
    output = run("compile", "--project-dir", str(shop.root), code=1).stderr
    assert "the table of that name is the snapshot of raw_sales" in " ".join(output.split())


def test_a_build_leaves_the_snapshot(call: Run, tmp_path: Path) -> None:
    call("snapshot", "--as-of", "2024-05-01")
    assert "no model has" not in call("build", "--as-of", "2024-05-15").output
    with duckdb.connect(str(tmp_path / "shop" / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM dbt_marketing.raw_sales_snapshot").fetchall() == [(3,)]


def test_the_history_of_a_model_is_what_builds_publish(run: Run, tmp_path: Path) -> None:
    run("seed", "--from", str(JAFFLE))
    missing = run("export", "campaign_left_champions", "--to", "left.csv", code=1).stderr
    assert "Record a day: `snapshot customer_segmentation`." in missing
    columns = "customer_id, recency_score, frequency_score, monetary_score, customer_segment, value_tier, total_revenue"
    built = {}
    for day in ("2018-01-31", "2018-02-28"):
        run("run", "--as-of", day, "-s", "+customer_segmentation")
        built[day] = read(tmp_path, f"SELECT {columns} FROM dbt_marketing.customer_segmentation ORDER BY 1")
    output = run("snapshot", "customer_segmentation", "--from", "2018-01-31", "--to", "2018-03-01").output
    assert "dbt_marketing.segment_history as of 2018-02-28: 100 rows" in output
    # A build replaces its day, and leaves the others.
    run("run", "--as-of", "2018-02-28")
    history = read(tmp_path, "SELECT * FROM dbt_marketing.segment_history ORDER BY as_of, customer_id")
    assert {str(row[0]) for row in history} == set(built)
    for day, rows in built.items():
        assert [row[1:] for row in history if str(row[0]) == day] == rows
    moves = read(tmp_path, "SELECT sum(customers) FROM dbt_marketing.segment_migration")
    assert moves == [(len(built["2018-02-28"]),)]
    run("export", "campaign_left_champions", "--to", "left.csv", "--where", "since = '2018-01-31'")
    assert (tmp_path / "left.csv").read_text().startswith('"since","as_of","customer_id",')
    run("report")
    assert 'id="migration"' in (tmp_path / "target" / "report.html").read_text("utf-8")


def test_days_that_cannot_be_meant_are_refused(run: Run) -> None:
    model = "customer_segmentation"
    assert "--to and --every need --from." in run("snapshot", model, "--every", "month", code=2).stderr
    later = run("snapshot", model, "--from", "2024-02-01", "--to", "2024-01-01", code=2).stderr
    assert "--from 2024-02-01 is after 2024-01-01." in later
    assert "customer_cohorts does not declare a history." in run("snapshot", "customer_cohorts", code=1).stderr


def read(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "target" / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()
