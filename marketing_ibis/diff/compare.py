"""Compare two tables of one database with one or two statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir

from marketing_ibis.diff.expressions import (
    ADDED,
    AFTER,
    BEFORE,
    CHANGED,
    DISTANCE_KINDS,
    MOVED,
    REMOVED,
    bag_totals,
    examples,
    totals,
)
from marketing_ibis.diff.pairs import MONEY_SCALE, ComparedColumn, Pair
from marketing_ibis.diff.records import ColumnDifference, Distance, Key, Number, TableDifference, Transition
from marketing_ibis.engines.target import Target

Row = Mapping[str, Any]
UNITS = {"money": "cents", "date": "days", "timestamp": "seconds"}
CENTS = 10**MONEY_SCALE


def compare_tables(pair: Pair, target: Target, tolerance: float) -> TableDifference:
    """Return how the two tables of ``pair`` differ; doubles within ``tolerance``, relatively, are equal.

    Without a key, or where the key is not unique, they are compared as bags of whole rows.
    """
    if not pair.key:
        return _compare_bags(pair, target, "it has no key")
    (row,) = _query(totals(pair, tolerance), pair, target)
    if row["empty_keys"]:
        return _compare_bags(pair, target, f"its key {_names(pair.key)} contains NULL")
    for relation, count, side in ((pair.before, "removed", BEFORE), (pair.after, "added", AFTER)):
        if row["matched"] + row[count] != row[f"rows_{side}"]:
            # A key that occurs twice on the one side shows in the rows of the other.
            other = pair.after if relation == pair.before else pair.before
            return _compare_bags(pair, target, f"its key {_names(pair.key)} is not unique in {other}")
    difference = TableDifference(
        pair.name,
        tuple(column.name for column in pair.key),
        pair.schema,
        row[f"rows_{BEFORE}"],
        row[f"rows_{AFTER}"],
        row["removed"],
        row["added"],
        row["changed"],
    )
    numbers = [number for number in range(len(pair.columns)) if row[f"rows_{number}"]]
    samples = _query_examples(pair, target, tolerance, row, numbers)
    return replace(
        difference,
        columns=tuple(_column_difference(pair.columns[number], number, row, samples) for number in numbers),
        removed_keys=samples.keys(REMOVED),
        added_keys=samples.keys(ADDED),
    )


def _compare_bags(pair: Pair, target: Target, reason: str) -> TableDifference:
    (row,) = _query(bag_totals(pair), pair, target)
    counts = (row["rows_before"], row["rows_after"], row["removed"], row["added"])
    return TableDifference(pair.name, (), pair.schema, *counts, reason=reason)


@dataclass(frozen=True, slots=True)
class _Examples:
    """The rows that explain differences, in order."""

    rows: Sequence[Row]
    key_columns: int

    def keys(self, part: str, number: int = -1) -> tuple[Key, ...]:
        """Return the keys that are examples of a part, or of a column's difference."""
        return tuple(
            tuple(row[f"key_{place}"] for place in range(self.key_columns))
            for row in self.rows
            if (row["part"], row["number"]) == (part, number)
        )

    def transitions(self, number: int) -> tuple[Transition, ...]:
        """Return the most frequent transitions of a column."""
        return tuple(
            Transition(row["before"], row["after"], row["rows"])
            for row in self.rows
            if (row["part"], row["number"]) == (MOVED, number)
        )


def _query_examples(pair: Pair, target: Target, tolerance: float, row: Row, numbers: Sequence[int]) -> _Examples:
    parts = [part for part in (REMOVED, ADDED) if row[part]]
    expression = examples(pair, tolerance, parts, numbers) if parts or numbers else None
    rows = [] if expression is None else _query(expression, pair, target)
    return _Examples(sorted(rows, key=lambda row: row["place"]), len(pair.key))


def _query(expression: ir.Table, pair: Pair, target: Target) -> list[dict[str, Any]]:
    dialect = target.dialect
    select = dialect.resolve(dialect.select(expression), {BEFORE: pair.before, AFTER: pair.after})
    (approved,) = dialect.approve((select,), f"{pair.name} cannot be compared on {dialect.name}")
    return [dict(zip(expression.columns, row, strict=True)) for row in target.query(approved)]


def _column_difference(column: ComparedColumn, number: int, row: Row, samples: _Examples) -> ColumnDifference:
    return ColumnDifference(
        column.name,
        column.kind,
        row[f"rows_{number}"],
        row[f"became_null_{number}"],
        row[f"was_null_{number}"],
        distance=_distance(column, number, row),
        transitions=samples.transitions(number),
        keys=samples.keys(CHANGED, number),
        personal=column.personal,
    )


def _distance(column: ComparedColumn, number: int, row: Row) -> Distance | None:
    rows = row[f"rows_{number}"] - row[f"became_null_{number}"] - row[f"was_null_{number}"]
    if column.personal or column.kind not in DISTANCE_KINDS or not rows:
        return None
    total, least, greatest = (_scaled(column, row[f"{name}_{number}"]) for name in ("total", "least", "greatest"))
    unit = UNITS.get(column.kind, column.unit)
    shares = (row.get(f"to_before_{number}"), row.get(f"to_after_{number}"))
    return Distance(unit, rows, total, least, greatest, *shares)


def _scaled(column: ComparedColumn, value: Any) -> Number:
    """Return a difference in the unit in which it is shown, as an integer where it is one."""
    if column.kind == "money":
        return int(value * CENTS)
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value  # type: ignore[no-any-return]


def _names(key: Sequence[ComparedColumn]) -> str:
    return ", ".join(column.name for column in key)
