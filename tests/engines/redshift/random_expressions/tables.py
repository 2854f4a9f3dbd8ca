"""Small tables of every type, and rows for them: with NULLs, empty strings, blanks at ends, negatives and repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import ibis
import ibis.expr.types as ir
from hypothesis import strategies as st

from tests.engines.redshift.both_engines import arrow_table

SCHEMA = "random"
Row = tuple[object, ...]
Rows = Mapping[str, Sequence[Row]]
MAX_ROWS = 7

IN_TOKYO = timezone(timedelta(hours=9))
# The first entry of a menu is the simplest. Doubles are eighths, so that sums are exact in any order.
WHOLES = (1, 0, None, 2, -1, 7, 1, -12)
MENUS: dict[str, tuple[object, ...]] = {
    "small": (*WHOLES, 300),
    "middle": (*WHOLES, 70_000),
    "large": (*WHOLES, 3_000_000_000, -(2**40)),
    "amount": (Decimal("1.00"), Decimal("0.00"), None, Decimal("-2.50"), Decimal("10.05"), Decimal("99999.99")),
    "share": (1.0, 0.0, None, -2.5, 0.125, 1e6, 3.5),
    "name": ("a", "", None, "b", "a ", " a", "A", "ab", "é☃", "x_%y", "O'N\\", "12", "-3"),
    "flag": (True, False, None),
    "day": (date(2024, 2, 29), date(2024, 1, 1), None, date(2023, 12, 31), date(1999, 6, 15), date(2024, 3, 31)),
    "moment": (
        datetime(2024, 2, 29, 12, 30, 5),
        datetime(2024, 1, 1),
        None,
        datetime(2023, 12, 31, 23, 59, 59, 999_000),
        datetime(1969, 7, 20, 20, 17, 40),
    ),
    "instant": (
        datetime(2024, 2, 29, 12, 30, 5, tzinfo=UTC),
        datetime(2024, 1, 1, 3, tzinfo=IN_TOKYO),
        None,
        datetime(2023, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
        datetime(2024, 3, 31, 1, tzinfo=UTC),
    ),
}
TYPES: dict[str, str] = {
    "small": "int16",
    "middle": "int32",
    "large": "int64",
    "amount": "decimal(12, 2)",
    "share": "float64",
    "name": "string",
    "flag": "boolean",
    "day": "date",
    "moment": "timestamp",
    "instant": "timestamp('UTC')",
}
COLUMNS: dict[str, tuple[str, ...]] = {
    "events": tuple(TYPES),
    "others": ("middle", "name", "day", "amount", "instant"),
}
EVENTS, OTHERS = (
    ibis.table({"k": "!int64"} | {column: TYPES[column] for column in columns}, name=name, database=SCHEMA)
    for name, columns in COLUMNS.items()
)
TABLES = {"events": EVENTS, "others": OTHERS}
_MEMORY_ROWS = [(1, "a", Decimal("1.00")), (2, None, Decimal("-2.50")), (None, "b", None), (1, "", Decimal("0.00"))]
# Of Arrow, since Ibis fails to read a decimal that is NULL from its own rows.
IN_MEMORY = ibis.memtable(
    arrow_table(ibis.schema({name: TYPES[name] for name in ("middle", "name", "amount")}), _MEMORY_ROWS)
)
SOURCES: tuple[ir.Table, ...] = (OTHERS, IN_MEMORY)

_WIDTHS = {name: len(columns) for name, columns in COLUMNS.items()}
_SIZE = sum(1 + MAX_ROWS * width for width in _WIDTHS.values())


def rows() -> st.SearchStrategy[Rows]:
    """Draw the rows of both tables as one string of bytes, which is quick and shrinks towards few simple rows."""
    return st.binary(min_size=_SIZE, max_size=_SIZE).map(_rows)


def _rows(drawn: bytes) -> Rows:
    result: dict[str, Sequence[Row]] = {}
    for name, columns in COLUMNS.items():
        menus = [MENUS[column] for column in columns]
        count, drawn = drawn[0] % (MAX_ROWS + 1), drawn[1:]
        size = MAX_ROWS * len(columns)
        cells, drawn = drawn[:size], drawn[size:]
        result[name] = [
            (number, *(menu[cells[number * len(menus) + place] % len(menu)] for place, menu in enumerate(menus)))
            for number in range(count)
        ]
    return result


EVERY_VALUE: Rows = {
    name: [(number, *(MENUS[column][number % len(MENUS[column])] for column in columns)) for number in range(14)]
    for name, columns in COLUMNS.items()
}
"""Rows that have each value of each menu."""
