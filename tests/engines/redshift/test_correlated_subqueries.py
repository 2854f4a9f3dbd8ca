"""A correlated subquery has the value that it has for each row by itself, wherever it is and whatever it contains."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import ibis.common.exceptions as com
import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.redshift.nested_tables import T_ROWS, T, U, W, duckdb_rows
from tests.engines.redshift.operations import redshift_sql
from tests.engines.redshift.standin import StandIn


@dataclass(frozen=True)
class Row:
    """The row around a subquery: columns of a table, or the values of one of its rows."""

    g: ir.StringValue
    x: ir.IntegerValue


ONE_ROW = W.filter(W.x == 5)
Step = Callable[[ir.Table, Row], ir.Table]
Total = Callable[[ir.Table, Row], ir.Value]

STEPS: dict[str, Step] = {
    "same_key": lambda u, o: u.filter(u.g == o.g),
    "same_number": lambda u, o: u.filter(o.x == u.x),
    "same_sum": lambda u, o: u.filter(u.x + 1 == o.x + 1),
    "below": lambda u, o: u.filter(u.x <= o.x),
    "either": lambda u, o: u.filter((u.g == o.g) | (u.x == o.x)),
    "same_and_other": lambda u, o: u.filter((u.g == o.g) & (u.x != o.x)),
    "own_filter": lambda u, o: u.filter(u.x > 1),
    "doubled": lambda u, o: u.mutate(x=u.x * 2),
    "distinct": lambda u, o: u.distinct(),
    "groups": lambda u, o: u.group_by("g").agg(x=u.x.sum()),
    "one_group": lambda u, o: u.agg(x=u.x.count()).select(g=ibis.literal("a"), x="x"),
    "first_two": lambda u, o: u.order_by(u.x, u.g).limit(2),
    "second": lambda u, o: u.order_by(ibis.desc(u.x), u.g).limit(1, offset=1),
    "ranked": lambda u, o: u.mutate(x=ibis.rank().over(order_by=u.x)),
    "largest": lambda u, o: u.filter(u.x == u.x.max().over(group_by=u.g)),
    "joined": lambda u, o: u.inner_join(w := W.view(), u.g == w.g).select(u.g, w.x),
    "joined_to_own": lambda u, o: (w := W.view()).inner_join(u, u.g == w.g).select(w.g, u.x),
    "joined_to_same": lambda u, o: u.left_join((v := W.view()).filter(v.g == o.g).select(h="x"), [("x", "h")]).select(
        "g", x="h"
    ),
    "without_match": lambda u, o: u.anti_join(W.filter(W.x < o.x), "g"),
    "union": lambda u, o: u.union(W.filter(W.g == o.g)),
    "union_with_all": lambda u, o: u.union(W, distinct=True),
    "difference": lambda u, o: u.difference(W.filter(W.x <= o.x)),
    "intersection": lambda u, o: W.filter(W.g == o.g).intersect(u),
    "filled": lambda u, o: u.fill_null({"g": "a"}),
    "without_nulls": lambda u, o: u.drop_null(),
    "exists": lambda u, o: u.filter((v := W.view()).filter(v.g == u.g).count() > 0),
    "exists_two_levels": lambda u, o: u.filter((v := W.view()).filter((v.g == u.g) & (v.x <= o.x)).count() > 0),
    "total_two_levels": lambda u, o: u.mutate(
        x=(v := W.view()).filter((v.g == u.g) & (v.g == o.g)).x.sum().fill_null(0)
    ),
}
WITHOUT_SUBQUERIES: dict[str, Step] = {
    "exists": lambda u, o: u.semi_join(W, "g"),
    "exists_two_levels": lambda u, o: u.semi_join(W.filter(W.x <= o.x), "g"),
    # The filter ends the chain of joins: Ibis takes no computed column of a chain as a key of its next join.
    "total_two_levels": lambda u, o: (
        u.left_join(s := (v := W.view()).filter(v.g == o.g).group_by("g").agg(s=lambda w: w.x.sum()), u.g == s.g)
        .select(u.g, x=s.s.fill_null(0))
        .filter(lambda r: r.x.notnull())
    ),
}
"""The same steps for one row, as joins."""
TOTALS: dict[str, Total] = {
    "count": lambda u, o: u.count(),
    "count_of_key": lambda u, o: u.g.count() + 1,
    "sum": lambda u, o: u.x.sum(),
    "mean": lambda u, o: u.x.mean() * 2,
    "distinct": lambda u, o: u.x.nunique(),
    "largest": lambda u, o: u.x.max().fill_null(-1),
    "range": lambda u, o: u.x.max() - u.x.min(),
    "one": lambda u, o: u.order_by(u.x, u.g).limit(1).x.as_scalar(),
    "is_in": lambda u, o: o.x.isin(u.x),
    "not_in": lambda u, o: o.x.notin(u.x),
    "key_in": lambda u, o: o.g.isin(u.g),
    "key_not_in": lambda u, o: ~o.g.isin(u.g),
}


def _value(table: ir.Table, steps: tuple[str, ...], total: str, o: Row) -> ir.Value:
    own = STEPS if isinstance(o.g, ir.Column) else STEPS | WITHOUT_SUBQUERIES
    for step in steps:
        table = own[step](table, o)
    return TOTALS[total](table, o)


def _values_by_row(
    nested_duckdb: duckdb.DuckDBPyConnection, table: ir.Table, steps: tuple[str, ...], total: str
) -> list[tuple[Any, ...]]:
    """Return T's rows, each with the value that a subquery without correlation has for it."""
    rows = []
    for g, x in T_ROWS:
        # A literal NULL would be compared with IS NULL.
        o = Row(ibis.literal("z").nullif("z") if g is None else ibis.literal(g), ibis.literal(x, "int64"))
        one = ONE_ROW.select(v=_value(table, steps, total, o))
        (value,) = duckdb_rows(nested_duckdb, one)[0]
        rows.append((g, x, value))
    return rows


