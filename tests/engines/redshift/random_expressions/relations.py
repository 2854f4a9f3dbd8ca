"""Steps from one relation to the next: filters, groups, joins, set operations, subqueries, order and distinct rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
from hypothesis import strategies as st

from tests.engines.redshift.random_expressions.aggregates import AGGREGATES
from tests.engines.redshift.random_expressions.joins import JOINS, related
from tests.engines.redshift.random_expressions.scope import DOUBLE, KINDS, TRUTH, TYPE_OF_KIND, WHOLE, Scope, kind_of
from tests.engines.redshift.random_expressions.subqueries import SUBQUERIES
from tests.engines.redshift.random_expressions.tables import EVENTS, OTHERS
from tests.engines.redshift.random_expressions.values import values_of
from tests.engines.redshift.random_expressions.windows import GROUPED, WINDOWS

MAX_COLUMNS, MAX_STEPS = 8, 3
KEYS = tuple(kind for kind in KINDS if kind != DOUBLE)
Step = Callable[[Scope], ir.Table]


def _made(s: Scope, makers: Mapping[str, Callable[[Scope], Any]]) -> Any:
    return makers[s.one_of(makers)](s)


def _groups(s: Scope) -> dict[str, ibis.Value]:
    return {f"g{place}": value for place, value in enumerate(s.some(1, 2, *KEYS))}


def _metrics(s: Scope) -> dict[str, ibis.Value]:
    return {f"m{place}": _made(s, AGGREGATES) for place in range(s.draw(st.integers(1, 3)))}


def _having(s: Scope) -> ir.Table:
    grouped = s.table.group_by(**_groups(s)).agg(n=s.table.count(), **_metrics(s))
    return grouped.filter(grouped.n >= s.one_of((1, 2)))


def _sorted(s: Scope) -> ir.Table:
    first, *rest = s.everything(s.column())
    order = [ibis.desc(first) if s.chance() else ibis.asc(first, nulls_first=True), *rest]
    return s.table.order_by(order).limit(s.one_of((2, 1, 4, 0)), offset=s.one_of((0, 1)))


def _combined(s: Scope) -> ir.Table:
    """Combine rows of the same kinds of columns, from this table and another."""
    operation = s.one_of(("union", "intersect", "difference"))
    other = s.over(related(s))
    kinds = [s.one_of(KEYS) for _ in range(s.draw(st.integers(1, 2)))]

    def columns(side: Scope) -> ir.Table:
        return side.table.select(**{f"c{n}": side.value(kind).cast(TYPE_OF_KIND[kind]) for n, kind in enumerate(kinds)})

    return getattr(columns(s), operation)(columns(other), distinct=s.chance())


def _one_per_key(s: Scope) -> ir.Table:
    first, *rest = s.everything(s.column())
    numbered = s.table.mutate(place=ibis.row_number().over(group_by=first, order_by=[first, *rest]))
    return numbered.filter(numbered.place == 0).drop("place")


STEPS: dict[str, Step] = {
    "filter": lambda s: s.table.filter(s.value(TRUTH)),
    "filters": lambda s: s.table.filter(s.value(TRUTH), s.value(TRUTH)),
    "columns": lambda s: s.table.mutate(a=s.value(), b=s.operand()),
    "window": lambda s: s.table.mutate(w=_made(s, WINDOWS)),
    "windows": lambda s: s.table.mutate(v=_made(s, WINDOWS), w=_made(s, GROUPED)),
    "filter on a window": lambda s: s.table.filter(s.column(WHOLE) <= s.value(WHOLE).max().over(group_by=s.column())),
    "groups": lambda s: s.table.group_by(**_groups(s)).agg(**_metrics(s)),
    "groups that count": _having,
    "all rows": lambda s: s.table.agg(**_metrics(s)),
    "join": lambda s: _made(s, JOINS),
    "combined rows": _combined,
    "subquery": lambda s: _made(s, SUBQUERIES),
    "distinct rows": lambda s: s.table.select(a=s.value(*KEYS), b=s.value(*KEYS)).distinct(),
    "one row per key": _one_per_key,
    "sorted rows": _sorted,
    "no NULLs": lambda s: s.table.drop_null([s.column().get_name()]),
    "NULLs filled": lambda s: s.table.fill_null(dict.fromkeys(s.names(WHOLE), 9)),
}


@st.composite
def expressions(draw: st.DrawFn) -> ir.Table:
    """Draw a table that is computed in a few steps from the tables of this folder."""
    scope = values_of(draw, draw(st.sampled_from((EVENTS, EVENTS, OTHERS))))
    for _ in range(draw(st.integers(1, MAX_STEPS))):
        table = STEPS[scope.one_of(STEPS)](scope)
        # The newest columns are last, and are kept.
        kept = (*table.columns[-MAX_COLUMNS // 2 :], *table.columns)
        names = list(dict.fromkeys(kept))[:MAX_COLUMNS]
        scope = scope.over(table.select(**{f"x{place}": table[name] for place, name in enumerate(names)}))
    return scope.table


def kinds_of(table: ir.Table) -> set[str]:
    """Return the kinds of a table's columns."""
    return {kind_of(dtype) for dtype in table.schema().types}
