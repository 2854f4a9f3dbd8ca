"""Questions of TPC-DS, compiled for Redshift and run on the stand-in, have DuckDB's answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import duckdb
import ibis
import pyarrow as pa
import pytest

from marketing_ibis.engines.redshift.compiler import compiler
from tests.engines.redshift.comparison import comparable_row
from tests.engines.redshift.standin import StandIn
from tests.engines.redshift.tpcds import QUESTIONS, SCHEMAS, Tables
from tests.engines.redshift.tpcds.rows import generate
from tests.engines.redshift.tpcds.tables import DATABASE
from tests.postgres_server import fresh_database


@cache
def on_duckdb() -> ibis.BaseBackend:
    connection = duckdb.connect()
    connection.execute(f"CREATE SCHEMA {DATABASE}")
    for name, rows in generate().items():
        types = SCHEMAS[name].to_pyarrow()
        columns = zip(*rows, strict=True)
        loaded = pa.table([pa.array(c, f.type) for c, f in zip(columns, types, strict=True)], types)  # noqa: F841
        connection.execute(f"CREATE TABLE {DATABASE}.{name} AS FROM loaded")
    return ibis.duckdb.from_connection(connection)


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with fresh_database() as uri, StandIn.open(uri) as session:
        for name, rows in generate().items():
            session.load(DATABASE, name, rows, {c: compiler.type_mapper.to_string(t) for c, t in SCHEMAS[name].items()})
        session.connection.execute("ANALYZE")
        yield session


def test_there_are_90_questions() -> None:
    assert len(QUESTIONS) == 90
    assert not {"q05", "q14", "q18", "q22", "q67", "q70", "q77", "q80", "q86"} & set(QUESTIONS), "they need ROLLUP"


@pytest.mark.parametrize("name", QUESTIONS)
def test_rows_are_those_of_duckdb(name: str, stand_in: StandIn) -> None:
    expression = QUESTIONS[name](Tables.unbound())
    backend = on_duckdb()
    expected = backend.raw_sql(str(backend.compile(expression))).fetchall()
    assert any(value not in (None, 0) for row in expected for value in row), "an answer that is empty proves nothing"
    types = expression.schema().types
    found = stand_in.fetch(ibis.to_sql(expression, dialect="redshift"))
    assert found.names == tuple(expression.columns)
    rows = [sorted((comparable_row(row, types) for row in part), key=repr) for part in (found.rows, expected)]
    assert rows[0] == rows[1]
