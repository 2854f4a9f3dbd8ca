"""The 22 questions of TPC-H, compiled for Redshift and run on the stand-in, have DuckDB's answers in DuckDB's order."""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import pytest

from tests.engines.redshift.both_engines import BothEngines, both_engines
from tests.engines.redshift.comparison import comparable_rows
from tests.engines.redshift.tpch import CORRELATED, QUESTIONS, SCHEMAS, Tables
from tests.engines.redshift.tpch.rows import generate
from tests.engines.redshift.tpch.tables import DATABASE


@pytest.fixture(scope="module")
def engines() -> Iterator[BothEngines]:
    with both_engines({name: (SCHEMAS[name], rows) for name, rows in generate().items()}, DATABASE) as opened:
        yield opened


def test_there_are_22_questions() -> None:
    assert list(QUESTIONS) == [f"q{number:02}" for number in range(1, 23)]


@pytest.mark.parametrize("name", QUESTIONS)
def test_rows_are_those_of_duckdb_in_the_same_order(name: str, engines: BothEngines) -> None:
    expression = QUESTIONS[name](Tables.unbound())
    expected = engines.duckdb.raw_sql(str(engines.duckdb.compile(expression))).fetchall()
    assert any(value is not None for row in expected for value in row), "an answer that is empty proves nothing"
    answer = engines.stand_in.fetch(ibis.to_sql(expression, dialect="redshift"))
    assert answer.names == tuple(expression.columns)
    theirs, ours = comparable_rows(expected, answer.rows, expression.schema().types)
    assert ours == theirs


@pytest.mark.parametrize("name", CORRELATED)
def test_subquery_has_the_rows_of_the_join(name: str, engines: BothEngines) -> None:
    tables = Tables.unbound()
    joined, correlated = QUESTIONS[name.removesuffix("_correlated")](tables), CORRELATED[name](tables)
    rows = [
        engines.stand_in.fetch(ibis.to_sql(expression, dialect="redshift")).rows for expression in (joined, correlated)
    ]
    assert rows[0] == rows[1]
