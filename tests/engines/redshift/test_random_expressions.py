"""Random expressions over random rows: Redshift's SQL is valid and means what DuckDB computes, or is refused."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from zlib import crc32

import duckdb
import ibis
import ibis.expr.types as ir
import psycopg
import pytest
from hypothesis import HealthCheck, event, given, settings

from tests.engines.redshift.both_engines import BothEngines
from tests.engines.redshift.random_expressions.engines import (
    Refused,
    load,
    opened,
    overflows_on_duckdb,
    refusals_of_the_gate,
    rounds_on_duckdb,
    sql_or_refusal,
)
from tests.engines.redshift.random_expressions.kept import KEPT
from tests.engines.redshift.random_expressions.relations import expressions
from tests.engines.redshift.random_expressions.tables import EVENTS, EVERY_VALUE, Rows, rows
from tests.engines.redshift.sqlfluff_parser import objections, rare_collection

PARTS, EXAMPLES = (4, 5_000) if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else (1, 80)
SAMPLE = 20
"""sqlfluff is slow, and reads one query in so many."""
MOST_REFUSALS, MOST_WITHOUT_TRUTH = 0.02, 0.05


@pytest.fixture(scope="module")
def engines() -> Iterator[BothEngines]:
    with rare_collection(), opened() as both:
        yield both


def outcome(engines: BothEngines, drawn: Rows, expression: ir.Table) -> str:
    """Check one expression, and return the outcome."""
    sql = sql_or_refusal(expression)
    if isinstance(sql, Refused):
        return "refused"
    assert refusals_of_the_gate(sql) == [], sql
    if crc32(sql.encode()) % SAMPLE == 0:
        assert objections(sql) == [], sql
    if rounds_on_duckdb(expression):
        return "without a truth"
    load(engines, drawn)
    try:
        expected, actual = engines.rows(expression)
    except duckdb.Error:
        # Ibis writes invalid SQL of a few correlated subqueries for DuckDB, and some numbers overflow there.
        return "without a truth"
    except psycopg.errors.NumericValueOutOfRange:
        # An engine need not compute what no row shows.
        assert overflows_on_duckdb(engines, expression), sql
        return "without a truth"
    assert actual == expected, sql
    return "equal"


@pytest.mark.parametrize("part", range(PARTS))
def test_random_expressions_have_the_rows_of_duckdb(part: int, engines: BothEngines) -> None:
    outcomes: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(drawn=rows(), expression=expressions())
    def law(drawn: Rows, expression: ir.Table) -> None:
        result = outcome(engines, drawn, expression)
        event(result)
        outcomes[result] += 1

    law()
    assert outcomes["refused"] <= MOST_REFUSALS * outcomes.total(), outcomes
    assert outcomes["without a truth"] <= MOST_WITHOUT_TRUTH * outcomes.total(), outcomes


@pytest.mark.parametrize("name", KEPT)
def test_counter_example_has_the_rows_of_duckdb(name: str, engines: BothEngines) -> None:
    assert outcome(engines, EVERY_VALUE, KEPT[name]()) == "equal"


def test_a_value_too_large_for_its_type_that_one_engine_skips_is_no_difference(engines: BothEngines) -> None:
    squares = EVENTS.select(a=EVENTS.large * EVENTS.large).distinct()
    without_rows = squares.filter(ibis.cases((squares.a.notnull(), False)))
    assert outcome(engines, EVERY_VALUE, without_rows) == "without a truth"
    assert not overflows_on_duckdb(engines, EVENTS.select("large"))


def test_decimals_without_a_common_type_are_no_difference(engines: BothEngines) -> None:
    whole, exact = EVENTS.amount.cast("decimal(38, 0)"), EVENTS.amount.cast("decimal(38, 2)")
    assert outcome(engines, EVERY_VALUE, EVENTS.select("k", a=ibis.greatest(whole, exact))) == "without a truth"
    assert not rounds_on_duckdb(EVENTS.select("k", a=ibis.greatest(EVENTS.amount, 0)))
