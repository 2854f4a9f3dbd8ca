"""Read Ibis' names of types: plans and catalogs are compared without Ibis."""

from __future__ import annotations

import re

INTEGER = re.compile(r"u?int(?:8|16|32|64)")
DECIMAL = re.compile(r"decimal(?:\(\d+, ?(?P<digits>\d+)\))?")
STRING = re.compile(r"string(?:\(\d+\))?")
TIMESTAMP = re.compile(r"timestamp(?:\((?:'(?P<zone>[^']*)')?(?:, )?\d*\))?")


def nullable(name: str) -> str:
    """Return a type without the mark of one that allows no NULL."""
    return name.removeprefix("!")


def comparable(name: str) -> str:
    """Return a type without what no contract depends on: NULLs, and the digits after a timestamp's second."""
    match = TIMESTAMP.fullmatch(nullable(name))
    if match is None:
        return nullable(name)
    return f"timestamp('{match['zone']}')" if match["zone"] else "timestamp"


def is_integer(name: str) -> bool:
    """Return whether a type is a whole number."""
    return INTEGER.fullmatch(nullable(name)) is not None


def is_float(name: str) -> bool:
    """Return whether a type is a floating-point number."""
    return nullable(name) in ("float16", "float32", "float64")


def is_decimal(name: str) -> bool:
    """Return whether a type is a decimal of any size."""
    return DECIMAL.fullmatch(nullable(name)) is not None


def decimal_digits(name: str) -> int | None:
    """Return the digits after the point of a decimal, if the type says how many there are."""
    match = DECIMAL.fullmatch(nullable(name))
    return int(match["digits"]) if match and match["digits"] else None


def is_string(name: str) -> bool:
    """Return whether a type is a string of any length."""
    return STRING.fullmatch(nullable(name)) is not None


def is_date(name: str) -> bool:
    """Return whether a type is a day."""
    return nullable(name) == "date"


def is_timestamp(name: str) -> bool:
    """Return whether a type is a timestamp, with a time zone or without."""
    return TIMESTAMP.fullmatch(nullable(name)) is not None


def is_temporal(name: str) -> bool:
    """Return whether a type is a date, a time or a timestamp."""
    return is_timestamp(name) or nullable(name) in ("date", "time")


def time_zone(name: str) -> str | None:
    """Return the time zone of a timestamp, if it has one."""
    match = TIMESTAMP.fullmatch(nullable(name))
    return match["zone"] if match else None
