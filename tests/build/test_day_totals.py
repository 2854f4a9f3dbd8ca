"""The rows and amounts of a query by day are the same whether its groups are computed or not."""

from __future__ import annotations

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pytest
from hypothesis import given

from marketing_ibis.build.day_totals import DayColumns, day_totals
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from tests.property.expressions import NAMES, SCHEMA, Rows, table_rows

DIALECT = ENGINES["duckdb"].dialect()
COLUMNS = DayColumns("day", ("total", "half"))
PLACES = {name: Relation("main", name) for name in NAMES}


def sales(*, where: bool = False) -> ir.Table:
    """Return orders with the sums of their payments."""
    orders, payments = (ibis.table(SCHEMA, name=name) for name in NAMES)
    is_large = payments.v > 2
    sums = payments.group_by("id").agg(
        total=payments.v.sum(where=is_large) if where else payments.v.sum(), half=(payments.v * payments.d).sum()
    )
    joined = orders.left_join(sums, "id", rname="{name}_of_sums")
    day = ibis.date("2024-01-01") + orders.d * ibis.interval(days=1)
    numbered = joined.select(
        "id", day=day, total=joined.total.fill_null(0), half=joined.half, position=ibis.row_number().over(group_by="k")
    )
    assert isinstance(numbered.op(), ops.JoinChain)
    return numbered


def add_up(first: Rows, second: Rows, parts: tuple[ir.Table, ...]) -> dict[object, list[int]]:
    totals: dict[object, list[int]] = {}
    with duckdb.connect() as connection:
        for name, rows in (("first", first), ("second", second)):
            connection.execute(f"CREATE TABLE {name} (id BIGINT, k BIGINT, d BIGINT, v BIGINT)")
            if rows:
                connection.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?)", rows)
        for part in parts:
            select = DIALECT.resolve(DIALECT.text(DIALECT.tree(part)), PLACES)
            for day, *numbers in connection.execute(select).fetchall():
                totals[day] = [a + b for a, b in zip(totals.get(day, [0, 0, 0]), numbers, strict=True)]
    return totals


@given(first=table_rows(), second=table_rows())
def test_the_parts_add_up_to_the_whole(first: Rows, second: Rows) -> None:
    query = sales()
    parts = day_totals(query, COLUMNS, lambda day: day > ibis.date("2024-01-01"))
    assert len(parts) == 2
    assert not any(part.op().find(ops.WindowFunction) for part in parts)
    grouped = query.filter(query.day > ibis.date("2024-01-01")).group_by("day")
    whole = grouped.agg(
        rows=lambda t: t.count(), total=lambda t: t.total.sum(), half=lambda t: t.half.sum().fill_null(0)
    )
    assert add_up(first, second, parts) == add_up(first, second, (whole,))


@pytest.mark.parametrize("query", [sales(where=True), sales().distinct()], ids=["sums of some rows", "not a join"])
def test_other_queries_are_added_up_as_they_are(query: ir.Table) -> None:
    assert len(day_totals(query, COLUMNS, lambda day: day.notnull())) == 1