def _subquery(value: ir.Value) -> ir.Value:
    return value.as_scalar() if isinstance(value, ir.Scalar) else value


SITES: dict[str, tuple[Callable[[ir.Table, ir.Value], ir.Table], Callable[[list[tuple[Any, ...]]], Any]]] = {
    "column": (lambda t, v: t.mutate(v=v), lambda rows: rows),
    "condition": (
        lambda t, v: t.filter(_number(v) > 0),
        lambda rows: [(g, x) for g, x, v in rows if v is not None and v > 0],
    ),
    "group": (
        lambda t, v: t.group_by(v=_subquery(v)).agg(n=t.count()),
        lambda rows: list(Counter(v for _, _, v in rows).items()),
    ),
    "aggregate": (
        lambda t, v: t.mutate(v=_number(v)).agg(s=lambda r: r.v.sum()),
        lambda rows: [(_sum(v for _, _, v in rows),)],
    ),
    "order": (lambda t, v: t.order_by(_subquery(v), t.x).select("g", "x"), lambda rows: [(g, x) for g, x, _ in rows]),
    "below_a_join": (
        lambda t, v: t.mutate(v=v).left_join(W.view().filter(lambda w: w.x > 4), "g").select("g", "x", "v"),
        lambda rows: rows,
    ),
}


def _number(value: ir.Value) -> ir.NumericValue:
    return value.cast("int64") if isinstance(value, ir.BooleanValue) else value


def _sum(values: Iterator[Any]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _sorted(rows: Any) -> list[tuple[Any, ...]]:
    return sorted(
        (tuple(round(float(v), 9) if isinstance(v, Decimal | float) else v for v in row) for row in rows), key=repr
    )


def _check(
    nested_duckdb: duckdb.DuckDBPyConnection,
    nested_stand_in: StandIn,
    table: ir.Table,
    steps: tuple[str, ...],
    total: str,
    site: str,
) -> None:
    build, expect = SITES[site]
    expression = build(T, _value(table, steps, total, Row(T.g, T.x)))
    sql = redshift_sql(expression)
    expected = expect(_values_by_row(nested_duckdb, table, steps, total))
    assert _sorted(nested_stand_in.fetch(sql).rows) == _sorted(expected), sql


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.sampled_from((U, W, T.view())),
    steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=4).map(tuple),
    total=st.sampled_from(sorted(TOTALS)),
    site=st.sampled_from(sorted(SITES)),
)
def test_value_is_that_of_each_row_by_itself(
    table: ir.Table,
    steps: tuple[str, ...],
    total: str,
    site: str,
    nested_stand_in: StandIn,
    nested_duckdb: duckdb.DuckDBPyConnection,
) -> None:
    _check(nested_duckdb, nested_stand_in, table, steps, total, site)


EACH = [(("same_key", step), total) for step, total in zip(STEPS, itertools.cycle(TOTALS))] + [
    (("same_key",), total) for total in TOTALS
]


@pytest.mark.parametrize(("steps", "total"), EACH, ids=lambda part: part if isinstance(part, str) else "-".join(part))
def test_each_step_and_each_total(
    steps: tuple[str, ...], total: str, nested_stand_in: StandIn, nested_duckdb: duckdb.DuckDBPyConnection
) -> None:
    _check(nested_duckdb, nested_stand_in, U, steps, total, "column")


def test_supported_subquery_stays_one_select() -> None:
    plain = T.mutate(n=U.filter(U.x > 1).filter(lambda u: u.g == T.g).mutate(y=U.x * 2).y.sum())
    sql = redshift_sql(plain)
    assert "JOIN" not in sql
    assert sql.count("SELECT") == 2


def test_table_may_be_read_inside_and_outside(nested_stand_in: StandIn) -> None:
    outside = T.view()
    keyed = outside.mutate(n=T.filter(T.x > 1).filter(lambda t: t.g == outside.g).count())
    expected = [("a", 1, 0), ("b", 2, 1), ("c", 3, 1), (None, 2, 0)]
    assert _sorted(nested_stand_in.fetch(redshift_sql(keyed)).rows) == _sorted(expected)


REFUSED: dict[str, Callable[[], ir.Table]] = {
    "several_rows": lambda: T.mutate(n=U.filter(U.g == T.g).distinct().x.as_scalar()),
    "outer_join": lambda: T.mutate(n=U.filter(U.x <= T.x).outer_join(W, "g").count()),
    "right_join": lambda: T.mutate(n=U.filter(U.x <= T.x).right_join(W, "g").count()),
    "sample": lambda: T.mutate(n=U.filter(U.x <= T.x).sample(0.5).count()),
}


@pytest.mark.parametrize("name", REFUSED)
def test_form_without_a_join_is_refused_with_advice(name: str) -> None:
    with pytest.raises(com.UnsupportedOperationError, match=r"(?s)subquery.*join"):
        redshift_sql(REFUSED[name]())
