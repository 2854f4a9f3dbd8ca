"""Orders may have an instant instead of a day: every table is the same as with days."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from click.testing import CliRunner

from marketing_ibis.cli import main
from tests.dataflows.comparison import KEYS, Row, differences
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
    call("seed", "--from", str(GOLDEN), *place)
    with duckdb.connect(database) as con:
        orders = "dbt_production.orders"
        instant = "order_date + INTERVAL '23:59:59.999999'"
        con.execute(f"ALTER TABLE {orders} ALTER order_date TYPE TIMESTAMP USING {instant}")
    call("run", "--as-of", str(AS_OF), *place)
    return duckdb.connect(database, read_only=True)


@pytest.mark.parametrize("model", KEYS)
def test_instants_give_the_rows_of_their_days(model: str, late_at_night: duckdb.DuckDBPyConnection) -> None:
    assert not differences(model, rows(late_at_night, model), reference_tables(golden_sources(), AS_OF)[model])


def call(*words: str) -> None:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output


def rows(con: duckdb.DuckDBPyConnection, model: str) -> list[Row]:
    result = con.execute(f"FROM dbt_marketing.{model}")
    columns = [name for name, *_ in result.description]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
