"""What the questions of TPC-DS share: the three channels by the same names, and joins with what describes a sale."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import ibis
import ibis.expr.types as ir

from tests.engines.redshift.tpcds.tables import Tables

STORE, CATALOG, WEB = "store", "catalog", "web"
CHANNELS = (STORE, CATALOG, WEB)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
Condition = ir.BooleanValue | ibis.Deferred


def sales(t: Tables, channel: str) -> ir.Table:
    """Return a channel's sales, whose buyer is who pays."""
    rows: ir.Table = getattr(t, f"{channel}_sales")
    short = {name[3:].removeprefix("bill_").replace("ticket_", "order_"): name for name in rows.columns}
    return rows.select(**short)


def returns(t: Tables, channel: str) -> ir.Table:
    """Return a channel's returns, whose customer is who sends something back."""
    rows: ir.Table = getattr(t, f"{channel}_returns")
    short = {name[3:].removeprefix("returning_").replace("ticket_", "order_"): name for name in rows.columns}
    return rows.select(**{name.replace("return_amount", "return_amt"): column for name, column in short.items()})


def with_returns(rows: ir.Table, back: ir.Table, *, how: str = "inner") -> ir.Table:
    """Join sales with what was returned of them."""
    keys = ("item_sk", "order_number")
    named = back.select(
        *(back[name].name(f"r_{name}") for name in back.columns if name not in ("r_item_sk", "r_order_number"))
    )
    return rows.join(named, [rows[key] == named[f"r_{key}"] for key in keys], how=how)


def days(t: Tables, *conditions: Condition) -> ir.Table:
    """Return the days for which the conditions are true."""
    return t.date_dim.filter(*conditions) if conditions else t.date_dim


def on(rows: ir.Table, t: Tables, *conditions: Condition, key: str = "sold_date_sk") -> ir.Table:
    """Join rows with the day on which they happened."""
    return rows.join(days(t, *conditions), [(key, "d_date_sk")])


def of(rows: ir.Table, dimension: ir.Table, key: str, *conditions: Condition) -> ir.Table:
    """Join rows with a dimension, whose first column is its key."""
    filtered = dimension.filter(*conditions) if conditions else dimension
    return rows.join(filtered, [(key, dimension.columns[0])])


def union(*tables: ir.Table, distinct: bool = False) -> ir.Table:
    """Return the rows of all tables."""
    return reduce(lambda left, right: left.union(right, distinct=distinct), tables)


def top(rows: ir.Table, count: int = 100) -> ir.Table:
    """Return the first rows in the order of all columns, which is the same for every engine."""
    return rows.order_by([rows[name].asc(nulls_first=True) for name in rows.columns]).limit(count)


def ratio(part: ir.NumericValue, whole: ir.NumericValue) -> ir.FloatingValue:
    """Divide as doubles; by nothing there is no ratio."""
    return ibis.ifelse(whole > 0, part.cast("float64") / whole.cast("float64"), ibis.null("float64"))


def by_day_of_week(rows: ir.Table, value: ir.NumericColumn, *keys: str) -> ir.Table:
    """Add up a value for each day of the week."""
    totals = {day.lower(): ibis.ifelse(rows.d_day_name == day, value, ibis.null(value.type())).sum() for day in DAYS}
    return rows.group_by(*keys).agg(**totals)


def lateness(rows: ir.Table, first: str, last: str) -> dict[str, ir.IntegerScalar]:
    """Count rows by the days that went by."""
    gone = rows[last] - rows[first]
    edges = (None, 30, 60, 90, 120, None)
    counts = {}
    for low, high in pairwise(edges):
        parts = [*([gone > low] if low else []), *([gone <= high] if high else [])]
        counts[f"days_{low or 0}_to_{high or 'end'}"] = ibis.ifelse(reduce(lambda a, b: a & b, parts), 1, 0).sum()
    return counts
