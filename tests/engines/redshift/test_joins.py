"""Joins, limits and names of queries that Redshift lacks are written with those that it has, and mean the same."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import ibis
import ibis.common.exceptions as com
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.redshift.nested_tables import T, U, W, duckdb_rows
from tests.engines.redshift.operations import redshift_sql
from tests.engines.redshift.standin import StandIn

V = W.view()


def _sorted(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return sorted(rows, key=repr)


Condition = Callable[[ir.Table, ir.Table], ir.BooleanValue]
CONDITIONS: dict[str, Condition] = {
    "key": lambda a, b: a.g == b.g,
    "number": lambda a, b: a.x == b.x,
    "computed_key": lambda a, b: a.x + 1 == b.x * 2,
    "below": lambda a, b: a.x < b.x,
    "either": lambda a, b: (a.g == b.g) | (a.x == b.x),
    "some_of_the_right": lambda a, b: (a.g == b.g) & (b.x > 1),
    "some_of_the_left": lambda a, b: (a.g == b.g) & (a.x > 1),
}
KINDS = ("inner", "left", "right", "outer", "semi", "anti")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    links=st.lists(
        st.tuples(st.sampled_from((U, V)), st.sampled_from(KINDS), st.sampled_from(sorted(CONDITIONS))),
        min_size=1,
        max_size=3,
        unique_by=lambda link: link[0].op(),
    )
)
def test_chain_of_joins_gives_the_rows_of_duckdb(
    links: list[tuple[ir.Table, str, str]], nested_stand_in: StandIn, nested_duckdb: duckdb.DuckDBPyConnection
) -> None:
    chain = T
    for number, (table, how, condition) in enumerate(links):
        joined = chain.join(table, CONDITIONS[condition](chain, table), how=how, rname=f"{{name}}_{number}")
        chain = joined
    assert _sorted(nested_stand_in.fetch(redshift_sql(chain)).rows) == _sorted(duckdb_rows(nested_duckdb, chain))


ALIKE: dict[str, Callable[[], ir.Table]] = {
    "asof_then_join": lambda: T.asof_join(U, T.x >= U.x, predicates=T.g == U.g).join(V, T.g == V.g, rname="{name}_v"),
    "join_then_asof": lambda: T.join(V, T.g == V.g, rname="{name}_v").asof_join(
        U.group_by("x").agg(g=lambda r: r.g.max()), "x"
    ),
    "asof_of_a_filter": lambda: T.filter(T.x > 1).asof_join(U.select("g", "x").distinct(), "x", predicates="g"),
    "cross_join": lambda: T.cross_join(U).select(T.g, U.x),
    "self_join": lambda: T.join(v := T.view(), T.x == v.x).select(T.g, h=v.g),
    "same_table_twice": lambda: T.join(W, "g").join(W, "x", rname="{name}_2"),
    "semi_join_after_a_left_join": lambda: T.left_join(U, "g").semi_join(V, V.x > T.x).select("g", "x"),
    "anti_join_by_two_conditions": lambda: T.anti_join(U, [T.g.upper() == U.g.upper(), T.x < U.x]),
    "join_of_joins": lambda: T.join(U.join(V, "g").select(U.g, y=V.x), "g"),
    "outer_join_then_aggregate": lambda: (
        T.outer_join(U, T.x < U.x).group_by(T.g).agg(n=lambda r: r.count(), s=lambda r: r.x_right.sum())
    ),
    "limits_in_both_sides": lambda: T.order_by("x", "g").limit(3).join(U.order_by("x", "g").limit(4), "g"),
    "limit_in_a_subquery": lambda: T.filter(T.g.isin(U.order_by("x", "g").limit(3).g)),
    "limit_of_a_limit": lambda: T.order_by("x", "g").limit(3).order_by(ibis.desc("x"), "g").limit(2),
    "distinct_on": lambda: U.distinct(on="g", keep=None),
    "two_queries_of_one_name": lambda: T.filter(T.x > 1).alias("a").join(U.alias("a"), "g"),
}


@pytest.mark.parametrize("name", ALIKE)
def test_rows_are_those_of_duckdb(
    name: str, nested_stand_in: StandIn, nested_duckdb: duckdb.DuckDBPyConnection
) -> None:
    expression = ALIKE[name]()
    if name == "two_queries_of_one_name":
        expected = duckdb_rows(nested_duckdb, T.filter(T.x > 1).join(U, "g"))
    else:
        expected = duckdb_rows(nested_duckdb, expression)
    assert _sorted(nested_stand_in.fetch(redshift_sql(expression)).rows) == _sorted(expected)


@pytest.mark.parametrize("how", ["any_left", "any_inner"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_any_join_keeps_one_of_the_matches(how: str, condition: str, nested_stand_in: StandIn) -> None:
    one = T.join(U, CONDITIONS[condition](T, U), how=how, rname="{name}_u").select(T.g, T.x, y=U.x)
    every = T.join(U, CONDITIONS[condition](T, U), how=how.removeprefix("any_"), rname="{name}_u")
    found = nested_stand_in.fetch(redshift_sql(one)).rows
    possible = nested_stand_in.fetch(redshift_sql(every.select(T.g, T.x, y=U.x))).rows
    assert set(found) <= set(possible)
    assert _sorted([row[:2] for row in found]) == _sorted(list({row[:2] for row in possible}))


def test_any_join_is_followed_by_another_join(nested_stand_in: StandIn) -> None:
    chain = T.any_left_join(U, "g").join(V, T.g == V.g, rname="{name}_v").select(T.g, V.x)
    assert _sorted(nested_stand_in.fetch(redshift_sql(chain)).rows) == [("a", 0), ("a", 1), ("b", 1), ("b", 2)]


COMPUTED: dict[str, tuple[Callable[[], ir.Table], list[tuple[object, ...]]]] = {
    "limit": (lambda: T.order_by("x", "g").limit(U.x.nunique()), [("a", 1), ("b", 2), (None, 2)]),
    "offset": (lambda: T.order_by("x", "g").limit(1, offset=W.filter(W.x == 5).count()), [("b", 2)]),
    "both": (lambda: T.order_by("x", "g").limit(U.x.min(), offset=U.x.min() + 1), [(None, 2)]),
    "only_an_offset": (lambda: T.order_by("x", "g").limit(None, offset=U.x.nunique()), [("c", 3)]),
}


@pytest.mark.parametrize("name", COMPUTED)
def test_computed_limit_numbers_the_rows(name: str, nested_stand_in: StandIn) -> None:
    build, expected = COMPUTED[name]
    sql = redshift_sql(build())
    assert "LIMIT" not in sql
    assert nested_stand_in.fetch(sql).rows == expected


def _text_over(table: ir.Table) -> ir.Table:
    aliased = ops.AliasedRelation(name="a", parent=table)
    return ops.SQLStringView(aliased, "SELECT g, x FROM a", table.schema()).to_expr()


REFUSED: dict[str, tuple[Callable[[], ir.Table], str]] = {
    "positional": (lambda: T.join(U, how="positional"), "row_number"),
    "seed": (lambda: T.sample(0.5, seed=1), "remainder"),
    "limit_after_a_filter": (lambda: T.order_by("x").filter(T.x > 1).limit(U.count()), "order_by"),
    "names_in_text": (
        lambda: _text_over(T).join(_text_over(U), "g"),
        "alias",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_says_what_to_write_instead(name: str) -> None:
    build, advice = REFUSED[name]
    with pytest.raises(com.UnsupportedOperationError, match=advice):
        redshift_sql(build())


def test_rank_over_a_range_is_a_rank(nested_stand_in: StandIn, nested_duckdb: duckdb.DuckDBPyConnection) -> None:
    ranked = T.mutate(r=ibis.rank().over(range=(None, 0), order_by=T.x))
    assert _sorted(nested_stand_in.fetch(redshift_sql(ranked)).rows) == _sorted(duckdb_rows(nested_duckdb, ranked))
