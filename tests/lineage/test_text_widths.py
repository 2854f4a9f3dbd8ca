"""The widths of strings: what an expression implies, and never less than what DuckDB computes."""

from __future__ import annotations

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.lineage.text_widths import text_widths

T = ibis.table({"a": "string", "b": "string", "n": "int64", "day": "date"}, name="t")
U = ibis.table({"a": "string", "c": "string"}, name="u")
WIDTHS = {"t": {"a": 10, "b": 300}}

CASES: dict[str, tuple[ir.Table, dict[str, int]]] = {
    "columns": (T.select("a", "b"), {"a": 10, "b": 300}),
    "an unknown column": (U.select("c"), {"c": 256}),
    "strings in a row": (T.select(x=T.a + " " + T.b), {"x": 311}),
    "literals of a case": (T.select(x=ibis.cases((T.n > 1, "hello"), else_="worldly")), {"x": 7}),
    "bytes of a literal": (T.select(x=ibis.literal("Zaunk\u00f6nig")), {"x": 10}),
    "a value in place of NULL": (T.select(x=T.a.fill_null("not named at all")), {"x": 16}),
    "an integer": (T.select(x=T.n.cast("string")), {"x": 20}),
    "an unbounded function": (T.select(x=T.a.replace("a", "bb")), {"x": 256}),
    "a maximum of a group": (T.group_by("a").agg(x=T.b.max()), {"a": 10, "x": 300}),
    "strings joined": (T.agg(x=T.a.group_concat()), {"x": 65_535}),
    "a join": (T.join(U, "a").select("b", "c"), {"b": 300, "c": 256}),
    "rows in memory": (ibis.memtable(pa.table({"x": ["Zaunk\u00f6nig", None, ""]})).select("x"), {"x": 10}),
    "no rows in memory": (ibis.memtable(pa.table({"x": pa.array([], pa.string())})).select("x"), {"x": 1}),
    "a union": (T.select("a").union(T.select(a=T.b)), {"a": 300}),
    "a window": (T.select(x=T.b.lag().over(order_by=T.n)), {"x": 300}),
    "sorted, limited, distinct": (T.select("a").distinct().order_by("a").limit(3), {"a": 10}),
}


@pytest.mark.parametrize("case", CASES)
def test_an_expression_implies_the_widths_of_its_columns(case: str) -> None:
    expression, widths = CASES[case]
    assert text_widths(expression, WIDTHS) == widths


VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4)


@st.composite
def strings(draw: st.DrawFn, depth: int = 3) -> ir.StringValue:
    """A string over the columns a and b."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from([T.a, T.b]) | VALUES.map(ibis.literal))
    inner = strings(depth=depth - 1)
    left, right = draw(inner), draw(inner)
    made = {
        "concat": left + right,
        "coalesce": ibis.coalesce(left, right),
        "case": ibis.cases((T.n > 0, left), else_=right),
        "greatest": ibis.greatest(left, right),
        "strip": left.strip(),
        "substr": left.substr(0, 2),
        "nullif": left.nullif(right),
    }
    return made[draw(st.sampled_from(sorted(made)))]


@given(strings(), st.lists(st.tuples(VALUES, VALUES, st.integers(-1, 1)), min_size=1, max_size=4))
def test_no_value_is_wider(value: ir.StringValue, rows: list[tuple[str, str, int]]) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (a VARCHAR, b VARCHAR, n BIGINT, day DATE)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, NULL)", rows)
        expression = T.select(x=value)
        found = connection.execute(ibis.to_sql(expression, dialect="duckdb")).fetchall()
    stored = {"t": {"a": 16, "b": 16}}
    assert max(len((x or "").encode()) for (x,) in found) <= text_widths(expression, stored)["x"]
