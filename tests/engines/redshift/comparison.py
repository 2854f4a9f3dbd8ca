"""Compare rows of two engines: doubles to nine digits, days and numbers by their Ibis type."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal

import ibis.expr.datatypes as dt

DIGITS = 9
"""How many digits of a double two engines agree on, whatever the order in which they add up."""


def comparable_row(row: tuple[object, ...], types: Iterable[dt.DataType]) -> tuple[object, ...]:
    """Return a row in a form in which equal rows are identical."""
    return tuple(map(comparable, row, types))


def comparable(value: object, dtype: dt.DataType) -> object:
    """Return a value in a form in which equal values are identical."""
    if dtype.is_json() and value is not None:
        # A driver returns JSON as text or as what it says.
        return json.dumps(_parsed(value), sort_keys=True)
    if value is None or isinstance(value, bool | str | time):
        return value
    if isinstance(dtype, dt.Array):
        assert isinstance(value, list)
        return tuple(comparable(element, dtype.value_type) for element in value)
    if isinstance(dtype, dt.Struct):
        assert isinstance(value, dict)
        return tuple((name, comparable(value[name], kind)) for name, kind in dtype.items())
    if dtype.is_date():
        assert isinstance(value, date)
        return value.date() if isinstance(value, datetime) else value
    if dtype.is_timestamp():
        assert isinstance(value, date)
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        # The same instant in any zone is one value; DuckDB has a zone where Ibis says that there is none.
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo is not None else moment
    assert isinstance(value, float | Decimal | int | date | bytes), repr(value)
    if dtype.is_integer():
        assert value == int(value), f"{value!r} is not a whole number"  # type: ignore[arg-type]
        return int(value)  # type: ignore[arg-type]
    if isinstance(value, float | Decimal | int):
        return float(f"{value:.{DIGITS}g}") + 0.0
    return value


def _parsed(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError:
        return value  # a JSON string without its quotes
