"""A predicate is computed before what it is an operand of, on DuckDB and on Redshift.

Ibis itself writes some without parentheses, so what each value is stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import ibis
import ibis.expr.types as ir
import pytest

from tests.engines.redshift.both_engines import BothEngines, both_engines, redshift_sql

Truth = bool | None
TRUTHS: tuple[Truth, ...] = (True, False, None)
COLUMNS = ibis.schema({"x": "boolean", "a": "int64"})
TABLE = ibis.table(COLUMNS, name="truths", database="shop")


@pytest.fixture(scope="module")
def engines() -> Iterator[BothEngines]:
    rows = [(truth, 1 if truth else 0) for truth in TRUTHS]
    with both_engines({"truths": (COLUMNS, rows)}, "shop") as engines:
        yield engines


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _same(truth: Truth) -> Truth:
    return truth


CASES: dict[str, tuple[Callable[[ir.Table], ir.Value], Callable[[Truth], Truth]]] = {
    "null": (lambda t: (~t.x).isnull(), lambda x: x is None),
    "not_null": (lambda t: (~t.x).notnull(), lambda x: x is not None),
    "null_of_a_comparison": (lambda t: (~(t.x == True)).isnull(), lambda x: x is None),  # noqa: E712
    "null_of_not_null": (lambda t: t.x.notnull().isnull(), lambda x: False),
    "not_null_of_null": (lambda t: t.x.isnull().notnull(), lambda x: True),
    "one_of": (lambda t: (~t.x).isin([True]), _not),
    "none_of": (lambda t: (~t.x).notin([True]), lambda x: x),
    "between": (lambda t: (~t.x).between(True, True), _not),
    "equal": (lambda t: (~t.x) == t.x, lambda x: None if x is None else False),
    "twice": (lambda t: ~(~t.x), lambda x: x),
    "not_null_twice": (lambda t: (~(~t.x)).isnull(), lambda x: x is None),
    "and": (lambda t: ((~t.x) & (t.a >= 0)).isnull(), lambda x: x is None),
    "identical_to_a_comparison": (lambda t: t.x.identical_to(t.a < t.a), lambda x: x is False),
    "identical_to_or": (lambda t: t.x.identical_to((t.a < t.a) | t.x), lambda x: True),
    "or_identical_to": (lambda t: ((t.a >= 0) | t.x).identical_to(t.x), lambda x: x is True),
    "comparison_of_null": (lambda t: (t.a < t.a).isnull(), lambda x: False),
    "comparison_of_a_null": (lambda t: t.x < t.x.isnull(), lambda x: None if x is None else False),
    "one_of_comparisons": (lambda t: (t.a < t.a).isin([True, False]), lambda x: True),
    "one_of_or": (lambda t: ((t.a < t.a) | t.x).isin([True]), _same),
    "between_comparisons": (lambda t: t.x.between(t.a < t.a, t.a == t.a), lambda x: None if x is None else True),
}


@pytest.mark.parametrize("name", CASES)
def test_predicates_are_operands(engines: BothEngines, name: str) -> None:
    value, expected = CASES[name]
    expression = TABLE.select("x", v=value(TABLE))
    truths = {truth: expected(truth) for truth in TRUTHS}
    assert [dict(rows) for rows in engines.rows(expression)] == [truths, truths], redshift_sql(expression)


def test_a_negation_that_is_read_twice_is_an_operand_in_both_places(engines: BothEngines) -> None:
    expression = TABLE.agg(v=(~TABLE.x).first(order_by=[TABLE.a, TABLE.x])).mutate(n=1).select("n", "v")
    assert [dict(rows) for rows in engines.rows(expression)] == [{1: True}] * 2, redshift_sql(expression)
