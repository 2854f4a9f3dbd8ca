"""For any expression: a column that is not an origin may contain anything, and the result stays the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import duckdb
import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.lineage.expression import origins_of
from marketing_ibis.model.column_ref import ColumnRef
from tests.lineage.expressions import COLUMNS, STEPS, VALUES, Rows, expressions, results, rows

EXAMPLES = settings().max_examples // 3


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(duckdb.connect()) as con:
        con.execute("SET threads = 1")
        yield con


@pytest.mark.parametrize("step", STEPS)
@settings(max_examples=EXAMPLES)
@given(held=rows(), data=st.data())
def test_what_is_no_origin_has_no_effect(
    con: duckdb.DuckDBPyConnection, step: str, held: Rows, data: st.DataObject
) -> None:
    table = data.draw(expressions(step))
    origins = origins_of(table).columns
    sql = str(ibis.to_sql(table, dialect="duckdb"))
    before = results(con, sql, held)
    for source, names in COLUMNS.items():
        for name in names:
            free = [column for column in origins if ColumnRef(source, name) not in origins[column].columns()]
            if not free:
                continue
            size = len(held[source][name])
            other = held[source] | {name: data.draw(st.lists(VALUES, min_size=size, max_size=size))}
            after = results(con, sql, held | {source: other})
            assert {c: after[c] for c in free} == {c: before[c] for c in free}, f"{source}.{name}\n{sql}"


@pytest.mark.parametrize("step", STEPS)
@settings(max_examples=EXAMPLES // 4)
@given(held=rows(), data=st.data())
def test_what_copies_a_column_holds_nothing_else(
    con: duckdb.DuckDBPyConnection, step: str, held: Rows, data: st.DataObject
) -> None:
    table = data.draw(expressions(step))
    result = results(con, str(ibis.to_sql(table, dialect="duckdb")), held)
    for column, origins in origins_of(table).columns.items():
        if origins.copies is not None:
            there = {repr(value) for value in held[origins.copies.table][origins.copies.column]}
            # An outer join leaves it empty if it finds no row.
            assert set(result[column]) <= there | {"None"}
