"""Queries of WITH are named for what they hold: unique, short, stable, and like no table that is read."""

from __future__ import annotations

import re

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
import sqlglot
import sqlglot.expressions as sge
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.engines.redshift import gate
from marketing_ibis.errors import RefusedByRedshift
from tests.engines.redshift.both_engines import both_engines, redshift_sql

NAMES = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Z")), min_size=1, max_size=120)
ORDERS = ibis.table({"a": "int64", "b": "int64"}, name="orders")
PAID = ibis.table({"a": "int64", "c": "int64"}, name="orders_filtered")


def query_names(sql: str) -> list[str]:
    return [query.alias for query in sqlglot.parse_one(sql, dialect="redshift").find_all(sge.CTE)]


def chain(orders: ir.Table, paid: ir.Table) -> ir.Table:
    """Return a filter, a join, an aggregate and a filter of it."""
    large = orders.filter(orders.a > 1)
    grouped = large.mutate(x=large.b + 1).join(paid, "a").group_by("a").agg(n=ibis._.c.sum(), m=ibis._.x.max())
    return grouped.filter(grouped.n > 1).join(large.select("a"), "a")


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        (chain(ORDERS, PAID), ["orders_filtered_2", "orders_with_orders_filtered", "orders_by_a"]),
        (ORDERS.filter(ORDERS.a > 1).join(PAID, "a"), ["orders_filtered_2"]),
        (ORDERS.group_by("a").agg(n=ORDERS.b.sum()).join(PAID, "a"), ["orders_by_a"]),
        (ORDERS.select("a").distinct().join(PAID, "a"), ["orders_distinct"]),
        (ORDERS.agg(n=ORDERS.b.sum()).cross_join(PAID), ["orders_totals"]),
        (ORDERS.select("a").union(PAID.select("a")).join(PAID, "a"), ["orders_combined"]),
        (ORDERS.mutate(n=ibis.row_number().over(order_by="b")).join(PAID, "a"), ["orders_ranked"]),
    ],
)
def test_a_query_is_named_after_its_table_and_operation(expression: ir.Table, names: list[str]) -> None:
    assert set(names) <= set(query_names(redshift_sql(expression)))


def test_no_query_has_the_name_of_a_table() -> None:
    assert "orders_filtered" not in query_names(redshift_sql(chain(ORDERS, PAID)))


@given(NAMES, NAMES)
def test_names_are_those_that_redshift_takes(first: str, second: str) -> None:
    orders = ibis.table({"a": "int64", "b": "int64"}, name=first)
    paid = ibis.table({"a": "int64", "c": "int64"}, name=f"{second}2")
    tree = chain(orders, paid)
    names = query_names(redshift_sql(tree)) if not _is_refused(tree) else []
    assert len(names) == len(set(names))
    assert not {name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]{0,126}", name)}
    assert not set(names) & {first.lower(), f"{second}2".lower()}


def _is_refused(expression: ir.Table) -> bool:
    try:
        redshift_sql(expression)
    except RefusedByRedshift:
        return True
    return False


def test_names_do_not_depend_on_the_process() -> None:
    rows = pa.table({"a": [1, 2, 3]})
    texts = set()
    for _ in range(2):
        table = ibis.memtable(rows)
        larger = table.filter(table.a > 1)
        texts.add(tuple(query_names(redshift_sql(larger.join(larger.group_by("a").agg(n=larger.count()), "a")))))
    assert len(texts) == 1


def test_rows_stay_the_same() -> None:
    columns = ibis.schema({"a": "int64", "b": "int64"}), ibis.schema({"a": "int64", "c": "int64"})
    tables = {
        "orders": (columns[0], [(1, 5), (2, 6), (2, 7), (3, 8)]),
        "orders_filtered": (columns[1], [(1, 10), (2, 20), (3, 30)]),
    }
    orders, paid = (ibis.table(columns, name=name, database="names") for name, (columns, _) in tables.items())
    with both_engines(tables, "names") as engines:
        expected, actual = engines.rows(chain(orders, paid))
    assert actual == expected
    assert actual
    assert gate.check(redshift_sql(chain(ORDERS, PAID))) == ()
