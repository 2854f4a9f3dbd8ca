"""Express the comparison of two tables: one row of totals, then the rows that explain the differences."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt

from marketing_ibis.diff.pairs import ComparedColumn, Pair

if TYPE_CHECKING:
    import ibis.expr.types as ir

BEFORE, AFTER = "diff_before", "diff_after"
"""Names that an expression has for the two tables."""
MOST_KEYS, MOST_TRANSITIONS = 5, 10
"""How many keys and transitions are examples of a difference."""
REMOVED, ADDED, CHANGED, MOVED = "removed", "added", "changed", "moved"
"""Parts of the rows that explain the differences."""
DISTANCE_KINDS = frozenset({"money", "number", "date", "timestamp"})
WIDE = dt.Decimal(38, 0)
"""Holds the difference of any two integers, and sums of them."""


def totals(pair: Pair, tolerance: float) -> ir.Table:
    """Return the one row that counts the rows of each side, those in common, and the differences of each column.

    Rows are counted twice, next to the join and in it: a key that is not unique shows in that the counts disagree.
    """
    joined = _joined(pair, tolerance)
    is_matched = joined.in_before.notnull() & joined.in_after.notnull()
    values: dict[str, ir.Value] = {
        "matched": joined.count(where=is_matched),
        "removed": joined.count(where=joined.in_after.isnull()),
        "added": joined.count(where=joined.in_before.isnull()),
        "changed": joined.count(where=joined.is_changed),
        "empty_keys": joined.count(where=joined.is_empty_key),
    }
    for number, column in enumerate(pair.columns):
        values |= _column_totals(joined, number, column)
    counted = [
        ibis.table(ibis.schema(dict(columns)), name=name).agg(**{f"rows_{name}": lambda table: table.count()})
        for name, columns in ((BEFORE, pair.before_columns), (AFTER, pair.after_columns))
    ]
    return reduce(lambda row, count: row.cross_join(count), counted, joined.agg(**values))


def _column_totals(joined: ir.Table, number: int, column: ComparedColumn) -> dict[str, ir.Value]:
    differs, before, after = (joined[f"{part}_{number}"] for part in ("differs", "before", "after"))
    values = {
        f"rows_{number}": joined.count(where=differs),
        f"became_null_{number}": joined.count(where=differs & after.isnull()),
        f"was_null_{number}": joined.count(where=differs & before.isnull()),
    }
    if column.personal or column.kind not in DISTANCE_KINDS:
        return values
    distance = ibis.ifelse(differs, _distance(before, after, column), None)
    values |= {
        f"total_{number}": distance.sum(),
        f"least_{number}": distance.min(),
        f"greatest_{number}": distance.max(),
    }
    if column.kind in ("money", "number"):
        size = distance.cast("float64").abs()
        values |= {
            f"{side}_{number}": (size / value.cast("float64").abs().nullif(0.0)).max()
            for side, value in (("to_before", before), ("to_after", after))
        }
    return values


def _distance(before: Any, after: Any, column: ComparedColumn) -> Any:
    if column.kind == "date":
        return after.delta(before, unit="day")
    if column.kind == "timestamp":
        return after.delta(before, unit="second")
    if column.dtype.is_integer():
        return after.cast(WIDE) - before.cast(WIDE)
    return after - before


def _joined(pair: Pair, tolerance: float) -> ir.Table:
    """Return both tables joined on their key, with a column that says whether a row differs, for each column."""
    before, after = _side(pair, BEFORE, "before"), _side(pair, AFTER, "after")
    names = [name.removesuffix("_before") for name in before.columns if name.startswith(("key_", "absent_"))]
    joined = before.outer_join(after, [before[f"{name}_before"] == after[f"{name}_after"] for name in names])
    is_matched = joined.in_before.notnull() & joined.in_after.notnull()
    differences = {
        f"differs_{number}": is_matched
        & _differs(joined[f"before_{number}"], joined[f"after_{number}"], column, tolerance)
        for number, column in enumerate(pair.columns)
    }
    joined = joined.mutate(**differences) if differences else joined
    return joined.mutate(
        is_changed=_any(joined[name] for name in differences),
        is_empty_key=_any(
            joined[f"key_{number}_before"].isnull() & joined[f"key_{number}_after"].isnull()
            for number, column in enumerate(pair.key)
            if not column.nullable
        ),
    )


def _any(conditions: Iterator[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(or_, conditions, ibis.literal(False))


def _side(pair: Pair, name: str, side: str) -> ir.Table:
    """Return one table with names that the other does not have, and the types as which values are compared.

    Engines join on equality alone, so a key that may be NULL is joined on a value in its place and a flag.
    """
    schema = pair.before_columns if side == "before" else pair.after_columns
    table = ibis.table(ibis.schema(dict(schema)), name=name)
    columns: dict[str, ir.Value] = {f"in_{side}": ibis.literal(1)}
    for number, column in enumerate(pair.key):
        value = _value(table, column)
        columns[f"shown_{number}_{side}"] = value
        columns[f"key_{number}_{side}"] = value.fill_null(_substitute(column)) if column.nullable else value
        if column.nullable:
            columns[f"absent_{number}_{side}"] = ibis.ifelse(value.isnull(), 1, 0)
    for number, column in enumerate(pair.columns):
        columns[f"{side}_{number}"] = _value(table, column)
    return table.select(**columns)


def _value(table: ir.Table, column: ComparedColumn) -> Any:
    value = table[column.name]
    same = value.type().copy(nullable=True) == column.dtype
    return value if same else value.cast(column.dtype)


def _substitute(column: ComparedColumn) -> ir.Scalar:
    """Return a value of the type of a key column."""
    if column.dtype.is_string():
        return ibis.literal("")
    if column.dtype.is_date():
        return ibis.date(1970, 1, 1)
    if column.dtype.is_timestamp():
        return ibis.timestamp(1970, 1, 1, 0, 0, 0)
    return ibis.literal(False) if column.dtype.is_boolean() else ibis.literal(0).cast(column.dtype)


def _differs(before: Any, after: Any, column: ComparedColumn, tolerance: float) -> ir.BooleanValue:
    differs = before != after
    if column.dtype.is_floating() and tolerance:
        # Strictly less: infinity is not within any tolerance of a number.
        size = (after - before).abs()
        is_close = (size < before.abs() * tolerance) & (size < after.abs() * tolerance)
        differs = differs & ~is_close
    return ibis.cases(
        (before.isnull() & after.isnull(), False), (before.isnull() | after.isnull(), True), else_=differs
    )


def examples(pair: Pair, tolerance: float, parts: Collection[str], numbers: Collection[int]) -> ir.Table | None:
    """Return rows that explain differences: keys of the ``parts`` and of the columns ``numbers``, and transitions.

    Each has a ``part``, the number of its column, its ``place`` among those of its part, the values before and after
    and their rows, and the key. None where nothing may be shown.
    """
    joined = _joined(pair, tolerance)
    joined = joined.filter(joined.in_before.isnull() | joined.in_after.isnull() | joined.is_changed)
    tables: list[ir.Table] = []
    if pair.shows_keys:
        if REMOVED in parts:
            tables.append(_keys(pair, joined.filter(joined.in_after.isnull()), REMOVED, -1, "before"))
        if ADDED in parts:
            tables.append(_keys(pair, joined.filter(joined.in_before.isnull()), ADDED, -1, "after"))
        tables += [
            _keys(pair, joined.filter(joined[f"differs_{number}"]), CHANGED, number, "before") for number in numbers
        ]
    tables += [
        _transitions(pair, joined, number)
        for number in numbers
        if pair.columns[number].kind == "label" and not pair.columns[number].personal
    ]
    return ibis.union(*tables) if len(tables) > 1 else next(iter(tables), None)


def _keys(pair: Pair, rows: ir.Table, part: str, number: int, side: str) -> ir.Table:
    keys = [f"shown_{place}_{side}" for place in range(len(pair.key))]
    first = rows.select(*keys).order_by(keys).limit(MOST_KEYS)
    return first.select(
        part=ibis.literal(part),
        number=ibis.literal(number, type="int64"),
        place=ibis.row_number().over(order_by=[first[key] for key in keys]).cast("int64"),
        before=ibis.null("string"),
        after=ibis.null("string"),
        rows=ibis.literal(1, type="int64"),
        **{f"key_{place}": first[key].cast("string") for place, key in enumerate(keys)},
    )


def _transitions(pair: Pair, joined: ir.Table, number: int) -> ir.Table:
    differing = joined.filter(joined[f"differs_{number}"])
    labels = differing.select(
        before=differing[f"before_{number}"].cast("string"), after=differing[f"after_{number}"].cast("string")
    )
    counted = labels.group_by("before", "after").agg(rows=lambda table: table.count())
    order = [ibis.desc("rows"), "before", "after"]
    first = counted.order_by(order).limit(MOST_TRANSITIONS)
    return first.select(
        part=ibis.literal(MOVED),
        number=ibis.literal(number, type="int64"),
        place=ibis.row_number().over(order_by=[first.rows.desc(), first.before, first.after]).cast("int64"),
        before=first.before,
        after=first.after,
        rows=first.rows,
        **{f"key_{place}": ibis.null("string") for place in range(len(pair.key))},
    )


def bag_totals(pair: Pair) -> ir.Table:
    """Return the one row that counts the whole rows of each side, and those that the other has fewer of."""
    columns = (*pair.key, *pair.columns)
    sides = []
    for name, schema, counts in ((BEFORE, pair.before_columns, (1, 0)), (AFTER, pair.after_columns, (0, 1))):
        table = ibis.table(ibis.schema(dict(schema)), name=name)
        values = {f"value_{number}": _value(table, column) for number, column in enumerate(columns)}
        sides.append(
            table.select(
                **values,
                n_before=ibis.literal(counts[0], type="int64"),
                n_after=ibis.literal(counts[1], type="int64"),
            )
        )
    both = sides[0].union(sides[1])
    groups = both.group_by([f"value_{number}" for number in range(len(columns))]).agg(
        n_before=both.n_before.sum(), n_after=both.n_after.sum()
    )
    surplus = groups.n_after - groups.n_before
    return groups.agg(
        rows_before=groups.n_before.sum().fill_null(0),
        rows_after=groups.n_after.sum().fill_null(0),
        removed=(-surplus).sum(where=surplus < 0).fill_null(0),
        added=surplus.sum(where=surplus > 0).fill_null(0),
    )
