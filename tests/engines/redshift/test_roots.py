"""Every statement passes the gate, whatever operation is its outermost and whichever way it leaves for Redshift."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pytest
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift import gate
from marketing_ibis.engines.redshift.compiler import compiler
from marketing_ibis.engines.redshift.dialect import redshift_dialect
from marketing_ibis.engines.redshift.ibis_backend import Backend
from marketing_ibis.engines.redshift.login import Login
from marketing_ibis.engines.redshift.session import Session
from marketing_ibis.errors import RefusedByRedshift

pytestmark = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")

LONG = "n" * 128
FAULTS = {
    "a system column": ("xmin", "name xmin"),
    "doubled by case": ("A", "names"),
    "too long": (LONG, "128 bytes"),
}
"""Names of a second column next to `a`, and what the gate says of each."""


@ibis.udf.scalar.builtin
def factorial(a: int) -> int:  # type: ignore[empty-body]
    """Stand for a function that fails on tables, and stays refused where it is declared."""


def stored(column: str) -> ir.Table:
    table = ibis.table({"a": "int64", "b": "int64"}, name="t", database="s")
    return table if column == "b" else table.rename({column: "b"})


def in_memory(column: str) -> ir.Table:
    return ibis.memtable(pd.DataFrame({"a": [1], column: [2]}))


ROOTS: dict[str, Callable[[ir.Table], ir.Table]] = {
    "the table": lambda t: t,
    "view": lambda t: t.view(),
    "select": lambda t: t.select(*t.columns),
    "filter": lambda t: t.filter(t.a > 1),
    "mutate": lambda t: t.mutate(more=t.a + 1),
    "order_by": lambda t: t.order_by("a"),
    "limit": lambda t: t.limit(3),
    "limit of 0": lambda t: t.limit(0),
    "offset": lambda t: t.limit(3, offset=2),
    "offset alone": lambda t: t.limit(None, offset=2),
    "ordered offset": lambda t: t.order_by("a").limit(3, offset=2),
    "distinct": lambda t: t.distinct(),
    "distinct on": lambda t: t.distinct(on="a", keep="first"),
    "drop_null": lambda t: t.drop_null(),
    "fill_null": lambda t: t.fill_null(0),
    "union": lambda t: t.union(t),
    "intersect": lambda t: t.intersect(t.filter(t.a > 1)),
    "difference": lambda t: t.difference(t.filter(t.a > 1)),
    "limit of a union": lambda t: t.union(t).limit(2),
    "inner join": lambda t: t.join(t.view().select(key="a"), [("a", "key")]),
    "left join": lambda t: t.left_join(t.view().select(key="a"), [("a", "key")]),
    "semi join": lambda t: t.semi_join(t.view(), "a"),
    "cross join": lambda t: t.cross_join(ibis.memtable({"key": [1]})),
    "aggregate": lambda t: t.aggregate([t.a.max(), t[t.columns[1]].max().name(t.columns[1])], by=[t.a.name("key")]),
    "aggregate without groups": lambda t: t.aggregate(
        **{name: t[name].max() for name in t.columns}  # the names are the columns' own
    ),
    "qualified window": lambda t: t.mutate(place=ibis.row_number().over(order_by=t.a)).filter(ibis._.place == 0),
    "top groups": lambda t: t.group_by(t.columns).agg(count=t.count()).order_by(ibis.desc("count")).limit(2),
    "unpivoted": lambda t: t.rename(key="a").mutate(a=ibis._.key),
}

ONE_COLUMN: dict[str, Callable[[ir.Table, str], Any]] = {
    "a column": lambda t, column: t[column],
    "a value": lambda t, column: t[column].max().name(column),
    "a literal": lambda t, column: ibis.literal(1).name(column),
    "topk": lambda t, column: t.topk(2) if isinstance(t, ir.Column) else t[column].topk(2),
    "value_counts": lambda t, column: t[column].value_counts(),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("table", [stored, in_memory], ids=["stored", "in_memory"])
@pytest.mark.parametrize("root", ROOTS)
def test_names_are_refused_at_every_root(root: str, table: Callable[[str], ir.Table], fault: str) -> None:
    column, words = FAULTS[fault]
    expression = ROOTS[root](table(column))
    with pytest.raises(RefusedByRedshift, match=words):
        ibis.to_sql(expression, dialect="redshift")


@pytest.mark.parametrize("fault", ["a system column", "too long"])
@pytest.mark.parametrize("table", [stored, in_memory], ids=["stored", "in_memory"])
@pytest.mark.parametrize("root", ONE_COLUMN)
def test_names_are_refused_in_one_column(root: str, table: Callable[[str], ir.Table], fault: str) -> None:
    column, words = FAULTS[fault]
    with pytest.raises(RefusedByRedshift, match=words):
        ibis.to_sql(ONE_COLUMN[root](table(column), column), dialect="redshift")


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("table", [stored, in_memory], ids=["stored", "in_memory"])
def test_functions_are_refused_at_every_root(root: str, table: Callable[[str], ir.Table]) -> None:
    plain = table("b")
    expression = ROOTS[root](plain.mutate(b=factorial(plain.b)))
    with pytest.raises(RefusedByRedshift, match="function FACTORIAL"):
        ibis.to_sql(expression, dialect="redshift")


def test_a_limit_that_is_a_query_becomes_a_condition_that_passes() -> None:
    table = stored("b")
    sql = str(ibis.to_sql(table.order_by("a").limit(table.count()), dialect="redshift"))
    assert "LIMIT" not in sql
    assert gate.check(sql) == ()


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("table", [stored, in_memory], ids=["stored", "in_memory"])
def test_every_root_is_a_query_without_a_parent(root: str, table: Callable[[str], ir.Table]) -> None:
    tree = compiler.to_sqlglot(ROOTS[root](table("b")))
    assert isinstance(tree, sge.Query)
    assert tree.parent is None
    assert gate.check(tree.sql(dialect=compiler.dialect)) == ()


# Ways out


class Connection:
    """A driver's connection that takes every statement and notes it."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.error = None

    def cursor(self) -> Any:
        return SimpleNamespace(execute=self.sent.append, fetchall=list, close=lambda: None, ps={"row_desc": []})


