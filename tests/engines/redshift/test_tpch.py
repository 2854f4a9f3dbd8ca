"""The 22 questions of TPC-H, compiled for Redshift and run on the stand-in, have DuckDB's answers in DuckDB's order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from marketing_ibis.engines.redshift.compiler import compiler
from tests.engines.redshift.comparison import comparable_row
from tests.engines.redshift.standin import StandIn
from tests.engines.redshift.tpch import CORRELATED, QUESTIONS, SCHEMAS, Tables
from tests.engines.redshift.tpch.rows import generate
from tests.engines.redshift.tpch.tables import DATABASE
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
        yield session


def duckdb_rows(expression: ir.Table) -> list[tuple[object, ...]]:
    backend = on_duckdb()
    found: list[tuple[object, ...]] = backend.raw_sql(str(backend.compile(expression))).fetchall()
    return found


def test_there_are_22_questions() -> None:
    assert list(QUESTIONS) == [f"q{number:02}" for number in range(1, 23)]


@pytest.mark.parametrize("name", QUESTIONS)
def test_rows_are_those_of_duckdb_in_the_same_order(name: str, stand_in: StandIn) -> None:
    expression = QUESTIONS[name](Tables.unbound())
    expected = duckdb_rows(expression)
    assert any(value is not None for row in expected for value in row), "an answer that is empty proves nothing"
    answer = stand_in.fetch(ibis.to_sql(expression, dialect="redshift"))
    types = expression.schema().types
    assert answer.names == tuple(expression.columns)
    assert [comparable_row(row, types) for row in answer.rows] == [comparable_row(row, types) for row in expected]


@pytest.mark.parametrize("name", CORRELATED)
def test_subquery_has_the_rows_of_the_join(name: str, stand_in: StandIn) -> None:
    tables = Tables.unbound()
    joined, correlated = QUESTIONS[name.removesuffix("_correlated")](tables), CORRELATED[name](tables)
    rows = [stand_in.fetch(ibis.to_sql(expression, dialect="redshift")).rows for expression in (joined, correlated)]
    assert rows[0] == rows[1]
