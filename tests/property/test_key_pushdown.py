"""A query that reads only what the rows of some keys depend on has exactly their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.key_pushdown import KeyPushdown
from marketing_ibis.build.possible_rows import possible_rows
from marketing_ibis.build.row_keys import RowKeys
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from tests.property.expressions import NAMES, SCHEMA, STEPS, VALUES, Rows, queries, table_rows

DIALECT = ENGINES["duckdb"].dialect()
KEYS = ibis.table({"k": "int64"}, name="wanted").op()
PLACES = {name: Relation("main", name) for name in (*NAMES, "wanted")}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name in NAMES:
            connection.execute(f"CREATE TABLE {name} (id BIGINT, k BIGINT, d BIGINT, v BIGINT)")
        connection.execute("CREATE TABLE wanted (k BIGINT)")
        yield connection


def fill(connection: duckdb.DuckDBPyConnection, tables: dict[str, Rows]) -> None:
    for name, rows in tables.items():
        connection.execute(f"DELETE FROM {name}")
        if rows:
            values = ", ".join(f"({', '.join('NULL' if v is None else str(v) for v in row)})" for row in rows)
            connection.execute(f"INSERT INTO {name} VALUES {values}")


def rows_of(connection: duckdb.DuckDBPyConnection, rows: ops.Relation) -> Counter[tuple[object, ...]]:
    select = DIALECT.resolve(DIALECT.text(DIALECT.tree(rows.to_expr())), PLACES)
    return Counter(connection.execute(select).fetchall())


@given(query=queries(), first=table_rows(), second=table_rows(), wanted=st.sets(VALUES, max_size=2), null=st.booleans())
def test_the_rows_of_keys_are_those_of_the_whole_query(
    connection: duckdb.DuckDBPyConnection,
    query: ir.Table,
    first: Rows,
    second: Rows,
    wanted: set[int | None],
    null: bool,
) -> None:
    fill(connection, {"first": first, "second": second, "wanted": [(key,) for key in wanted]})
    keys = RowKeys(("k",), None if null else KEYS)
    views = {"view": query.op()}
    view = ibis.table(query.schema(), name="view").op()
    expected = rows_of(connection, keys.filter(query.op()))
    assert rows_of(connection, KeyPushdown().rows_of(query.op(), keys)) == expected
    assert rows_of(connection, KeyPushdown(views).rows_of(view, keys)) == expected


def test_each_operation_keeps_the_rows_of_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Random queries are few: here is each operation by itself, over many rows."""
    random = Random(1)
    values = (None, 0, 1, 2, 3)
    first, second = (
        [(random.choice(values), random.choice(values), random.randrange(4), random.randrange(6)) for _ in range(40)]
        for _ in NAMES
    )
    fill(connection, {"first": first, "second": second, "wanted": [(1,), (3,)]})
    keys = RowKeys(("k",), KEYS)
    for number, step in enumerate(STEPS):
        query = step(ibis.table(SCHEMA, name="first")).op()
        expected = rows_of(connection, keys.filter(query))
        assert rows_of(connection, KeyPushdown().rows_of(query, keys)) == expected, number


@given(query=queries(), first=table_rows(), second=table_rows(), columns=st.sampled_from((("k",), ("k", "d"), ("d",))))
def test_possible_rows_include_all_values(
    connection: duckdb.DuckDBPyConnection, query: ir.Table, first: Rows, second: Rows, columns: tuple[str, ...]
) -> None:
    fill(connection, {"first": first, "second": second, "wanted": []})
    values = {row for row in rows_of(connection, query.select(*columns).op()) if None not in row}
    possible = possible_rows(query.op(), columns, {})
    assert values <= rows_of(connection, possible.to_expr().select(*columns).op()).keys()


def test_tables_of_the_query_are_read_by_key() -> None:
    first, second = (ibis.table(SCHEMA, name=name) for name in NAMES)
    position = ibis.row_number().over(group_by=first.id, order_by=[first.v])
    unique = first.filter(first.id.notnull(), position < 1)
    sums = second.group_by("id").agg(total=second.v.sum())
    query = unique.left_join(sums, "id", rname="{name}_of_sums").select("id", "k", "total")
    pushdown = KeyPushdown()
    restricted = pushdown.rows_of(query.op(), RowKeys(("k",), KEYS))
    assert pushdown.obstacles == []
    whole = [rows for rows in restricted.find(ops.Aggregate) if isinstance(rows.parent, ops.UnboundTable)]
    assert whole == []


@pytest.mark.parametrize(("grouping", "obstacle"), [("d", "first: it groups by d"), ("v", "first: it groups by v")])
def test_it_says_why_a_table_is_read_whole(grouping: str, obstacle: str) -> None:
    first = ibis.table(SCHEMA, name="first")
    query = first.group_by(grouping).agg(k=first.k.max())
    pushdown = KeyPushdown()
    pushdown.rows_of(query.op(), RowKeys(("k",), KEYS))
    assert pushdown.obstacles == [obstacle]
