"""Values of one row among others: ranks, neighbours, running and moving aggregates."""

from __future__ import annotations

import ibis

from tests.engines.redshift.random_expressions.scope import DECIMAL, KINDS, NUMBERS, TEXT, TRUTH, WHOLE, Maker, Scope

EXTREMES = tuple(kind for kind in KINDS if kind != TRUTH)
GROUPS = (TEXT, WHOLE, TRUTH, DECIMAL)


def _partition(s: Scope) -> list[ibis.Value]:
    return [s.column(*GROUPS)] if s.chance() else []


def _by_all(s: Scope) -> ibis.expr.builders.WindowBuilder:
    # What depends on the place of a row needs an order without ties.
    return ibis.window(group_by=_partition(s), order_by=s.everything(s.column()))


def _rows(s: Scope) -> ibis.expr.builders.WindowBuilder:
    frames = ((None, 0), (-1, 1), (-2, 0), (0, None), (1, 2))
    return ibis.window(rows=s.one_of(frames), group_by=_partition(s), order_by=s.everything(s.column()))


def _descending(s: Scope) -> list[ibis.Value]:
    first, *rest = s.everything(s.column())
    return [ibis.desc(first, nulls_first=s.chance()), *rest]


def _neighbour(s: Scope) -> ibis.Value:
    kind = s.one_of(KINDS)
    value, offset = s.value(kind), s.one_of((None, 2, 0))
    default = s.literal(kind) if s.chance() else None
    look = s.one_of((value.lag, value.lead))
    return look(offset, default).over(_by_all(s))


PLACES: dict[str, Maker] = {
    "number": lambda s: ibis.row_number().over(_by_all(s)),
    "number from the end": lambda s: ibis.row_number().over(group_by=_partition(s), order_by=_descending(s)),
    "tile": lambda s: ibis.ntile(s.one_of((2, 3))).over(_by_all(s)),
    "neighbour": _neighbour,
    "first": lambda s: s.value().first().over(_by_all(s)),
    "last": lambda s: s.value().last().over(_rows(s)),
    "sum of frame": lambda s: s.value(*NUMBERS).sum().over(_rows(s)),
    "count of frame": lambda s: s.value().count().over(_rows(s)),
    "extreme of frame": lambda s: s.value(*EXTREMES).max().over(_rows(s)),
    "running sum": lambda s: s.value(WHOLE, DECIMAL).cumsum(group_by=s.column(*GROUPS), order_by=s.everything()),
    "difference": lambda s: (lambda value: value - value.lag().over(_by_all(s)))(s.value(*NUMBERS)),
}
"""Values that depend on the place of a row. Of equal rows any may be first, so a query has one of these."""
GROUPED: dict[str, Maker] = {
    "rank": lambda s: ibis.rank().over(group_by=_partition(s), order_by=s.value()),
    "dense rank": lambda s: ibis.dense_rank().over(group_by=_partition(s), order_by=ibis.desc(s.value())),
    "share of ranks": lambda s: ibis.percent_rank().over(group_by=_partition(s), order_by=s.value()),
    "share up to": lambda s: ibis.cume_dist().over(group_by=_partition(s), order_by=s.value()),
    "sum of a group": lambda s: s.value(*NUMBERS).sum().over(group_by=s.column(*GROUPS)),
    "mean of a group": lambda s: s.value(*NUMBERS).mean().over(group_by=s.column(*GROUPS)).cast("float64"),
    "some of a group": lambda s: s.value(*NUMBERS).sum(where=s.value(TRUTH)).over(group_by=s.column(*GROUPS)),
    "extreme of a group": lambda s: s.value(*EXTREMES).min().over(group_by=_partition(s)),
    "any of a group": lambda s: s.value(TRUTH).any().over(group_by=_partition(s)),
    "distinct of a group": lambda s: s.value(WHOLE, TEXT).nunique().over(group_by=_partition(s)),
    "rows of a group": lambda s: s.table.count().over(group_by=_partition(s)),
    "share of a group": lambda s: s.value(WHOLE) / s.value(WHOLE).sum().over(group_by=s.column(*GROUPS)).nullif(0),
    "median of a group": lambda s: s.value(WHOLE).median().over(group_by=_partition(s)),
}
WINDOWS = {**PLACES, **GROUPED}
