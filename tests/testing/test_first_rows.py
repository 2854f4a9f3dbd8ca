"""DuckDB's shortcut to the first row of each key of a source gives what numbering the rows gives."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import ibis
import ibis.expr.types as ir
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataflows.lib.expressions import one_row_per_key
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation

SOURCE = "raw_things"
THINGS = ibis.table({"id": "int64", "value": "int64"}, name=SOURCE)
POSITION = ibis.row_number().over(group_by=THINGS.id, order_by=THINGS.value)
FIRST = {
    "own": one_row_per_key(THINGS, "id", ("value",)),
    "no_key": THINGS.filter(POSITION == 0),
    "some": THINGS.filter(THINGS.value > 0, POSITION <= 0),
}
ROWS = st.lists(st.tuples(st.none() | st.integers(0, 9), st.integers(-1, 3)), max_size=12)


def select_of(expression: ir.Table, sources: tuple[str, ...] = (SOURCE,)) -> str:
    """Return DuckDB's SQL over the table main.things."""
    dialect = ENGINES["duckdb"].dialect().reading(sources)
    return dialect.resolve(dialect.select(expression), {SOURCE: Relation("main", "things")})


SHORT = {name: select_of(expression) for name, expression in FIRST.items()}
NUMBERED = {name: select_of(expression, ()) for name, expression in FIRST.items()}


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """An empty table of things."""
    connection = duckdb.connect(config={"threads": 4, "preserve_insertion_order": False})
    connection.execute("CREATE TABLE things (id BIGINT, value BIGINT)")
    return connection


@pytest.mark.parametrize("name", FIRST)
@given(rows=ROWS | ROWS.map(lambda rows: sorted(rows, key=lambda row: (row[0] is not None, row))))
@example(rows=[(1, 2), (2, 1), (None, 1), (2, 2)])
@example(rows=[(1, 2), (None, 1), (1, 1)])
@example(rows=[(None, 1), (None, 2), (1, 1)])
@example(rows=[(1, -1), (2, 1), (2, 2)])
@example(rows=[(2, 1), (1, 1), (2, 3)])
@example(rows=[(1, 1), (2, 1), (3, 1)])
def test_every_table_keeps_the_rows_that_numbering_keeps(
    name: str, rows: list[tuple[int | None, int]], connection: duckdb.DuckDBPyConnection
) -> None:
    connection.execute("TRUNCATE things")
    if rows:
        connection.executemany("INSERT INTO things VALUES (?, ?)", rows)
    kept, expected = (
        connection.execute(f"SELECT * FROM ({sql[name]}) ORDER BY ALL").fetchall() for sql in (SHORT, NUMBERED)
    )
    assert kept == expected


def test_keys_that_repeat_far_apart_are_found_by_several_threads(connection: duckdb.DuckDBPyConnection) -> None:
    many = 500_000
    # Each half ascends, and is longer than what a thread reads at a time.
    rows = f"SELECT i % {many} AS id, i AS value FROM range({2 * many}) t(i)"
    connection.execute(f"CREATE OR REPLACE TABLE things AS {rows}")
    for _ in range(5):
        kept = connection.execute(f"SELECT count(*), max(value) FROM ({SHORT['own']})").fetchone()
        assert kept == (many, many - 1)
    connection.execute("CREATE OR REPLACE TABLE things (id BIGINT, value BIGINT)")


@pytest.mark.parametrize(
    ("keys", "counted", "numbered"),
    [("i", 0, 0), ("-i", 1_000, 0), ("i // 2", 500, 500)],
    ids=["ascending", "other order", "repeated"],
)
def test_keys_are_counted_if_they_fall_and_numbered_if_they_repeat(
    connection: duckdb.DuckDBPyConnection, keys: str, counted: int, numbered: int
) -> None:
    connection.execute(f"INSERT INTO things SELECT {keys}, i FROM range(1_000) t(i)")
    groups = list(aggregates(connection, SHORT["own"]))
    connection.execute("TRUNCATE things")
    assert sum(rows for rows, computed in groups if "count" in computed) == counted
    assert sum(rows for rows, computed in groups if "arg_min" in computed) == numbered


def aggregates(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[int, str]]:
    """Yield the groups and aggregates of each grouping of a statement as it ran; DuckDB makes one of the window."""
    profile = json.loads(connection.execute(f"EXPLAIN (ANALYZE, FORMAT json) {sql}").fetchall()[0][1])
    operators = [profile]
    while operators:
        operator = operators.pop()
        operators += [*operator.get("operator", ()), *operator.get("children", ())]
        if operator.get("name", "").endswith("HASH_GROUP_BY"):
            yield operator["intermediate_rows"], str(operator["extra_info"])


def test_only_sources_are_read_twice() -> None:
    assert all("EXISTS" in sql for sql in SHORT.values())
    assert not any("EXISTS" in sql for sql in NUMBERED.values())


@pytest.mark.parametrize(
    "expression",
    [
        THINGS.filter(POSITION < 2),
        THINGS.filter(POSITION > 0),
        THINGS.filter(POSITION < 1, THINGS.value.sum().over(group_by=THINGS.id) > 1),
        THINGS.filter(ibis.row_number().over(group_by=[THINGS.id, THINGS.value]) < 1),
        THINGS.filter(ibis.row_number().over(order_by=THINGS.value) < 1),
        THINGS.filter(ibis.rank().over(group_by=THINGS.id, order_by=THINGS.value) < 1),
        THINGS.sample(0.5, seed=1).filter(POSITION < 1),
        THINGS.limit(5).filter(POSITION < 1),
    ],
)
def test_whatever_else_a_filter_asks_is_asked(expression: ir.Table) -> None:
    assert "EXISTS" not in select_of(expression)
