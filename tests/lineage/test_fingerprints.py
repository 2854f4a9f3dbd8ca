"""Fingerprints are equal only where the values are equal, and stay equal when an expression is refactored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import duckdb
import ibis
import ibis.expr.types as ir
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.lineage.fingerprints import fingerprints_of
from marketing_ibis.lineage.fingerprints.digests import Fingerprints
from tests.lineage.edits import carry_out, edits, refactor
from tests.lineage.expressions import STEPS, Rows, expressions, fill, rows

EXAMPLES = min(settings().max_examples // 4, 60)
"""Of each step and law: there are so many of them that a quarter of the thorough profile's would take an hour."""
Table = Callable[[], ir.Table]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(duckdb.connect()) as con:
        con.execute("SET threads = 1")
        yield con


def aligned_rows(con: duckdb.DuckDBPyConnection, table: ir.Table, columns: list[str]) -> Counter[tuple[object, ...]]:
    """Return how often the table contains each row of some of its columns."""
    return Counter(con.execute(str(ibis.to_sql(table.select(columns), dialect="duckdb"))).fetchall())


def by_digest(fingerprints: Fingerprints) -> dict[str, str]:
    """Return one column for each digest."""
    return {digest: name for name, digest in fingerprints.columns.items() if digest is not None}


def assert_equal_where_unchanged(
    con: duckdb.DuckDBPyConnection, before: ir.Table, after: ir.Table, content: Rows
) -> None:
    first, second = fingerprints_of(before), fingerprints_of(after)
    if first.rows is None or first.rows != second.rows:
        return
    names, other_names = by_digest(first), by_digest(second)
    if shared := sorted(names.keys() & other_names.keys()):
        fill(con, content)
        expected = aligned_rows(con, before, [names[digest] for digest in shared])
        actual = aligned_rows(con, after, [other_names[digest] for digest in shared])
        assert actual == expected, f"{ibis.to_sql(before, dialect='duckdb')}\n{ibis.to_sql(after, dialect='duckdb')}"


@pytest.mark.parametrize("step", STEPS)
@settings(max_examples=EXAMPLES)
@given(content=rows(), data=st.data())
def test_no_edit_of_meaning_is_missed(
    con: duckdb.DuckDBPyConnection, step: str, content: Rows, data: st.DataObject
) -> None:
    table = data.draw(expressions(step))
    edited = carry_out(table, data.draw(st.sampled_from(edits(table))))
    assert_equal_where_unchanged(con, table, edited, content)


@pytest.mark.parametrize("step", STEPS)
@settings(max_examples=EXAMPLES)
@given(content=rows(), data=st.data())
def test_two_expressions_with_one_fingerprint_have_the_same_rows(
    con: duckdb.DuckDBPyConnection, step: str, content: Rows, data: st.DataObject
) -> None:
    assert_equal_where_unchanged(con, data.draw(expressions(step)), data.draw(expressions(step)), content)


@pytest.mark.parametrize("step", STEPS)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_refactoring_changes_nothing(step: str, data: st.DataObject) -> None:
    table = data.draw(expressions(step))
    assert fingerprints_of(refactor(table, lambda: data.draw(st.booleans()))) == fingerprints_of(table)
