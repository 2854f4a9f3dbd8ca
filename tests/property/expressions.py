"""Random queries over two small tables, which keep the column ``k``, and random rows for the tables."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
from hypothesis import strategies as st

SCHEMA = {"id": "int64", "k": "int64", "d": "int64", "v": "int64"}
NAMES = ("first", "second")
Rows = list[tuple[int | None, ...]]
Step = Callable[[ir.Table], ir.Table]
VALUES = st.one_of(st.none(), st.integers(0, 3))


def table_rows() -> st.SearchStrategy[Rows]:
    """Draw rows of a table, with NULLs and repeated ids."""
    return st.lists(st.tuples(VALUES, VALUES, st.integers(0, 3), st.integers(0, 5)), max_size=9)


def _other() -> ir.Table:
    return ibis.table(SCHEMA, name="second").view()


def _number(rows: ir.Table, *group: str) -> ir.Table:
    order = [rows[name].asc(nulls_first=False) for name in ("d", "v", "id", "k")]
    return rows.mutate(v=ibis.row_number().over(group_by=[rows[name] for name in group], order_by=order))


def _first_per(rows: ir.Table, *group: str, required: bool = True) -> ir.Table:
    order = [rows[name].asc(nulls_first=False) for name in ("d", "v", "id", "k")]
    position = ibis.row_number().over(group_by=[rows[name] for name in group], order_by=order)
    conditions = [rows[name].notnull() for name in group if required]
    return rows.filter(*conditions, position < 1)


def _joined(rows: ir.Table, how: str, *columns: str) -> ir.Table:
    other = _other()
    joined = rows.join(other, [rows[name] == other[name] for name in columns], how=how, rname="{name}_of_other")  # type: ignore[arg-type]
    if how in ("semi", "anti"):
        return joined
    return joined.select(id=joined.id, k=joined.k, d=joined.d, v=joined.v + joined.v_of_other.fill_null(0))


def _joined_with_sums(rows: ir.Table, column: str) -> ir.Table:
    other = _other()
    sums = other.group_by(column).agg(total=other.v.sum())
    joined = rows.left_join(sums, column, rname="{name}_of_sums")
    return joined.select(id=joined.id, k=joined.k, d=joined.d, v=joined.total.fill_null(-1))


def _grouped(rows: ir.Table, *group: str) -> ir.Table:
    rest = [name for name in SCHEMA if name not in group]
    grouped = rows.group_by(list(group)).agg(**{name: rows[name].max() for name in rest})
    return grouped.select(*SCHEMA)


STEPS: tuple[Step, ...] = (
    lambda t: t.filter(t.v > 1),
    lambda t: t.filter(t.d <= 2),
    lambda t: t.select(id=t.id, k=t.k, d=t.d, v=t.v * 2),
    lambda t: t.select(id=t.k, k=t.id, d=t.d, v=t.v),
    lambda t: t.select(id=t.id, k=t.k + 1, d=t.d, v=t.v),
    lambda t: _number(t, "k"),
    lambda t: _number(t, "k", "d"),
    lambda t: _number(t, "id"),
    lambda t: _number(t),
    lambda t: _first_per(t, "id"),
    lambda t: _first_per(t, "id", "d"),
    lambda t: _first_per(t, "k"),
    lambda t: _first_per(t, "id", required=False),
    lambda t: _grouped(t, "k"),
    lambda t: _grouped(t, "k", "d"),
    lambda t: _grouped(t, "d"),
    lambda t: _joined(t, "inner", "k"),
    lambda t: _joined(t, "left", "k"),
    lambda t: _joined(t, "inner", "id"),
    lambda t: _joined(t, "left", "id"),
    lambda t: _joined(t, "left", "id", "d"),
    lambda t: _joined(t, "semi", "k"),
    lambda t: _joined(t, "anti", "id"),
    lambda t: _joined(t, "semi", "id"),
    lambda t: _joined_with_sums(t, "k"),
    lambda t: _joined_with_sums(t, "id"),
    lambda t: ibis.union(t, _other()),
    lambda t: ibis.union(t, t.filter(t.d > 0), distinct=True),
    lambda t: ibis.difference(t, _other()),
    lambda t: ibis.intersect(t, _other()),
    lambda t: t.distinct(),
    lambda t: t.order_by(list(SCHEMA)).limit(2),
    lambda t: t.fill_null({"k": 0}),
    lambda t: t.filter(t.v > _other().v.mean().fill_null(0)),
    lambda t: t.filter(t.id.isin(_other().id)),
    lambda t: t.mutate(v=t.v - t.v.min().over(group_by=t.k)),
    lambda t: t.mutate(v=t.v.max().over(group_by=t.k) - t.v.min().over(group_by=t.id)),
    lambda t: t.filter(t.id.notnull(), t.v.max().over(group_by=[t.k, t.id]) >= t.v.min().over(group_by=t.id)),
)


@st.composite
def queries(draw: st.DrawFn) -> ir.Table:
    """Draw a query with the columns of ``SCHEMA``."""
    query = ibis.table(SCHEMA, name="first")
    for step in draw(st.lists(st.sampled_from(STEPS), max_size=5)):
        query = step(query)
    return query.select(*SCHEMA) if tuple(query.columns) != tuple(SCHEMA) else query
