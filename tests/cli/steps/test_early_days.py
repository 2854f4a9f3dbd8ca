"""A build as of a day before all data says why its tables are empty; an empty shop is built without a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.steps.test_old_dates import DAYS
from tests.invocation import invoke
from tests.shop import Shop, make_shop

BY_DAY = {
    "stg_sales": """
        from datetime import date

        COLUMNS = (column("id", "int64", "Key."), column("sold_on", "date", "Day."))

        @model(layer="staging", grain=("id",), columns=COLUMNS)
        def stg_sales(raw_sales: ir.Table, as_of: date) -> ir.Table:
            '''Sales up to the day of the build.'''
            return raw_sales.filter(raw_sales.sold_on.notnull(), raw_sales.sold_on <= as_of)
        """,
}
TESTED = """
        from marketing_ibis.data_tests import row_count_equals

        COLUMNS = (column("sold_on", "date", "Day."), column("n", "int64", "Sales."))

        @model(layer="marts", grain=("sold_on",), columns=COLUMNS, tests=(row_count_equals(1),))
        def totals(stg_sales: ir.Table) -> ir.Table:
            '''Sales of each day.'''
            return stg_sales.group_by("sold_on").agg(n=stg_sales.count())
        """
WARNING = (
    "Warning: There is no data as of 2024-05-01, so 1 table is empty: raw_sales.sold_on begins at 2024-05-02."
    " Build with a later --as-of.\n"
)


def shop_with(folder: Path, *days: str, **changes: str) -> Shop:
    """Return a shop whose tables depend on the day of the build, with a sale on each of ``days``."""
    shop = make_shop(folder, **(DAYS | BY_DAY | changes))
    with shop.open() as target:
        target.execute("CREATE OR REPLACE TABLE dbt_production.sales (id BIGINT, sold_on DATE)")
        for number, day in enumerate(days, 1):
            target.execute(f"INSERT INTO dbt_production.sales VALUES ({number}, '{day}')")
    return shop


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("command", ["run", "build"])
def test_a_day_before_all_data_is_named_with_the_first_day_of_the_sources(command: str, tmp_path: Path) -> None:
    shop_with(tmp_path, "2024-05-03", "2024-05-02")
    assert invoke(command, "--database", "warehouse.duckdb", "--as-of", "2024-05-01").stderr == WARNING
    assert invoke(command, "--database", "warehouse.duckdb", "--as-of", "2024-05-02").stderr == ""


def test_tests_that_fail_because_of_the_day_are_said_to(tmp_path: Path) -> None:
    shop_with(tmp_path, "2024-05-02", totals=TESTED)
    failed = invoke("build", "--database", "warehouse.duckdb", "--as-of", "2024-05-01", code=1)
    assert f"{WARNING.rstrip()} Failed tests may have the same cause.\n" in failed.stderr


def test_a_shop_without_any_rows_gets_no_warning(tmp_path: Path) -> None:
    shop_with(tmp_path)
    assert invoke("run", "--database", "warehouse.duckdb", "--as-of", "2024-05-01").stderr == ""


def test_a_table_that_does_not_depend_on_the_day_gets_no_warning(tmp_path: Path) -> None:
    everything = BY_DAY["stg_sales"].replace("sold_on <= as_of", "id < 0").replace(", as_of: date", "")
    shop_with(tmp_path, "2024-05-02", stg_sales=everything)
    assert invoke("run", "--database", "warehouse.duckdb", "--as-of", "2024-05-01").stderr == ""
