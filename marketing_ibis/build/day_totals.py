"""Add up the rows and the amounts of a query by day, without computing what does not count for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.build.row_keys import rebind

Condition = Callable[[ir.Column], ir.BooleanColumn]


@dataclass(frozen=True, slots=True)
class DayColumns:
    """The column of a query that says the day, and those that are added up."""

    watermark: str
    amounts: tuple[str, ...] = ()


def day_totals(rows: ir.Table, columns: DayColumns, is_counted: Condition) -> tuple[ir.Table, ...]:
    """Return queries of ``day``, ``rows`` and the amounts, whose sum by day is that of ``rows``.

    ``is_counted`` says of the watermark whether a row counts. The sums of a left join with sums are those of a join
    with what these are sums of, which saves the grouping.
    """
    parts = _without_grouping(rows.op(), columns)
    if parts is None:
        return (_totals(rows, columns, is_counted, is_row=True, summed=columns.amounts),)
    counted, joined = parts
    return (
        _totals(counted, columns, is_counted, is_row=True, summed=()),
        _totals(joined, columns, is_counted, is_row=False, summed=columns.amounts),
    )


def _totals(
    rows: ir.Table, columns: DayColumns, is_counted: Condition, *, is_row: bool, summed: Sequence[str]
) -> ir.Table:
    counted = rows.filter(is_counted(rows[columns.watermark]))
    sums = {name: _sum(counted[name]) for name in summed}
    by_day = counted.group_by(day=counted[columns.watermark].cast("date")).agg(rows=counted.count(), **sums)
    zero = ibis.literal(0, "int64")
    values = {name: by_day[name] if name in summed else zero for name in columns.amounts}
    return by_day.select(day=by_day.day, rows=by_day.rows if is_row else zero, **values)


def _sum(column: ir.Column) -> ir.Scalar:
    dtype = column.type()
    return column.sum().cast(f"decimal(38, {dtype.scale})" if dtype.is_decimal() else "int64").fill_null(0)


def _without_grouping(rows: ops.Relation, columns: DayColumns) -> tuple[ir.Table, ir.Table] | None:
    """Return the rows to be counted and those with the amounts, of a left join with sums by the columns that join."""
    if not isinstance(rows, ops.JoinChain) or len(rows.rest) != 1 or not columns.amounts:
        return None
    (link,), first = rows.rest, rows.first
    grouped = link.table.parent
    day = rows.values[columns.watermark]
    if link.how != "left" or not isinstance(grouped, ops.Aggregate) or not _uses_only(day, first):
        return None
    pairs = [_pair(predicate, link.table) for predicate in link.predicates]
    amounts = {name: _summed(rows.values[name], link.table, grouped) for name in columns.amounts}
    is_per_group = {name for name, _ in filter(None, pairs)} == set(grouped.groups) and None not in pairs
    if not is_per_group or any(amount is None for amount in amounts.values()):
        return None
    table = ops.JoinReference(grouped.parent, link.table.identifier)
    over = {grouped.parent: table}
    predicates = [ops.Equals(other, rebind(grouped.groups[name], over)) for name, other in filter(None, pairs)]
    values: Mapping[str, ops.Value] = {name: rebind(value, over) for name, value in amounts.items() if value}
    joined = ops.JoinChain(
        first, (ops.JoinLink("inner", table, tuple(predicates)),), {columns.watermark: day, **values}
    )
    counted = ops.Project(first.parent, {columns.watermark: rebind(day, {first: first.parent})})
    return counted.to_expr(), ir.Table(joined)


def _uses_only(value: ops.Value, table: ops.Relation) -> bool:
    return {field.rel for field in value.find(ops.Field, filter=ops.Value)} == {table}


def _pair(predicate: ops.Value, table: ops.Relation) -> tuple[str, ops.Value] | None:
    """Return the column of ``table`` that a predicate compares, and what it must equal."""
    if not isinstance(predicate, ops.Equals):
        return None
    for column, other in ((predicate.left, predicate.right), (predicate.right, predicate.left)):
        if isinstance(column, ops.Field) and column.rel == table and table not in other.relations:
            return column.name, other
    return None


def _summed(value: ops.Value, table: ops.Relation, grouped: ops.Aggregate) -> ops.Value | None:
    """Return what ``value`` is the sum of, if it is one that counts as 0 where there is none."""
    if isinstance(value, ops.Coalesce) and len(value.arg) == 2:
        value, default = value.arg
        if not (isinstance(default, ops.Literal) and default.value == 0):
            return None
    if not isinstance(value, ops.Field) or value.rel != table:
        return None
    metric = grouped.metrics.get(value.name)
    return metric.arg if isinstance(metric, ops.Sum) and metric.where is None else None
