"""Orders may have an instant instead of a day: every table is the same as with days."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.dataflows.comparison import KEYS, Row, differences
from tests.invocation import invoke
from tests.paths import GOLDEN
from tests.reference import reference_tables
from tests.sources import golden_sources

AS_OF = date(2024, 5, 14)
"""A day with an order."""


@pytest.fixture(scope="module")
def late_at_night(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Build the golden shop, whose orders all come a moment before midnight."""
    folder = tmp_path_factory.mktemp("instants")
    database = str(folder / "w.duckdb")
    place = ("--database", database, "--project-dir", str(folder), "--target-path", str(folder / "target"))
    (folder / "pyproject.toml").write_text("[tool.marketing_ibis]\n", "utf-8")
    invoke("seed", "--from", str(GOLDEN), *place)
    with duckdb.connect(database) as con:
        orders = "dbt_production.orders"
        instant = "order_date + INTERVAL '23:59:59.999999'"
        con.execute(f"ALTER TABLE {orders} ALTER order_date TYPE TIMESTAMP USING {instant}")
    invoke("run", "--as-of", str(AS_OF), *place)
    return duckdb.connect(database, read_only=True)


def test_instants_give_the_rows_of_their_days(late_at_night: duckdb.DuckDBPyConnection) -> None:
    expected = reference_tables(golden_sources(), AS_OF)
    assert not [line for model in KEYS for line in differences(model, rows(late_at_night, model), expected[model])]


def rows(con: duckdb.DuckDBPyConnection, model: str) -> list[Row]:
    result = con.execute(f"FROM dbt_marketing.{model}")
    columns = [name for name, *_ in result.description]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
