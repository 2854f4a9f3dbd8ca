"""Rows in memory are spelled out in a statement, however many there are, in little time."""

from __future__ import annotations

import datetime as time_of
import time
from decimal import Decimal

import ibis
import ibis.common.exceptions as com
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.engines.redshift.compiler import compiler, memory_rows
from marketing_ibis.errors import RefusedByRedshift
from tests.engines.redshift.standin import StandIn

# Ibis 12 asks pandas 3 for an option that has had its day.
pytestmark = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")

VALUES = {
    "i": ("int64", st.integers(-(2**63), 2**63 - 1)),
    "small": ("int16", st.integers(-(2**15), 2**15 - 1)),
    "x": ("float64", st.floats(allow_nan=False, allow_infinity=False)),
    "real": ("float32", st.floats(width=32, allow_nan=False, allow_infinity=False)),
    "s": ("string", st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)),
    "b": ("boolean", st.booleans()),
    "d": ("date", st.dates(time_of.date(1, 1, 1))),
    "t": ("time", st.times()),
    "at": ("timestamp(6)", st.datetimes(time_of.datetime(1700, 1, 1), time_of.datetime(2200, 1, 1))),
    "price": ("decimal(12, 2)", st.decimals(-(10**9), 10**9, places=2)),
    "u": ("binary", st.binary(max_size=5)),
}
SCHEMA = {name: dtype for name, (dtype, _) in VALUES.items()}
ROWS = st.lists(st.fixed_dictionaries({n: st.none() | values for n, (_, values) in VALUES.items()}), max_size=8)


def written(table: ir.Table, *, pretty: bool, rows_in_tree: int) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory_rows, "ROWS_IN_TREE", rows_in_tree)
        return str(compiler.to_sqlglot(table).sql(dialect=compiler.dialect, pretty=pretty))


@given(ROWS, st.booleans(), st.integers(1, 3))
@settings(deadline=None)
def test_rows_that_are_only_text_are_written_like_those_of_the_tree(
    rows: list[dict[str, object]], pretty: bool, number: int
) -> None:
    table = ibis.memtable(pa.Table.from_pylist(rows, schema=ibis.schema(SCHEMA).to_pyarrow()), schema=SCHEMA)
    kept = table.filter(table.i.notnull()).union(table.select(*SCHEMA))
    for query in (table, kept, table.order_by("i").limit(2)):
        assert written(query, pretty=pretty, rows_in_tree=number) == written(query, pretty=pretty, rows_in_tree=99)


def thousands(number: int) -> ir.Table:
    day = time_of.date(2024, 1, 1)
    columns = {
        "id": list(range(number)),
        "name": [f"it's \\ {n}" for n in range(number)],
        "price": [Decimal(n) / 100 for n in range(number)],
        "day": [day + time_of.timedelta(n % 366) for n in range(number)],
    }
    return ibis.memtable(
        pa.table(columns), schema={"id": "int64", "name": "string", "price": "decimal(12, 2)", "day": "date"}
    )


def test_ten_thousand_rows_take_little_time() -> None:
    table = thousands(10_000)
    ibis.to_sql(table.limit(1), dialect="redshift")
    began = time.process_time()
    text = ibis.to_sql(table.group_by("day").agg(total=table.price.sum()), dialect="redshift")
    assert time.process_time() - began < 2, "it takes about 0.3 s on a machine that is idle"
    assert text.count("UNION ALL") == 9_999


def test_rows_that_are_only_text_keep_their_values(standin_with_sales: StandIn) -> None:
    table = thousands(600)
    even = table.filter(table.id % 2 == 0)
    asked = even.agg(n=even.count(), total=even.price.sum(), last=even.day.max(), name=even.name.max())
    (row,) = standin_with_sales.query(ibis.to_sql(asked, dialect="redshift"))
    assert row == (300, Decimal("897.00"), time_of.date(2024, 12, 30), "it's \\ 98")


@pytest.mark.parametrize("name", ["xmin", "A" * 130])
def test_the_names_of_columns_are_checked(name: str) -> None:
    with pytest.raises(RefusedByRedshift):
        ibis.to_sql(ibis.memtable({name: list(range(300))}).mutate(z=1), dialect="redshift")


def test_more_rows_than_a_statement_should_hold_are_refused() -> None:
    with pytest.raises(com.UnsupportedOperationError, match="10,001 rows is too large"):
        ibis.to_sql(ibis.memtable({"a": list(range(10_001))}), dialect="redshift")
    with pytest.raises(RefusedByRedshift, match="16 MB"):
        ibis.to_sql(ibis.memtable({"a": ["x" * 5_000] * 4_000}), dialect="redshift")
