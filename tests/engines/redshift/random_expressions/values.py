"""Values of one row: numbers, truths, CASE, and casts from one kind to another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import ibis

from tests.engines.redshift.random_expressions.moments import DAYS, INSTANTS, MOMENT_VALUES, PARTS
from tests.engines.redshift.random_expressions.scope import (
    DAY,
    DECIMAL,
    DOUBLE,
    INSTANT,
    KINDS,
    MOMENT,
    NUMBERS,
    TEXT,
    TRUTH,
    WHOLE,
    Maker,
    Scope,
)
from tests.engines.redshift.random_expressions.texts import SEARCHES, SIZES, TEXTS

DIVISORS = (1, 2, -3, 7)

WHOLES: dict[str, Maker] = {
    "sum": lambda s: s.value(WHOLE) + s.operand(WHOLE),
    "difference": lambda s: s.operand(WHOLE) - s.value(WHOLE),
    "product": lambda s: s.value(WHOLE) * s.operand(WHOLE),
    # Division by zero is an error on Redshift and NULL on DuckDB; Ibis leaves it open.
    "floor division": lambda s: s.value(WHOLE) // s.one_of(DIVISORS),
    "floor division by a column": lambda s: s.value(WHOLE) // s.column(WHOLE).nullif(0),
    "remainder": lambda s: s.value(WHOLE) % s.one_of(DIVISORS),
    "remainder of a column": lambda s: s.value(WHOLE) % s.column(WHOLE).nullif(0),
    "negative": lambda s: -s.value(WHOLE),
    "absolute": lambda s: s.value(WHOLE).abs(),
    "sign": lambda s: s.value(WHOLE).sign(),
    "clipped": lambda s: s.value(WHOLE).clip(-5, 50),
    "bits": lambda s: s.value(WHOLE) & s.one_of((1, 6)),
    "other bits": lambda s: s.value(WHOLE) | s.one_of((1, 6)),
    "of a truth": lambda s: s.value(TRUTH).cast("int64"),
    "of a decimal": lambda s: s.value(DECIMAL).cast("int64"),
    "of a double": lambda s: _computed(s.value(DOUBLE).clip(-1e9, 1e9)).cast("int64"),
    "wider": lambda s: s.value(WHOLE).cast("int64"),
    "of digits": lambda s: s.value(WHOLE).cast("string").cast("int64"),
    "rounded": lambda s: _computed(s.value(DOUBLE).clip(-1e9, 1e9)).round(),
    "floor": lambda s: s.value(DOUBLE).clip(-1e9, 1e9).floor().cast("int64"),
    **SIZES,
    **PARTS,
}
DECIMALS: dict[str, Maker] = {
    "sum": lambda s: s.value(DECIMAL) + s.operand(DECIMAL, WHOLE),
    "difference": lambda s: s.value(DECIMAL) - s.operand(DECIMAL, WHOLE),
    "product": lambda s: s.column(DECIMAL) * s.literal(s.one_of((DECIMAL, WHOLE))),
    "negative": lambda s: -s.value(DECIMAL),
    "absolute": lambda s: s.value(DECIMAL).abs(),
    "rounded": lambda s: s.value(DECIMAL).round(s.one_of((0, 1))),
    "fewer digits": lambda s: s.value(DECIMAL).cast("decimal(12, 1)"),
    "of a whole": lambda s: s.value(WHOLE).clip(-9999, 9999).cast("decimal(12, 2)"),
    "of a double": lambda s: _computed(s.value(DOUBLE).clip(-9999, 9999)).cast("decimal(12, 2)"),
}
DOUBLES: dict[str, Maker] = {
    "sum": lambda s: s.value(DOUBLE) + s.operand(DOUBLE, WHOLE),
    "difference": lambda s: s.operand(DOUBLE, WHOLE) - s.value(DOUBLE),
    "product": lambda s: s.value(DOUBLE) * s.operand(DOUBLE),
    "of a whole and a literal": lambda s: s.value(WHOLE) * s.literal(DOUBLE),
    "quotient": lambda s: s.value(*NUMBERS) / s.one_of(DIVISORS),
    "quotient of columns": lambda s: s.column(*NUMBERS) / s.column(*NUMBERS).nullif(0),
    "root": lambda s: s.value(DOUBLE, WHOLE).abs().sqrt(),
    "rounded": lambda s: s.column(DOUBLE).round(1),
    "negative": lambda s: -s.value(DOUBLE),
    "absolute": lambda s: s.value(DOUBLE).abs(),
    "of a whole": lambda s: s.value(WHOLE).cast("float64"),
    "of a decimal": lambda s: s.value(DECIMAL).cast("float64"),
}


def _computed(double: ibis.Value) -> ibis.Value:
    # DuckDB takes a constant with a point for a decimal, whose halves it rounds away from zero. A quotient is a double.
    return double / 1


def _compared(s: Scope) -> ibis.Value:
    kind = s.one_of(KINDS)
    left, right = s.value(kind), s.operand(kind)
    compare = s.one_of(("__eq__", "__ne__", "__lt__", "__ge__", "identical_to"))
    return getattr(left, compare)(right)


TRUTHS: dict[str, Maker] = {
    "comparison": _compared,
    "comparison of numbers": lambda s: s.value(*NUMBERS) <= s.value(*NUMBERS),
    "comparison of times": lambda s: s.value(DAY) < s.value(DAY, MOMENT),
    "both": lambda s: s.value(TRUTH) & s.value(TRUTH),
    "either": lambda s: s.value(TRUTH) | s.value(TRUTH),
    "one of two": lambda s: s.value(TRUTH) ^ s.value(TRUTH),
    "not": lambda s: ~s.value(TRUTH),
    "is NULL": lambda s: s.value().isnull(),
    "is not NULL": lambda s: s.value().notnull(),
    "in a list": lambda s: s.value(WHOLE).isin([1, 2, s.column(WHOLE)]),
    "not in a list": lambda s: s.value(TEXT).notin(["a", ""]),
    "between": lambda s: s.value(WHOLE, DECIMAL).between(s.literal(WHOLE), s.operand(WHOLE)),
    "of a number": lambda s: s.value(*NUMBERS).cast("boolean"),
    **SEARCHES,
}


def _of_any_kind(kind: str) -> dict[str, Maker]:
    """Return makers that every kind has."""

    def chosen(s: Scope) -> ibis.Value:
        return ibis.cases((s.value(TRUTH), s.value(kind)), (s.value(TRUTH), s.operand(kind)), else_=s.operand(kind))

    def first_not_null(s: Scope) -> ibis.Value:
        return ibis.coalesce(s.value(kind), s.value(kind), s.literal(kind))

    def extreme(s: Scope) -> ibis.Value:
        return s.one_of((ibis.greatest, ibis.least))(s.value(kind), s.operand(kind))

    return {
        "case": chosen,
        "case without else": lambda s: ibis.cases((s.value(TRUTH), s.operand(kind))),
        "simple case": lambda s: s.column(TEXT).cases(("a", s.operand(kind)), ("", s.operand(kind))),
        "if": lambda s: s.value(TRUTH).ifelse(s.operand(kind), s.operand(kind)),
        "first not NULL": first_not_null,
        "NULL if": lambda s: s.value(kind).nullif(s.operand(kind)),
        "filled": lambda s: s.value(kind).fill_null(s.literal(kind)),
        # Redshift has no order of booleans: https://docs.aws.amazon.com/redshift/latest/dg/r_GREATEST_LEAST.html
        **({} if kind == TRUTH else {"extreme": extreme}),
    }


MAKERS: Mapping[str, Mapping[str, Maker]] = {
    kind: {**own, **_of_any_kind(kind)}
    for kind, own in {
        WHOLE: WHOLES,
        DECIMAL: DECIMALS,
        DOUBLE: DOUBLES,
        TEXT: TEXTS,
        TRUTH: TRUTHS,
        DAY: DAYS,
        MOMENT: MOMENT_VALUES,
        INSTANT: INSTANTS,
    }.items()
}
values_of = partial(Scope, makers=MAKERS)
"""Make the scope of a table."""
