"""The command that records snapshots, as users see it."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.invocation import Run
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
    assert "Did you mean raw_sales?" in call("snapshot", "raw_sale", code=1).stderr


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
