"""Set operations and subqueries mean on Redshift what they mean in Ibis, however deep they are nested."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import ibis
import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing_ibis.errors import MarketingIbisError
from tests.engines.redshift.nested_tables import Rows, T, U, W, duckdb_rows
from tests.engines.redshift.operations import redshift_sql
from tests.engines.redshift.standin import StandIn

OPERATIONS = ("union", "intersect", "difference")
LEAVES = st.builds(
    lambda table, shape: shape(table),
    st.sampled_from((T, U, W)),
    st.sampled_from(
        (
            lambda table: table,
            lambda table: table.filter(table.x <= 1),
            lambda table: table.order_by("x", "g").limit(3),
            lambda table: table.group_by("g").agg(x=table.x.max()),
        )
    ),
)


def _combined(left: ir.Table, right: ir.Table, operation: str, distinct: bool) -> ir.Table:
    combined: ir.Table = getattr(left, operation)(right, distinct=distinct)
    return combined


TREES = st.recursive(
    LEAVES, lambda below: st.builds(_combined, below, below, st.sampled_from(OPERATIONS), st.booleans()), max_leaves=8
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES)
def test_nested_set_operations_give_the_rows_of_duckdb(
    tree: ir.Table, nested_stand_in: StandIn, nested_duckdb: duckdb.DuckDBPyConnection
) -> None:
    expected = duckdb_rows(nested_duckdb, tree)
    assert sorted(nested_stand_in.fetch(redshift_sql(tree)).rows, key=repr) == sorted(expected, key=repr)


def test_operands_may_have_their_columns_in_another_order(nested_stand_in: StandIn) -> None:
    turned = T.select("x", "g").union(T)
    both = turned.union(T.union(T.select("x", "g"))).difference(W)
    found = nested_stand_in.fetch(redshift_sql(both)).rows
    assert sorted(found, key=repr) == [(2, None), (3, "c")]


def _same(u: ir.Table) -> ir.Table:
    return u.filter(u.g == T.g)


MUCH = T.filter(T.x > 1)
SUBQUERIES: dict[str, tuple[Callable[[], ir.Table], Rows]] = {
    "in_the_list": (lambda: T.mutate(n=_same(U).count()), (("a", 1, 2), ("b", 2, 2), ("c", 3, 0), (None, 2, 0))),
    "twice": (
        lambda: (lambda same: T.mutate(n=same.count(), m=same.x.max()))(_same(U)),
        (("a", 1, 2, 2), ("b", 2, 2, 2), ("c", 3, 0, None), (None, 2, 0, None)),
    ),
    "over_a_filter": (
        lambda: MUCH.mutate(n=U.filter(U.g == MUCH.g).count()),
        (("b", 2, 2), ("c", 3, 0), (None, 2, 0)),
    ),
    "over_a_computed_column": (
        lambda: (lambda more: more.filter(U.filter(U.x == more.y).count() > 1))(T.mutate(y=T.x + 1)),
        (("a", 1, 2),),
    ),
    "in_a_subquery": (
        lambda: T.mutate(n=_same(U).filter(lambda r: r.x > W.filter(W.g == r.g).x.max()).count()),
        (("a", 1, 1), ("b", 2, 0), ("c", 3, 0), (None, 2, 0)),
    ),
    "exists_in_exists": (
        lambda: T.filter((U.filter((W.g == U.g).any()).g == T.g).any()),
        (("a", 1), ("b", 2)),
    ),
    "in_a_case": (
        lambda: T.mutate(n=ibis.cases((T.x > 1, _same(U).count()), else_=0)),
        (("a", 1, 0), ("b", 2, 2), ("c", 3, 0), (None, 2, 0)),
    ),
    "one_row_shared": (
        lambda: (lambda top: T.filter(T.x * 5 > top.as_scalar()).cross_join(top))(U.agg(m=U.x.max())),
        (("b", 2, 5), ("c", 3, 5), (None, 2, 5)),
    ),
}


@pytest.mark.parametrize("name", SUBQUERIES)
def test_subquery_gives_the_rows_of_its_definition(name: str, nested_stand_in: StandIn) -> None:
    build, expected = SUBQUERIES[name]
    expression = build()
    columns = [*T.columns, *(column for column in expression.columns if column not in ("g", "x", "y"))]
    found = nested_stand_in.fetch(redshift_sql(expression.select("g", "x", *columns[2:]))).rows
    wanted = [row[: len(columns)] for row in expected]
    assert sorted(found, key=repr) == sorted(wanted, key=repr)


ALIKE: dict[str, Callable[[], ir.Table]] = {
    "over_a_join": lambda: T.inner_join(W, "g").mutate(n=lambda r: U.filter(U.g == r.g).count()),
    "over_a_union": lambda: _counted(T.select("g").union(W.select("g"))),
    "over_a_limit": lambda: _counted(T.order_by("x").limit(2)),
    "over_groups": lambda: _counted(T.group_by("g").agg(n=lambda r: r.x.max())),
    "added_up": lambda: T.mutate(n=_same(U).count()).group_by("g").agg(s=lambda r: r.n.sum()),
    "both_sides_of_a_union": lambda: _counted(T).union(_counted(W)),
    "of_itself": lambda: (lambda other: T.mutate(n=other.filter(other.x >= T.x).count()))(T.view()),
    "distinct_rows": lambda: T.mutate(n=_same(U).select("x").distinct().count()),
    "groups": lambda: T.mutate(n=_same(U).group_by("x").agg(k=lambda r: r.count()).k.max()),
    "first": lambda: T.mutate(n=_same(U).order_by("x").limit(1).x.as_scalar()),
    "union": lambda: T.mutate(n=_same(U).union(W.filter(W.g == T.g)).count()),
    "window": lambda: T.mutate(n=_same(U).mutate(r=ibis.row_number().over(order_by=U.x)).r.max()),
    "distinct_values": lambda: T.mutate(n=_same(U).x.nunique()),
}


def _counted(rows: ir.Table) -> ir.Table:
    return rows.mutate(same=U.filter(U.g == rows.g).count())


@pytest.mark.parametrize("name", ALIKE)
def test_subquery_gives_the_rows_of_duckdb(
    name: str, nested_stand_in: StandIn, nested_duckdb: duckdb.DuckDBPyConnection
) -> None:
    expression = ALIKE[name]()
    expected = duckdb_rows(nested_duckdb, expression)
    assert sorted(nested_stand_in.fetch(redshift_sql(expression)).rows, key=repr) == sorted(expected, key=repr)


TEXTS: dict[str, Callable[[ir.Table], ir.Table]] = {
    "partition": lambda u: u.mutate(rn=ibis.row_number().over(group_by=u.src, order_by=u.x)).select("rn"),
    "order": lambda u: u.order_by("src"),
    "comparison": lambda u: u.inner_join(W, u.src == W.g).select(u.x),
    "group": lambda u: u.group_by("src").agg(n=u.count()),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_that_is_a_column_has_a_type(name: str) -> None:
    sql = redshift_sql(TEXTS[name](T.mutate(src=ibis.literal("wéb"))))
    assert """CAST('wéb' AS VARCHAR(4)) AS "src\"""" in sql


