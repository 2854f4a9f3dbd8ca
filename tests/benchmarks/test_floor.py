"""The SQL written by hand, against which speed is measured, gives the rows that the models give."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings

from benchmarks import floor
from tests.sources import GOLDEN_AS_OF, Sources, golden_sources
from tests.strategies import dirty_sources
from tests.warehouse import MODEL_SCHEMA, SOURCE_SCHEMA, Row, build_tables, compiled_for


@contextmanager
def both(sources: Sources) -> Iterator[duckdb.DuckDBPyConnection]:
    """Have the tables of the models and those of the floor in one database in memory."""
    dataflow = compiled_for(GOLDEN_AS_OF, sources.options)
    # The rows of an example are few: a second thread only costs time.
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(f"CREATE SCHEMA {SOURCE_SCHEMA}; CREATE SCHEMA {MODEL_SCHEMA}")
        for source in dataflow.sources.values():
            records = [row._asdict() for row in getattr(sources, source.declaration.table)]
            create(connection, f"{SOURCE_SCHEMA}.{source.declaration.table}", records, source.schema.to_pyarrow())
        for name, records in build_tables(sources, GOLDEN_AS_OF).items():
            create(connection, f"{MODEL_SCHEMA}.{name}", records, dataflow.models[name].schema.to_pyarrow())
        assert len(list(floor.build(floor.DuckDB(connection), GOLDEN_AS_OF))) > len(floor.AFTER)
        yield connection


def create(connection: duckdb.DuckDBPyConnection, name: str, records: list[Row], types: pa.Schema) -> None:
    """Create a table with these rows."""
    rows = pa.Table.from_pylist(records, types)  # noqa: F841
    connection.execute(f"CREATE TABLE {name} AS FROM rows")


@pytest.fixture(scope="module")
def golden() -> Iterator[duckdb.DuckDBPyConnection]:
    with both(golden_sources()) as connection:
        yield connection


def test_golden_shop(golden: duckdb.DuckDBPyConnection) -> None:
    assert not floor.differences(floor.DuckDB(golden))


@settings(max_examples=2)
@given(dirty_sources())
def test_drawn_shops(sources: Sources) -> None:
    with both(sources) as connection:
        assert not floor.differences(floor.DuckDB(connection))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("DELETE FROM floor.orders WHERE order_id = (SELECT max(order_id) FROM floor.orders)", "floor.orders"),
        ("UPDATE floor.shop_days SET revenue = revenue + 1", "floor.shop_days"),
        ("UPDATE floor.rfm_summary SET monetary_value = monetary_value * (1 + 1e-8) + 1e-8", "monetary_value"),
        ("DROP TABLE floor.rfm_summary", "rfm_summary"),
        ("ALTER TABLE floor.attribution_markov DROP COLUMN credit_share", "credit_share"),
    ],
)
def test_differences_are_found(golden: duckdb.DuckDBPyConnection, change: str, named: str) -> None:
    golden.execute(f"BEGIN; {change}")
    try:
        (message, *_) = floor.differences(
            floor.DuckDB(golden), only=("orders", "shop_days", "rfm_summary", "attribution_markov")
        )
    finally:
        golden.execute("ROLLBACK")
    assert named in message
