"""Aggregates: of all rows or those that meet a condition, of distinct values, sorted ones and first ones."""

from __future__ import annotations

from typing import Any

from tests.engines.redshift.random_expressions.scope import (
    DECIMAL,
    DOUBLE,
    KINDS,
    NUMBERS,
    TEXT,
    TRUTH,
    WHOLE,
    Maker,
    Scope,
)

EXTREMES = tuple(kind for kind in KINDS if kind != TRUTH)


def _where(s: Scope) -> Any:
    return s.value(TRUTH) if s.chance() else None


def _extreme(s: Scope) -> Any:
    value = s.value(*EXTREMES)
    return s.one_of((value.max, value.min))(where=_where(s))


def _first(s: Scope) -> Any:
    value = s.value()
    pick = s.one_of((value.first, value.last))
    return pick(order_by=s.everything(s.column()), where=_where(s))


AGGREGATES: dict[str, Maker] = {
    "rows": lambda s: s.table.count(where=_where(s)),
    "count": lambda s: s.value().count(where=_where(s)),
    "sum": lambda s: s.value(*NUMBERS).sum(where=_where(s)),
    "sum of truths": lambda s: s.value(TRUTH).sum(),
    # Of decimals the engines compute doubles, whose halves are rounded to even; Ibis takes these for decimals.
    "mean": lambda s: s.value(*NUMBERS).mean(where=_where(s)).cast("float64"),
    "mean of truths": lambda s: s.value(TRUTH).mean(),
    "extreme": _extreme,
    "distinct": lambda s: s.value(*EXTREMES).nunique(where=_where(s)),
    "any": lambda s: s.value(TRUTH).any(),
    "all": lambda s: s.value(TRUTH).all(where=_where(s)),
    "first": _first,
    # Of decimals DuckDB's median has the scale of the column, and Redshift's does not.
    "median": lambda s: s.value(WHOLE, DOUBLE).median(where=_where(s)),
    "quantile": lambda s: s.value(WHOLE, DOUBLE).quantile(s.one_of((0.25, 0.75))),
    "list": lambda s: s.value(TEXT).group_concat(s.one_of((",", "; ")), order_by=s.everything(s.column())),
    "deviation": lambda s: s.column(WHOLE, DECIMAL).std(how="pop").cast("float64"),
    "variance": lambda s: s.column(WHOLE, DOUBLE).var(),
    "of aggregates": lambda s: s.value(WHOLE).sum() + s.value(WHOLE).max() * 2,
    "quotient": lambda s: s.value(*NUMBERS).sum() / s.table.count().nullif(0),
    "case of an aggregate": lambda s: (s.value(WHOLE).sum() > 1).ifelse(s.value(TEXT).max(), s.literal(TEXT)),
}
