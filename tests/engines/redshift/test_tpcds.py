"""Questions of TPC-DS pass the gate, and half of them run: on the stand-in they have DuckDB's answers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import ibis
import pytest

from tests.engines.redshift.both_engines import BothEngines, both_engines
from tests.engines.redshift.comparison import comparable_rows
from tests.engines.redshift.tpcds import QUESTIONS, SCHEMAS, Tables
from tests.engines.redshift.tpcds.rows import generate
from tests.engines.redshift.tpcds.tables import DATABASE

RUN = [*QUESTIONS] if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else [*QUESTIONS][::2]
"""The questions that are run. The others are only compiled: translating one for the stand-in takes longest."""


@pytest.fixture(scope="module")
def engines() -> Iterator[BothEngines]:
    with both_engines({name: (SCHEMAS[name], rows) for name, rows in generate().items()}, DATABASE) as opened:
        opened.stand_in.connection.execute("ANALYZE")
        yield opened


def test_there_are_90_questions() -> None:
    assert len(QUESTIONS) == 90
    assert not {"q05", "q14", "q18", "q22", "q67", "q70", "q77", "q80", "q86"} & set(QUESTIONS), "they need ROLLUP"


def test_every_question_passes_the_gate() -> None:
    for question in QUESTIONS.keys() - RUN:
        assert ibis.to_sql(QUESTIONS[question](Tables.unbound()), dialect="redshift")


@pytest.mark.parametrize("name", RUN)
def test_rows_are_those_of_duckdb(name: str, engines: BothEngines) -> None:
    expression = QUESTIONS[name](Tables.unbound())
    expected = engines.duckdb.raw_sql(str(engines.duckdb.compile(expression))).fetchall()
    assert any(value not in (None, 0) for row in expected for value in row), "an answer that is empty proves nothing"
    found = engines.stand_in.fetch(ibis.to_sql(expression, dialect="redshift"))
    assert found.names == tuple(expression.columns)
    theirs, ours = comparable_rows(expected, found.rows, expression.schema().types)
    assert sorted(ours, key=repr) == sorted(theirs, key=repr)
