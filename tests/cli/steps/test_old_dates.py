"""A placeholder date multiplies the rows of a table with one row per period: a warning in one line names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from tests.engines.postgres.warehouse import settings_of
from tests.invocation import invoke
from tests.postgres_server import fresh_database
from tests.shop import AS_OF, Shop, make_shop

DAYS = {
    "raw_sales": """
        from datetime import timedelta
        from marketing_ibis.model import freshness

        COLUMNS = (column("id", "int64", "Key."), column("sold_on", "date", "Day.", nullable=True))

        @source(
            table="sales", grain=("id",), columns=COLUMNS, freshness=freshness("sold_on", warn_after=timedelta(days=9))
        )
        def raw_sales() -> ir.Table:
            '''Sales.'''
        """,
    "stg_sales": """
        COLUMNS = (column("id", "int64", "Key."), column("sold_on", "date", "Day."))

        @model(layer="staging", grain=("id",), columns=COLUMNS)
        def stg_sales(raw_sales: ir.Table) -> ir.Table:
            '''Sales that have a day.'''
            return raw_sales.filter(raw_sales.sold_on.notnull())
        """,
    "totals": """
        COLUMNS = (column("sold_on", "date", "Day."), column("n", "int64", "Sales."))

        @model(layer="marts", grain=("sold_on",), columns=COLUMNS)
        def totals(stg_sales: ir.Table) -> ir.Table:
            '''Sales of each day.'''
            return stg_sales.group_by("sold_on").agg(n=stg_sales.count())
        """,
    "halves": "",
    "report": "",
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    made = make_shop(tmp_path, **DAYS)
    monkeypatch.chdir(tmp_path)
    return made


def built(shop: Shop, command: str, *days: str) -> str:
    with shop.open() as target:
        target.execute("CREATE OR REPLACE TABLE dbt_production.sales (id BIGINT, sold_on DATE)")
        for number, day in enumerate(days, 1):
            target.execute(f"INSERT INTO dbt_production.sales VALUES ({number}, '{day}')")
    return invoke(command, "--database", "warehouse.duckdb", "--as-of", AS_OF.isoformat()).stderr


@pytest.mark.parametrize("command", ["run", "build"])
@pytest.mark.parametrize("oldest", ["0001-01-01", "1900-01-01", "1969-12-31"])
def test_a_table_that_begins_before_any_order_is_warned_of(shop: Shop, command: str, oldest: str) -> None:
    assert built(shop, command, "2024-05-01", oldest, "2024-05-14") == (
        f"Warning: totals has 3 rows because sold_on begins at {oldest}."
        f" raw_sales.sold_on is between {oldest} and 2024-05-14: correct the wrong dates.\n"
    )


@pytest.mark.parametrize("days", [(), ("1970-01-01", "2024-05-14"), ("2024-05-14",)])
def test_a_usual_table_is_not(shop: Shop, days: tuple[str, ...]) -> None:
    assert built(shop, "run", *days) == ""


@pytest.mark.parametrize(("word", "count"), [("abcd", 0), ("abcde", 1), ("éé", 0), ("éé!", 1), (None, 0)])
def test_postgres_counts_the_bytes_of_a_string(word: str | None, count: int) -> None:
    dialect, relation = ENGINES["postgres"].dialect(), Relation("public", "words")
    with fresh_database() as uri, ENGINES["postgres"].open(settings_of(uri)) as target:
        target.execute("CREATE TABLE words (word TEXT, n INTEGER)")
        target.execute(f"INSERT INTO words VALUES ({'NULL' if word is None else dialect.literal(word)}, 1)")
        arguments = relation, ["n", "word"], {"word": 4}
        assert target.query(dialect.count_faults(*arguments)) == [(0, word is None, count)]
        assert bool(target.query(dialect.find_fault(*arguments))) == bool(word is None or count)
