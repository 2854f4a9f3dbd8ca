"""Aggregates that sort in any number of orders have DuckDB's rows, in any groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import ibis.expr.types as ir
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.redshift.both_engines import BothEngines, both_engines
from tests.engines.redshift.extremes import TABLE, TABLES

SORTING: dict[str, Callable[[ir.Table], ir.Scalar]] = {
    "median_of_small": lambda t: t.small.median(),
    "median_of_share": lambda t: t.share.median(),
    "median_of_some": lambda t: t.share.median(where=t.flag),
    "half_of_share": lambda t: t.share.quantile(0.5),
    "first_quarter": lambda t: t.share.quantile(0.25),
    "quarter_of_some": lambda t: t.amount.quantile(0.25, where=~t.flag),
    "names": lambda t: t.name.group_concat("|", order_by=t.k),
    "names_backwards": lambda t: t.name.group_concat("|", order_by=t.k.desc()),
    "names_of_some": lambda t: t.name.group_concat("|", order_by=t.k, where=t.flag),
    "range": lambda t: t.share.max() - t.share.median(),
    "rows": lambda t: t.count(),
    "all": lambda t: t.flag.all(),
    "days": lambda t: t.day.nunique(),
    "copies": lambda t: t.nunique(),
    "last_name": lambda t: t.name.argmax(t.k),
}
GROUPS = ("flag", "name", "day", "small", "share", "amount", "ts")


@pytest.fixture(scope="module")
def engines() -> Iterator[BothEngines]:
    with both_engines(TABLES, "extremes") as opened:
        yield opened


@given(
    st.lists(st.sampled_from(sorted(SORTING)), min_size=1, max_size=5, unique=True),
    st.lists(st.sampled_from(GROUPS), max_size=2, unique=True),
    st.booleans(),
)
def test_rows_are_those_of_duckdb(engines: BothEngines, metrics: list[str], groups: list[str], has_rows: bool) -> None:
    table = TABLE if has_rows else TABLE.filter(TABLE.k > 99)
    values = {f"m_{name}": SORTING[name](table) for name in metrics}
    expression = table.group_by(groups).agg(**values) if groups else table.agg(**values)

    expected, found = engines.rows(expression)

    assert found == expected
