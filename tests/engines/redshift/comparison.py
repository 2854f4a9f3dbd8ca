"""Compare rows of two engines by their Ibis types: doubles to nine digits, everything else exactly.

DuckDB's rows are the truth for values, Ibis is the truth for types: a value of DuckDB is converted to the type that
Ibis says, as Ibis itself does when it executes, and a value of the stand-in must have that type.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Context, Decimal

import ibis.expr.datatypes as dt

DIGITS = 9
"""How many digits of a double two engines agree on, whatever the order in which they add up."""
EXACT = Context(prec=100)
"""More digits than any decimal has."""
Row = tuple[object, ...]


def comparable_rows(
    expected: Sequence[Row], actual: Sequence[Row], types: Sequence[dt.DataType]
) -> tuple[list[Row], list[Row]]:
    """Return DuckDB's rows and the stand-in's in a form in which equal rows are identical.

    A mean, a median or a logarithm of decimals is a decimal to Ibis, and a double to one of the engines or both.
    """
    of_doubles = [
        dtype.is_decimal() and any(isinstance(row[place], float) for row in (*expected, *actual))
        for place, dtype in enumerate(types)
    ]

    def comparable_row(row: Row) -> Row:
        values = zip(row, types, of_doubles, strict=True)
        return tuple(comparable(*_as_double(v) if is_double else (v, dtype)) for v, dtype, is_double in values)

    converted = [tuple(map(_as_ibis_says, row, types)) for row in expected]
    return list(map(comparable_row, converted)), list(map(comparable_row, actual))


def _as_double(value: object) -> tuple[object, dt.DataType]:
    return float(value) if isinstance(value, Decimal) else value, dt.float64


def comparable(value: object, dtype: dt.DataType) -> object:
    """Return a value in a form in which equal values are identical.

    Raises:
        AssertionError: for a value of another type.
    """
    if value is None:
        return None
    kind = next((kind for kind in _FORMS if isinstance(dtype, kind)), None)
    return value if kind is None else _FORMS[kind](value, dtype)


def _as_ibis_says(value: object, dtype: dt.DataType) -> object:
    """Convert what DuckDB returns in another type, such as the timestamp of `date.truncate`."""
    if isinstance(value, datetime) and dtype.is_date():
        return value.date()
    if isinstance(value, datetime) and isinstance(dtype, dt.Timestamp):
        if dtype.timezone is None:
            return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, float | Decimal) and dtype.is_integer():
        assert value == int(value), f"{value!r} is not a whole number"
        return int(value)
    if isinstance(value, int | Decimal) and dtype.is_floating():
        return float(value)
    if isinstance(value, int) and dtype.is_decimal():
        return Decimal(value)
    if isinstance(value, list) and isinstance(dtype, dt.Array):
        return [_as_ibis_says(element, dtype.value_type) for element in value]
    return value


def _json(value: object, dtype: dt.DataType) -> object:
    # A driver returns JSON as text or as what it says.
    return json.dumps(_parsed(value), sort_keys=True)


def _parsed(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError:
        return value  # a JSON string without its quotes


def _array(value: object, dtype: dt.DataType) -> object:
    assert isinstance(dtype, dt.Array)
    assert isinstance(value, list), f"{value!r} is not an array"
    # The numbers of SUPER have no type of their own.
    return tuple(comparable(_as_ibis_says(element, dtype.value_type), dtype.value_type) for element in value)


def _struct(value: object, dtype: dt.DataType) -> object:
    assert isinstance(dtype, dt.Struct)
    assert isinstance(value, dict), f"{value!r} is not a struct"
    return tuple((name, comparable(value[name], kind)) for name, kind in dtype.items())


def _timestamp(value: object, dtype: dt.DataType) -> object:
    assert isinstance(dtype, dt.Timestamp)
    assert isinstance(value, datetime), f"{value!r} is not a {dtype}"
    has_zone = value.tzinfo is not None
    assert has_zone == (dtype.timezone is not None), f"{value!r} is not a {dtype}"
    # The same instant in any zone is one value; it differs from the same wall clock without a zone.
    return value.astimezone(UTC) if has_zone else value


def _decimal(value: object, dtype: dt.DataType) -> object:
    assert isinstance(value, Decimal), f"{value!r} is not a decimal"
    return value.normalize(EXACT) if value else Decimal(0)


def _floating(value: object, dtype: dt.DataType) -> object:
    assert isinstance(value, float), f"{value!r} is not a double"
    return float(f"{value:.{DIGITS}g}") + 0.0 if math.isfinite(value) else value


def _plain(kind: type) -> Callable[[object, dt.DataType], object]:
    def form(value: object, dtype: dt.DataType) -> object:
        assert type(value) is kind, f"{value!r} is not a {dtype}"
        return value

    return form


_FORMS: Mapping[type[dt.DataType], Callable[[object, dt.DataType], object]] = {
    dt.JSON: _json,
    dt.Array: _array,
    dt.Struct: _struct,
    dt.Timestamp: _timestamp,
    dt.Decimal: _decimal,
    dt.Boolean: _plain(bool),
    dt.Integer: _plain(int),
    dt.Floating: _floating,
    dt.Date: _plain(date),
    dt.Time: _plain(time),
    dt.String: _plain(str),
    dt.Binary: _plain(bytes),
}
