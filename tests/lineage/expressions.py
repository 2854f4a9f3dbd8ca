"""Draw expressions over two small tables, and rows to fill them with."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from hypothesis import strategies as st

COLUMNS = {"t": ("a", "b", "c"), "s": ("d", "e")}
T, S = (ibis.table(dict.fromkeys(names, "int64"), name=table) for table, names in COLUMNS.items())
MIN_ROWS, MAX_ROWS, MAX_COLUMNS = 3, 7, 4
VALUES = st.one_of(st.none(), st.integers(0, 3))
Rows = dict[str, dict[str, list[int | None]]]


Step = Callable[[ir.Table, ir.Column, ir.Column], ir.Table]
# The subquery is added to a column, since Ibis 12.0 gives the same subquery one name if it is selected twice.
STEPS: dict[str, Step] = {
    "filter": lambda t, x, y: t.filter(x > 1),
    "filter on a window": lambda t, x, y: t.filter(x == y.max().over(group_by=x)),
    "in a subquery": lambda t, x, y: t.filter(x.isin(S.filter(S.e > 1).d)),
    "exists": lambda t, x, y: t.filter((x == S.view().d).any()),
    "sum of two": lambda t, x, y: t.mutate(new=x + y),
    "case": lambda t, x, y: t.mutate(new=ibis.cases((x > 1, y), else_=7)),
    "scalar of a subquery": lambda t, x, y: t.mutate(new=x + S.filter(S.d > 1).e.sum().as_scalar()),
    "count of a subquery": lambda t, x, y: t.mutate(new=x + S.filter(S.d > 1).count().as_scalar()),
    "sum of a group": lambda t, x, y: t.mutate(new=x.sum().over(group_by=y)),
    "running sum": lambda t, x, y: t.mutate(new=x.sum().over(ibis.cumulative_window(order_by=_all(t, first=y)))),
    "lag": lambda t, x, y: t.mutate(new=x.lag().over(order_by=_all(t, first=y))),
    "rank": lambda t, x, y: t.mutate(new=ibis.rank().over(group_by=x, order_by=y)),
    "first of a group": lambda t, x, y: t.mutate(new=y.first(order_by=_all(t)).over(group_by=x)),
    "sums": lambda t, x, y: t.group_by(k=x).agg(of=y.sum()),
    "counts": lambda t, x, y: t.group_by(k=x).agg(some=t.count(where=y > 1)),
    "value at the greatest": lambda t, x, y: t.agg(at=x.min(where=y == _greatest(t, y))),
    "first of an order": lambda t, x, y: t.agg(first=x.first(order_by=_all(t, first=y), where=y > 0)),
    "all counted": lambda t, x, y: t.agg(n=t.count(), different=x.nunique(), of=y.max()),
    "inner join": lambda t, x, y: t.inner_join(other := S.view(), x == other.d),
    "left join": lambda t, x, y: t.left_join(other := S.view(), (x == other.d) & (other.e > 0)),
    "anti join": lambda t, x, y: t.anti_join(other := S.view(), x == other.e),
    "self join": lambda t, x, y: t.left_join(other := t.view(), x == other[y.get_name()]),
    "outer join": lambda t, x, y: t.outer_join(other := S.view(), x == other.d),
    "distinct": lambda t, x, y: t.select(k=x, v=y).distinct(),
    "union": lambda t, x, y: t.select(k=x, v=y).union(S.filter(S.d > 1).select(k=S.e, v=S.e)),
    "union of distinct": lambda t, x, y: t.select(k=x, v=y).union(S.select(k=S.d, v=S.e), distinct=True),
    "difference": lambda t, x, y: t.select(k=x, v=y).difference(S.select(k=S.d, v=S.e)),
    "intersection": lambda t, x, y: t.select(k=x, v=y).intersect(S.select(k=S.d, v=S.e)),
    "limit": lambda t, x, y: t.order_by(_all(t, first=y)).limit(2),
    "nulls dropped": lambda t, x, y: t.drop_null([x.get_name()]),
    "nulls filled": lambda t, x, y: t.fill_null({x.get_name(): 9}),
    "dropped": lambda t, x, y: t.drop(x.get_name()) if len(t.columns) > 1 else t,
}


def _all(t: ir.Table, *, first: ir.Column | None = None) -> list[ir.Column]:
    # Operations that pick by position need an order without ties.
    ahead = [] if first is None else [first.get_name()]
    return [t[name] for name in dict.fromkeys((*ahead, *t.columns))]


def _greatest(t: ir.Table, y: ir.Column) -> ir.Scalar:
    return t.agg(y=y.max()).y.as_scalar()


@st.composite
def expressions(draw: st.DrawFn, step: str) -> ir.Table:
    """Draw a table of a few whole numbers, made from ``t`` and ``s`` with ``step`` and one or two others."""
    others = st.sampled_from(list(STEPS))
    before, after = (draw(st.lists(others, max_size=1)) for _ in range(2))
    table = T
    for name in (*before, step, *after):
        columns = st.sampled_from(table.columns)
        table = STEPS[name](table, table[draw(columns)], table[draw(columns)])
        # The new column is last, and is kept.
        kept = (*table.columns[-1:], *table.columns[:-1])[:MAX_COLUMNS]
        table = table.select(**{f"x{place}": table[name].cast("int64") for place, name in enumerate(kept)})
    return table


@st.composite
def rows(draw: st.DrawFn) -> Rows:
    """Draw the rows of ``t`` and ``s``."""
    counts = {table: draw(st.integers(MIN_ROWS, MAX_ROWS)) for table in COLUMNS}
    return {
        table: {name: draw(st.lists(VALUES, min_size=counts[table], max_size=counts[table])) for name in names}
        for table, names in COLUMNS.items()
    }


def fill(con: duckdb.DuckDBPyConnection, content: Rows) -> None:
    """Create ``t`` and ``s`` with these rows."""
    for table, columns in content.items():
        con.register(table, pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()}))


def results(con: duckdb.DuckDBPyConnection, sql: str, held: Rows) -> dict[str, list[str]]:
    """Return what each column of a query contains, sorted."""
    fill(con, held)
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    return {name: sorted(repr(row[place]) for row in rows) for place, name in enumerate(names)}
