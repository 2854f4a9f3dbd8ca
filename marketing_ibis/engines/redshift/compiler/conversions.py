"""Which type of Redshift is converted to which other, and how.

https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html, under "Type compatibility and conversion"
"""

from __future__ import annotations

import enum

import ibis.expr.datatypes as dt


class Kind(enum.StrEnum):
    """Types that are converted alike."""

    BOOLEAN = "boolean"
    INTEGER = "whole number"
    DECIMAL = "decimal"
    DOUBLE = "double"
    TEXT = "string"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    INSTANT = "timestamp with a time zone"
    JSON = "json"
    NESTED = "array or struct"
    BINARY = "binary"
    UUID = "uuid"
    NULL = "null"
    OTHER = "other"


KINDS: dict[type[dt.DataType], Kind] = {
    dt.Boolean: Kind.BOOLEAN,
    dt.Integer: Kind.INTEGER,
    dt.Decimal: Kind.DECIMAL,
    dt.Floating: Kind.DOUBLE,
    dt.String: Kind.TEXT,
    dt.Date: Kind.DATE,
    dt.Time: Kind.TIME,
    dt.JSON: Kind.JSON,
    dt.Array: Kind.NESTED,
    dt.Struct: Kind.NESTED,
    dt.Binary: Kind.BINARY,
    dt.UUID: Kind.UUID,
    dt.Null: Kind.NULL,
}
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE})
MOMENTS = frozenset({Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.INSTANT})
DIRECT: dict[Kind, frozenset[Kind]] = {
    Kind.INTEGER: NUMBERS | {Kind.TEXT, Kind.JSON},
    Kind.DECIMAL: NUMBERS | {Kind.TEXT, Kind.JSON},
    Kind.DOUBLE: NUMBERS | {Kind.TEXT, Kind.JSON},
    Kind.BOOLEAN: frozenset({Kind.JSON}),
    Kind.TEXT: NUMBERS | MOMENTS | {Kind.TEXT, Kind.BINARY},
    Kind.DATE: frozenset({Kind.TEXT, Kind.TIMESTAMP}),
    Kind.TIME: frozenset({Kind.TEXT}),
    Kind.TIMESTAMP: frozenset({Kind.TEXT, Kind.DATE, Kind.TIME, Kind.TIMESTAMP}),
    Kind.INSTANT: frozenset(),
    Kind.JSON: NUMBERS | {Kind.BOOLEAN},
    Kind.UUID: frozenset({Kind.TEXT}),
    Kind.BINARY: frozenset({Kind.BINARY}),
}
"""What CAST converts as Ibis means it; other pairs are written in another way, or refused."""
ADVICE = {
    (Kind.DATE, Kind.INTEGER): "take `.epoch_seconds()`, or count days with `.delta(other, unit='day')`",
    (Kind.TIMESTAMP, Kind.DOUBLE): "take `.epoch_seconds()`",
    (Kind.TIMESTAMP, Kind.DECIMAL): "take `.epoch_seconds()`",
    (Kind.INSTANT, Kind.DOUBLE): "take `.epoch_seconds()`",
    (Kind.INSTANT, Kind.DECIMAL): "take `.epoch_seconds()`",
    (Kind.INTEGER, Kind.DATE): "write `ibis.date('1970-01-01') + number.as_interval('D')`",
    (Kind.TEXT, Kind.OTHER): "step from a date by a number: `+ number.as_interval('D')`",
    **{(kind, Kind.NESTED): "write `ibis.array([...])` or `ibis.struct({...})`" for kind in Kind},
    (Kind.DATE, Kind.TIME): "a date has no time; take it from a timestamp",
}
"""What to write in place of a conversion that Redshift does not have."""
OTHERWISE = "convert it to a string or a number of a known unit first"


def kind_of(dtype: dt.DataType) -> Kind:
    """Return how a type is converted."""
    if isinstance(dtype, dt.Timestamp):
        return Kind.TIMESTAMP if dtype.timezone is None else Kind.INSTANT
    return next((kind for base, kind in KINDS.items() if isinstance(dtype, base)), Kind.OTHER)


def advice_for(source: dt.DataType, to: dt.DataType) -> str:
    """Return what a refused conversion is, and what to write instead."""
    instead = ADVICE.get((kind_of(source), kind_of(to)), OTHERWISE)
    return f"Redshift has no conversion from {source} to {to}; {instead}."
