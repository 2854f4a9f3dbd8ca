"""Convert columns of a mapped table to the types and units of the source that it is mapped to."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.guide import guide_page
from marketing_ibis.model import Column

CENTS, DOLLARS = "cents", "dollars"
PER_DOLLAR = 100
DECIMAL = "decimal(38, 9)"
"""What an amount is read as before it is rounded, or where the table has it as a string."""
WHOLE_CENTS = r"^[-+]?([0-9]+[.]?|[0-9]*[.][0-9]{1,2}0*)$"
"""Strings that are an amount of dollars without parts of a cent."""
NUMBER = r"^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)$"
"""Strings that are a number of any number of decimals."""
WHOLE_NUMBERS = {
    "int16": r"^[-+]?0*[0-9]{1,4}$",
    "int32": r"^[-+]?0*[0-9]{1,9}$",
    "int64": r"^[-+]?0*([0-8]?[0-9]{1,18}|9[01][0-9]{17})$",
}
"""Strings that are an integer, by its type; the few largest are not among them."""
TYPE_ALIASES = {
    "timestamptz": "timestamp('UTC')",
    "text": "string",
    "bigint": "int64",
    "integer": "int32",
    "smallint": "int16",
    "numeric": "decimal",
}
"""Names that databases have for types, and Ibis' own."""


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp('UTC')"), "timestamp"))  # type: ignore[untyped-decorator]
def _local_time(zone: str, instant: object) -> None:
    """Return what a clock in ``zone`` shows at an instant."""


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp"), "timestamp('UTC')"))  # type: ignore[untyped-decorator]
def _instant(zone: str, local: object) -> None:
    """Return the instant at which a clock in ``zone`` shows ``local``."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a column of a source is made of one of a table: units, zones and rounding as the settings have them.

    ``setting`` is the name of the setting that maps it. ``zone`` is that of the table's timestamps without a zone,
    ``business`` that of the days. ``unit`` and ``rounding`` are "" for a column that is not an amount.
    """

    column: Column
    setting: str
    unit: str
    rounding: str
    has_zone: bool
    zone: str
    business: str


def expected_type(conversion: Conversion) -> str:
    """Return the type that a table's column has unless the settings say otherwise."""
    if conversion.unit == DOLLARS:
        return "decimal"
    return "timestamp" if conversion.has_zone else conversion.column.type


def convert(value: ir.Value, target: dt.DataType, conversion: Conversion) -> ir.Value:
    """Return a table's column as the source's.

    Raises:
        ConfigurationError: its type cannot become that of the source.
    """
    kind = value.type()
    if conversion.unit == DOLLARS and (kind.is_numeric() or kind.is_string()):
        return _cents(value, conversion.rounding).cast(target)
    if (target.is_date() or target.is_timestamp()) and kind.is_timestamp():
        return local_time(value, conversion).cast(target)
    if kind == target:
        return value
    if (target.is_integer() and (kind.is_integer() or kind.is_string())) or (
        target.is_string() and (kind.is_integer() or kind.is_uuid())
    ):
        return value.cast(target)
    raise ConfigurationError(
        f"{conversion.setting}: {value.get_name()} is {kind}, which cannot become {conversion.column.name}: {target}.",
        hint=f"Correct its type under types, or write an adapter: {guide_page('docs/how-to/adapters.md')}.",
    )


def inexact(value: ir.Value) -> ir.BooleanValue:
    """Return whether an amount in dollars is not in whole cents, or is a string without a number; NULL without one."""
    if value.type().is_string():
        return ~value.strip().re_search(WHOLE_CENTS)
    if value.type().is_floating():
        return ((value * PER_DOLLAR).round() / PER_DOLLAR).cast(value.type()) != value
    return value != value.round(2)


def expected_numbers(target: dt.DataType, conversion: Conversion) -> str:
    """Return which kind of number the strings of a column must be, "" where they need not be any."""
    if conversion.unit == DOLLARS:
        # Without rounding, they are amounts of whole cents.
        return "number" if conversion.rounding else ""
    return "whole number" if str(target) in WHOLE_NUMBERS else ""


def not_numeric(value: ir.StringValue, target: dt.DataType, conversion: Conversion) -> ir.BooleanValue:
    """Return whether a string is not one of the expected numbers; NULL without one."""
    pattern = NUMBER if conversion.unit == DOLLARS else WHOLE_NUMBERS[str(target)]
    return ~value.strip().re_search(pattern)


def _cents(value: ir.Value, rounding: str) -> ir.Value:
    is_exact = not rounding and value.type().is_numeric()
    return ((value if is_exact else value.cast(DECIMAL)) * PER_DOLLAR).round()


def local_time(value: ir.Value, conversion: Conversion) -> ir.Value:
    """Return a timestamp as clocks of the business show it."""
    if value.type().timezone is not None:
        return _local_time(conversion.business, value)
    if conversion.zone == conversion.business:
        return value
    return _local_time(conversion.business, _instant(conversion.zone, value))
