"""The order of exported rows: columns with a direction become SQL, and anything else is refused."""

from __future__ import annotations

import duckdb
import ibis.expr.datatypes as dt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import UsageError
from marketing_ibis.outputs.row_order import read_order

DUCKDB = ENGINES["duckdb"].dialect()
COLUMNS = {
    name: dt.dtype(kind) for name, kind in (("id", "int64"), ("total_revenue", "int64"), ("Odd, name", "string"))
}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("total_revenue desc", ['"total_revenue" DESC NULLS LAST']),
        (" TOTAL_REVENUE ", ['"total_revenue" ASC NULLS LAST']),
        ("total_revenue DESC,id asc", ['"total_revenue" DESC NULLS LAST', '"id" ASC NULLS LAST']),
        ('"Odd, name" desc, id', ['"Odd, name" DESC NULLS LAST', '"id" ASC NULLS LAST']),
    ],
)
def test_columns_become_terms_of_sql(text: str, terms: list[str]) -> None:
    assert list(read_order(text, COLUMNS, DUCKDB)) == terms


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("revenue desc", "--order-by names revenue, which is not a column."),
        ("total_revenue down", "--order-by 'total_revenue down' is not a list of columns."),
        ("total_revenue desc,", "is not a list of columns."),
        (" ", "is not a list of columns."),
        ("", "is not a list of columns."),
        ("1; DROP TABLE x", "is not a list of columns."),
        ("total_revenue*2", "names total_revenue*2, which is not a column."),
    ],
)
def test_anything_else_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        read_order(text, COLUMNS, DUCKDB)
    assert message in str(error.value)
    assert error.value.hint


def test_text_is_ordered_by_code_point_whatever_the_collation_of_the_database() -> None:
    terms = read_order('"Odd, name", id desc', COLUMNS, ENGINES["postgres"].dialect())
    assert terms == ('"Odd, name" COLLATE "C" ASC NULLS LAST', '"id" DESC NULLS LAST')


@given(st.text(max_size=20))
def test_only_columns_reach_the_statement(text: str) -> None:
    try:
        terms = read_order(text, COLUMNS, DUCKDB)
    except UsageError:
        return
    allowed = {f"{DUCKDB.identifier(name)} {way} NULLS LAST" for name in COLUMNS for way in ("ASC", "DESC")}
    assert set(terms) <= allowed


ROWS = st.tuples(st.none() | st.integers(-3, 3), st.integers(0, 99))


@given(st.lists(ROWS, unique_by=lambda row: row[1], max_size=9))
def test_rows_come_in_the_order_that_is_asked_for(rows: list[tuple[int | None, int]]) -> None:
    order = ", ".join(read_order("amount desc, id", dict.fromkeys(("amount", "id"), dt.int64), DUCKDB))
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t (amount INT, id INT)")
        if rows:
            con.executemany("INSERT INTO t VALUES (?, ?)", rows)
        found = con.execute(f"SELECT amount, id FROM t ORDER BY {order}").fetchall()
    assert found == sorted(rows, key=lambda row: (row[0] is None, -(row[0] or 0), row[1]))
