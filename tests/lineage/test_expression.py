"""Each Ibis operation passes the origins of its columns and rows through."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pytest
from ibis import _

from marketing_ibis.lineage.expression import Origins, _visit, origins_of
from marketing_ibis.model.column_ref import ColumnRef

T = ibis.table({"a": "int64", "b": "int64", "c": "int64", "word": "string"}, name="t")
S = ibis.table({"a": "int64", "d": "int64"}, name="s")
MAP = ibis.memtable([(1, "one"), (2, "two")], schema={"a": "int64", "label": "string"})


def refs(text: str) -> frozenset[ColumnRef]:
    return frozenset(ColumnRef(*name.split(".")) for name in text.split())


def found(expression: ir.Table, column: str) -> tuple[frozenset[ColumnRef], frozenset[ColumnRef]]:
    origins = origins_of(expression).columns[column]
    return origins.values, origins.controls


VALUES: dict[str, tuple[ir.Table, str, str, str]] = {
    "a field": (T.select("a"), "a", "t.a", ""),
    "arithmetic": (T.select(x=T.a + T.b), "x", "t.a t.b", ""),
    "a constant": (T.select(x=ibis.literal(1)), "x", "", ""),
    "a case's conditions": (T.select(x=ibis.cases((T.a > 1, T.b), else_=T.c)), "x", "t.a t.b t.c", ""),
    "a name given twice": (T.select(x=T.a).select(y=_.x), "y", "t.a", ""),
    "a name of a part": (T.select(x=T.a.name("part") + T.b), "x", "t.a t.b", ""),
    "what another column needs": (T.mutate(x=T.b + 1), "a", "t.a", ""),
    "a position in a string": (T.select(x=T.word.find("x", T.a)), "x", "t.word t.a", ""),
    "a filter": (T.filter(T.b > 1).select("a"), "a", "t.a", "t.b"),
    "a filter on a window": (T.filter(_.b == T.b.max().over(group_by=T.c)).select("a"), "a", "t.a", "t.b t.c"),
    "a sort": (T.order_by("b").select("a"), "a", "t.a", "t.b"),
    "a limit": (T.order_by("b").limit(3).select("a"), "a", "t.a", "t.b"),
    "a distinct": (T.select("a", "b").distinct().select("a"), "a", "t.a", "t.a t.b"),
    "a drop": (T.drop("b"), "a", "t.a", ""),
    "nulls dropped of some": (T.drop_null(["b"]).select("a"), "a", "t.a", "t.b"),
    "nulls dropped of all": (T.drop_null().select("a"), "a", "t.a", "t.a t.b t.c t.word"),
    "nulls filled": (T.select("a", "b").fill_null({"a": 0}), "a", "t.a", ""),
    "a group key": (T.group_by("b").agg(x=T.a.sum()), "b", "t.b", "t.b"),
    "a sum": (T.group_by("b").agg(x=T.a.sum()), "x", "t.a", "t.b"),
    "a sum of some": (T.agg(x=T.a.sum(where=T.b > 0)), "x", "t.a", "t.b"),
    "a count": (T.filter(T.b > 1).count().as_table(), "CountStar()", "", "t.b"),
    "a count of some": (T.agg(x=T.count(where=T.b > 0)), "x", "", "t.b"),
    "distinct rows counted": (S.agg(x=S.nunique()), "x", "s.a s.d", ""),
    "the first of an order": (T.agg(x=T.a.first(order_by=T.b)), "x", "t.a", "t.b"),
    "the value at a maximum": (T.agg(x=T.a.argmax(T.b)), "x", "t.a", "t.b"),
    "strings joined": (T.agg(x=T.word.group_concat(order_by=T.b, where=T.c > 0)), "x", "t.word", "t.b t.c"),
    "a running sum": (T.select(x=T.a.sum().over(group_by=T.b, order_by=T.c)), "x", "t.a", "t.b t.c"),
    "a lag": (T.select(x=T.a.lag(T.b).over(group_by=T.b, order_by=T.c)), "x", "t.a t.b", "t.b t.c"),
    "a rank": (T.select(x=ibis.rank().over(group_by=T.b, order_by=T.c)), "x", "t.c", "t.b"),
    "a row number": (T.select(x=ibis.row_number().over(order_by=[T.c, T.a])), "x", "t.a t.c", ""),
    "a join's left": (T.inner_join(S, "a").select("b"), "b", "t.b", "t.a s.a"),
    "a join's right": (T.left_join(S, T.b == S.a).select("d"), "d", "s.d", "t.b s.a"),
    "a semi join": (T.semi_join(S, "a").select("b"), "b", "t.b", "t.a s.a"),
    "a join with itself": (T.inner_join(v := T.view(), T.a == v.b).select(x=v.c), "x", "t.c", "t.a t.b"),
    "a cross join": (T.cross_join(S).select("b"), "b", "t.b", ""),
    "constants looked up": (T.inner_join(MAP, "a").select("label"), "label", "", "t.a"),
    "a union": (T.select("a").union(S.select(a=_.d)), "a", "t.a s.d", ""),
    "a distinct union": (S.union(S.view(), distinct=True).select("a"), "a", "s.a", "s.a s.d"),
    "a union of filtered": (S.union(S.filter(S.d > 1)).select("a"), "a", "s.a", "s.d"),
    "an intersection": (T.select("a").intersect(S.select("a")), "a", "t.a", "t.a s.a"),
    "a difference": (T.select("a", d=_.b).difference(S).select("a"), "a", "t.a", "t.a t.b s.a s.d"),
    "a value of a subquery": (T.select(x=T.a + S.d.max().as_scalar()), "x", "t.a s.d", ""),
    "a filtered subquery": (T.select(x=S.filter(S.a > 1).d.max().as_scalar()), "x", "s.d", "s.a"),
    "one of a subquery": (T.filter(T.b.isin(S.filter(S.a > 1).d)).select("c"), "c", "t.c", "t.b s.d s.a"),
    "something like it exists": (T.filter((T.b == S.d).any()).select("c"), "c", "t.c", "t.b s.d"),
    "unnested": (
        ibis.table({"a": "int64", "l": "array<int64>"}, name="t").select("a", x=_.l.unnest()), "a", "t.a", "t.l",
    ),
    "a table unnested": (
        ibis.table({"a": "int64", "l": "array<int64>"}, name="t").unnest("l"), "a", "t.a t.l", "t.a t.l",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", VALUES)
def test_origins(case: str) -> None:
    expression, column, values, controls = VALUES[case]
    assert found(expression, column) == (refs(values), refs(controls))


@pytest.mark.parametrize("case", VALUES)
def test_what_decides_the_rows_decides_every_column(case: str) -> None:
    table = origins_of(VALUES[case][0])
    assert list(table.columns) == list(VALUES[case][0].columns)
    for origins in table.columns.values():
        assert origins.controls >= table.rows.controls
        assert origins.tables >= table.rows.tables


def test_a_count_rests_on_the_rows_alone() -> None:
    counted = T.select(x=T.a + S.count().as_scalar())
    assert origins_of(counted).columns["x"] == Origins(refs("t.a"), tables=frozenset({"t", "s"}))
    assert origins_of(counted).rows == Origins(tables=frozenset({"t"}))


def test_rows_of_a_union_are_decided_on_both_sides() -> None:
    one, other = T.filter(T.b > 1).select("a"), S.filter(S.d > 1).select("a")
    rows = origins_of(one.union(other)).rows
    assert rows == Origins(controls=refs("t.b s.d"), tables=frozenset({"t", "s"}))


def test_a_cross_join_depends_on_both_tables() -> None:
    assert origins_of(T.cross_join(S)).columns["b"].tables == {"t", "s"}


class Pair(ops.Node):
    """A kind of operation that Ibis does not have."""

    first: ops.Value
    second: ops.Value


def test_an_unknown_operation_comes_from_all_of_its_parts() -> None:
    pair = Pair(T.a.op(), T.b.op())
    assert pair.map(_visit)[pair] == Origins(refs("t.a t.b"), tables=frozenset({"t"}))


COPIES: dict[str, tuple[Callable[[ir.Table], ir.Table], str | None]] = {
    "renamed": (lambda t: t.select(x=t.a).filter(_.x > 1).order_by("x").distinct(), "a"),
    "grouped by": (lambda t: t.group_by(x=t.a).agg(n=t.count()), "a"),
    "joined": (lambda t: t.left_join(S, t.a == S.a).select(x=t.b), "b"),
    "in both halves": (lambda t: t.select(x=t.a).union(t.filter(t.b > 1).select(x=t.a)), "a"),
    "in one half": (lambda t: t.select(x=t.a).union(t.select(x=t.b)), None),
    "computed": (lambda t: t.select(x=t.a + 0), None),
    "of another type": (lambda t: t.select(x=t.a.cast("string")), None),
    "with nulls filled": (lambda t: t.select(x=t.a).fill_null(0), None),
    "the smallest": (lambda t: t.agg(x=t.a.min()), None),
    "the row before": (lambda t: t.select(x=t.a.lag().over(order_by=t.b)), None),
    "the group's": (lambda t: t.select(x=t.a.first().over(group_by=t.b)), None),
}


@pytest.mark.parametrize("case", COPIES)
def test_copies(case: str) -> None:
    build, copied = COPIES[case]
    assert origins_of(build(T)).columns["x"].copies == (ColumnRef("t", copied) if copied else None)