ORDERS: dict[str, Callable[[ir.Table], ir.Table]] = {
    "two_medians": lambda t: t.group_by("g").agg(a=t.x.median(), b=(t.x * 2).median()),
    "two_lists": lambda t: t.agg(a=t.g.group_concat(order_by=[t.x, t.g]), b=t.g.group_concat(order_by=t.g)),
    "list_and_median": lambda t: t.agg(a=t.g.group_concat(order_by=[t.x, t.g]), b=t.x.median()),
    "quantile_and_median": lambda t: t.agg(a=t.x.quantile(0.25), b=(-t.x).median()),
    "two_conditions": lambda t: t.agg(a=t.x.median(where=t.g == "a"), b=t.x.median(where=t.g == "b")),
    "nested_in_a_value": lambda t: t.agg(a=t.x.median() - (t.x + 1).median()),
}


@pytest.mark.parametrize("name", ORDERS)
def test_aggregates_that_sort_in_different_orders_are_joined(
    name: str, nested_stand_in: StandIn, nested_duckdb: duckdb.DuckDBPyConnection
) -> None:
    expression = ORDERS[name](T)
    expected = nested_duckdb.execute(str(ibis.to_sql(expression, dialect="duckdb"))).fetchall()

    assert sorted(nested_stand_in.fetch(redshift_sql(expression)).rows, key=repr) == sorted(expected, key=repr)


def test_aggregates_that_sort_in_one_order_are_compiled() -> None:
    sql = redshift_sql(T.group_by("g").agg(a=T.x.quantile(0.25), b=T.x.quantile(0.75), c=T.x.median()))
    assert sql.count("PERCENTILE_CONT") == 2


@pytest.mark.parametrize(
    "aggregate",
    [
        pytest.param(lambda m: m.x.median(), id="median"),
        pytest.param(lambda m: m.g.group_concat(","), id="list"),
        pytest.param(lambda m: m.x.quantile(0.5), id="quantile"),
    ],
)
def test_function_of_compute_nodes_is_refused_where_only_rows_in_memory_are_read(
    aggregate: Callable[[ir.Table], ir.Value],
) -> None:
    memory = ibis.memtable([("a", 1.0), ("b", 2.0)], schema={"g": "string", "x": "float64"})
    with pytest.raises(MarketingIbisError, match=r"without a table.*a query of a table that holds the rows"):
        redshift_sql(memory.agg(a=aggregate(memory)))
    joined = memory.inner_join(T, "g")
    assert redshift_sql(joined.agg(a=aggregate(joined)))
