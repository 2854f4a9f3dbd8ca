"""`build --sample` builds from all rows of some customers, and never replaces full tables unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine_shops import ENGINE_NAMES, engine_shop
from tests.invocation import Run
from tests.paths import JAFFLE

pytestmark = pytest.mark.usefixtures("own_modules")
CUSTOMERS = """
    @source(table="customers", grain=("id",), columns=(column("id", "int64", "Key."),))
    def raw_customers() -> ir.Table:
        '''Customers.'''
    """
SALES = """
    from marketing_ibis.data_tests import relationships

    COLUMNS = (
        column("id", "int64", "Key.", tests=(relationships("raw_customers", "id"),)),
        column("cents", "int64", "Price."),
    )

    @source(table="sales", grain=("id",), columns=COLUMNS)
    def raw_sales() -> ir.Table:
        '''Sales.'''
    """


@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_a_sample_is_of_whole_customers_and_the_same_each_time(engine: str, tmp_path: Path) -> None:
    with engine_shop(engine, tmp_path, raw_customers=CUSTOMERS, raw_sales=SALES) as shop:
        shop.query("CREATE TABLE dbt_production.customers AS SELECT id FROM dbt_production.sales")
        for _ in range(2):
            output = " ".join(shop.run("build", "--sample", "2").output.split())
            assert "The tables in schema dbt_marketing are those of a sample of 2 customers." in output
            # MD5 of 3, 1 and 2 begins with eccb, c4ca and c81e.
            assert sorted(shop.query("SELECT id, cents FROM dbt_marketing_sample.sales")) == [(1, 100), (2, 250)]
        shop.run("build", "--sample", "1")
        assert shop.query("SELECT n, cents FROM dbt_marketing.totals") == [(1, 100)]
        shop.query("INSERT INTO dbt_production.sales VALUES (1, 7)")
        shop.run("build")
        assert shop.query("SELECT n, cents FROM dbt_marketing.totals") == [(3, 357)]
        refused = " ".join(shop.run("build", "--sample", "1", code=2).output.split())
        assert "Schema dbt_marketing contains full tables" in refused
        assert shop.query("SELECT n, cents FROM dbt_marketing.totals") == [(3, 357)]
        shop.run("build", "--sample", "1", "--sample-over-full")
        assert shop.query("SELECT n, cents FROM dbt_marketing.totals") == [(2, 107)]


def test_sources_without_customers_cannot_be_sampled(tmp_path: Path) -> None:
    with engine_shop("duckdb", tmp_path) as shop:
        output = " ".join(shop.run("build", "--sample", "2", code=2).output.split())
        assert "--sample needs one source of customers, and the source tests declare none or several." in output


def test_tables_of_others_in_the_schema_of_the_sample_stay(tmp_path: Path) -> None:
    with engine_shop("duckdb", tmp_path, raw_customers=CUSTOMERS, raw_sales=SALES) as shop:
        shop.query("CREATE TABLE dbt_production.customers AS SELECT id FROM dbt_production.sales")
        shop.query("CREATE SCHEMA dbt_marketing_sample")
        shop.query("CREATE TABLE dbt_marketing_sample.sales AS SELECT 5 AS x")
        assert "that no sample was copied to" in " ".join(shop.run("build", "--sample", "2", code=2).output.split())
        assert shop.query("SELECT * FROM dbt_marketing_sample.sales") == [(5,)]


def test_the_shop_keeps_orders_and_payments_of_its_customers(run: Run, tmp_path: Path) -> None:
    import duckdb

    run("seed", "--from", str(JAFFLE), "-q")
    run("build", "--sample", "30", "--as-of", "2018-04-10", "-q")
    with duckdb.connect(str(tmp_path / "target" / "warehouse.duckdb")) as connection:
        for table, key, parent in (("orders", "user_id", "customers"), ("payments", "order_id", "orders")):
            expected = (
                f"SELECT * FROM dbt_production.{table} WHERE {key} IN (SELECT id FROM dbt_marketing_sample.{parent})"
            )
            difference = f"({expected}) EXCEPT SELECT * FROM dbt_marketing_sample.{table}"
            assert connection.execute(difference).fetchall() == []
        assert connection.execute("SELECT count(*) FROM dbt_marketing.customers").fetchall() == [(30,)]