@pytest.fixture
def backend() -> Backend:
    made = Backend()
    made._session = Session(Login({}, {}, ()))
    made._session._connection = Connection()
    made._temporary = set()
    return made


WAYS: dict[str, Callable[[Backend, ir.Table], object]] = {
    "to_sql": lambda b, t: ibis.to_sql(t, dialect="redshift"),
    "compile": lambda b, t: b.compile(t),
    "execute": lambda b, t: b.execute(t),
    "to_pyarrow": lambda b, t: b.to_pyarrow(t),
    "to_pyarrow_batches": lambda b, t: b.to_pyarrow_batches(t).read_all(),
    "create_table": lambda b, t: b.create_table("made", t.limit(9)),
    "create_view": lambda b, t: b.create_view("made", t),
    "insert": lambda b, t: b._fill('"made"', t.limit(9), list(t.columns)),
    "raw_sql of a string": lambda b, t: b.raw_sql(
        f'SELECT "t"."a" AS "{t.columns[1]}", FACTORIAL("t"."a") AS "a" FROM "t"'
    ),
    "raw_sql of a tree": lambda b, t: b.raw_sql(
        sge.select(sge.column("a", quoted=True).as_(t.columns[1], quoted=True), "FACTORIAL(a)").from_("t")
    ),
    "describing a query": lambda b, t: b._get_schema_using_query(f'SELECT FACTORIAL("a") AS "{t.columns[1]}" FROM "t"'),
    "a model's SELECT": lambda b, t: redshift_dialect().select(t),
    "an export": lambda b, t: b.raw_sql(
        redshift_dialect().unload(
            f'SELECT FACTORIAL("a") AS "{t.columns[1]}" FROM "t"',
            "s3://bucket/key.csv",
            "arn:aws:iam::123456789012:role/unload",
        )
    ),
    "a script": lambda b, t: redshift_dialect().approve([f'SELECT FACTORIAL("a") AS "{t.columns[1]}" FROM "t"']),
}


@pytest.mark.parametrize("table", [stored, in_memory], ids=["stored", "in_memory"])
@pytest.mark.parametrize("way", WAYS)
def test_no_way_out_goes_around_the_gate(way: str, table: Callable[[str], ir.Table], backend: Backend) -> None:
    plain = table("b")
    odd = plain.mutate(**{LONG: factorial(plain.b)}).drop("b")
    with pytest.raises(RefusedByRedshift):
        WAYS[way](backend, odd)
    assert not any("FACTORIAL" in sql or LONG in sql for sql in backend._session._connection.sent)
