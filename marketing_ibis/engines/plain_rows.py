"""Check and convert a few rows of plain Python values without PyArrow, which takes longer to import."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Context, Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any

from marketing_ibis.engines.arrow_types import arrow_schema, decimal_size
from marketing_ibis.errors import MarketingIbisError
from marketing_ibis.model.type_names import comparable

if TYPE_CHECKING:
    import pyarrow as pa

EXACT = Context(prec=76)
"""Enough for every decimal of 38 digits."""
BITS = {"float32": 24, "float64": 53}
"""The bits of a whole number that a floating-point number contains."""


class WrongValue(MarketingIbisError):
    """A value is not of the type of its column."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"Column {column}: {reason}")
        self.column, self.reason = column, reason


@dataclass(frozen=True, slots=True)
class PlainRows:
    """Rows with Ibis' names of the types of their ``columns``."""

    columns: Mapping[str, str]
    rows: Sequence[tuple[object, ...]]

    @classmethod
    def of(cls, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> PlainRows:
        """Return rows with each value as that of its column's type.

        Raises:
            WrongValue: naming the first column with a value of another type.
        """
        values = list(zip(*rows, strict=True)) or [()] * len(columns)
        converted = [_column(*column, of_column) for column, of_column in zip(columns.items(), values, strict=True)]
        return cls(columns, list(zip(*converted, strict=True)))

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, as an Arrow table has them."""
        return list(self.columns)

    @property
    def num_rows(self) -> int:
        """The number of rows, as an Arrow table has it."""
        return len(self.rows)

    def column(self, name: str) -> list[Any]:
        """Return the values of a column."""
        place = self.column_names.index(name)
        return [row[place] for row in self.rows]

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def in_order(self) -> PlainRows:
        """Return the rows sorted by all columns, as Arrow sorts them: NaN after numbers, and None at the end."""
        if all(value is not None and value == value for row in self.rows for value in row):
            return PlainRows(self.columns, sorted(self.rows))
        return PlainRows(self.columns, sorted(self.rows, key=lambda row: [_place(value) for value in row]))

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table."""
        import pyarrow as pa

        schema = arrow_schema(self.columns)
        return pa.Table.from_arrays([pa.array(self.column(each.name), each.type) for each in schema], schema=schema)


def _place(value: Any) -> tuple[object, ...]:
    if value is None:
        return (2,)
    return (1,) if value != value else (0, value)


def _column(name: str, type_name: str, values: Sequence[object]) -> Sequence[object]:
    if _is_of_type(comparable(type_name), values):
        return values
    convert = _converter(comparable(type_name))
    try:
        return [None if value is None else convert(_plain(value)) for value in values]
    except (TypeError, ValueError, OverflowError) as error:
        raise WrongValue(name, str(error)) from error


def _is_of_type(type_name: str, values: Sequence[Any]) -> bool:
    """Return whether values need no conversion, by a look at all of them at once: a fit receives tens of thousands.

    With 62,633 rows it takes 0.06 CPU seconds in place of 0.47.
    """
    kinds = set(map(type, values))
    if kinds == {int} and type_name.startswith("int"):
        half = 2 ** (int(type_name.removeprefix("int")) - 1)
        return bool(-half <= min(values) and max(values) < half)
    if kinds == {str} and type_name.startswith("string"):
        return all(map(str.isascii, values))
    return kinds == {float} and type_name == "float64"


def _plain(value: object) -> object:
    """Return a scalar of NumPy as one of Python, unless Python has none for it: nanoseconds, durations, NaT."""
    if type(value).__module__ != "numpy":
        return value
    import numpy as np

    if not isinstance(value, np.generic) or value.dtype.kind not in "biufUM":
        return value
    scalar: object = value.item()
    return scalar if value.dtype.kind != "M" or isinstance(scalar, date) else value


def _converter(type_name: str) -> Callable[[object], object]:
    """Return what turns a value into one of a type, or raises a TypeError, ValueError or OverflowError."""
    if type_name.startswith("decimal"):
        return partial(_decimal, decimal_size(type_name))
    if type_name.startswith("int"):
        return partial(_integer, int(type_name.removeprefix("int")))
    if type_name in BITS:
        return partial(_float, type_name)
    return {"boolean": _boolean, "date": _date, "timestamp": _timestamp, "string": _string}[type_name.partition("(")[0]]


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _other(value, "a boolean")


def _integer(bits: int, value: object) -> int:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, float | Decimal):
        is_whole = math.isfinite(value) and value == int(value)
    if not is_whole:
        raise _other(value, "a whole number")
    number = int(value)  # type: ignore[call-overload]
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise ValueError(f"{number} does not fit into {bits} bits")
    return int(number)


def _float(type_name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _other(value, "a floating-point number")
    if isinstance(value, int) and abs(value) > 2 ** BITS[type_name]:
        raise ValueError(f"{value} is outside of the whole numbers that {type_name} represents exactly")
    number = float(value)
    if type_name == "float32" and math.isfinite(number):
        try:
            return float(struct.unpack("f", struct.pack("f", number))[0])
        except OverflowError:
            return math.copysign(math.inf, number)
    return number


def _decimal(size: tuple[int, int], value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _other(value, "a decimal or a whole number")
    digits, places = size
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{value} is not a finite number")
    try:
        rounded = number.quantize(Decimal(1).scaleb(-places), context=EXACT)
    except InvalidOperation:
        raise ValueError(f"{value} does not fit into {digits} digits") from None
    if rounded != number:
        raise ValueError(f"{value} has more than {places} digits after the point")
    if rounded and rounded.adjusted() + places >= digits:
        raise ValueError(f"{value} does not fit into {digits} digits")
    return rounded


def _date(value: object) -> date:
    if not isinstance(value, date) or _is_missing(value):
        raise _other(value, "a date")
    if isinstance(value, datetime) and (value.time() != time() or getattr(value, "nanosecond", 0) > 0):
        raise ValueError(f"{value} has a time of day, and a date has none")
    return date(value.year, value.month, value.day)


def _timestamp(value: object) -> datetime:
    if not isinstance(value, datetime) or _is_missing(value):
        raise _other(value, "a datetime")
    if getattr(value, "nanosecond", 0):
        raise ValueError(f"{value} has nanoseconds, and a timestamp has microseconds")
    naive = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return datetime.combine(naive.date(), naive.time().replace(fold=0))


def _is_missing(value: date) -> bool:
    """Return whether a date is NaT, which pandas makes a datetime that is not equal to itself."""
    return value != value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise _other(value, "a string")
    value.encode()  # a UnicodeEncodeError is a ValueError
    return str.__str__(value)


def _other(value: object, expected: str) -> ValueError:
    return ValueError(f"{type(value).__name__} is not {expected}")
