"""Values between Python and Redshift: literals in, typed columns out."""

from __future__ import annotations

import datetime as time_of
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.schema as sch
import ibis.expr.types as ir

from marketing_ibis.engines.redshift.compiler.types import WIDEST_VARCHAR
from marketing_ibis.engines.redshift.spelling import literal, value_text

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS = 2_000
MOST_CHARACTERS = 4_000_000
"""A statement holds 16 MB: https://docs.aws.amazon.com/redshift/latest/dg/c_redshift-sql.html"""

TYPES: Mapping[int, dt.DataType] = {
    16: dt.boolean,
    20: dt.int64,
    21: dt.int16,
    23: dt.int32,
    26: dt.int64,
    17: dt.binary,
    18: dt.string,
    19: dt.string,
    25: dt.string,
    700: dt.float32,
    701: dt.float64,
    1082: dt.date,
    1083: dt.time,
    1114: dt.timestamp,
    1184: dt.Timestamp(timezone="UTC"),
    1188: dt.Interval("M"),
    1190: dt.Interval("us"),
    2950: dt.uuid,
    4000: dt.json,
    6551: dt.binary,
}
"""By the number that the wire protocol gives a type; the last two are Redshift's own, SUPER and VARBYTE."""
WITHOUT_A_TYPE: Mapping[int, str] = {
    1186: "INTERVAL",
    1266: "TIMETZ",
    2935: "HLLSKETCH",
    3000: "GEOMETRY",
    3001: "GEOGRAPHY",
    3999: "GEOMETRY",
}
"""Types that Ibis lacks: their columns have an unknown type of this name, and their values are read as text."""
NUMERIC, CHARACTERS = 1700, (1042, 1043)
HEADER = 4
"""Bytes that a type's modifier counts in addition to what it says."""


def described_schema(row_description: Iterable[Mapping[str, Any]]) -> sch.Schema:
    """Return the columns that the server announces for a query."""
    return ibis.schema({column["label"].decode(): _described_type(column) for column in row_description})


def _described_type(column: Mapping[str, Any]) -> dt.DataType:
    number, modifier = column["type_oid"], column["type_modifier"] - HEADER
    if number == NUMERIC:
        return dt.Decimal(modifier >> 16, modifier & 0xFFFF) if modifier >= 0 else dt.Decimal()
    if number in CHARACTERS:
        # The widest is what a string without a length is made as.
        return dt.String(length=modifier if 0 < modifier < WIDEST_VARCHAR else None)
    return TYPES.get(number) or dt.Unknown(raw_type=WITHOUT_A_TYPE.get(number, f"type {number}"))


def as_table(obj: Any, schema: sch.Schema | None) -> ir.Table:
    """Return an expression; rows of Python go through Arrow, which keeps whole numbers whole next to NULL."""
    if isinstance(obj, ir.Table):
        return obj
    if isinstance(obj, dict) or (isinstance(obj, list) and all(isinstance(row, dict) for row in obj)):
        import pyarrow as pa

        types = None if schema is None else schema.to_pyarrow()
        obj = pa.Table.from_pylist(obj, schema=types) if isinstance(obj, list) else pa.table(obj, schema=types)
    return ibis.memtable(obj, schema=schema)


def value_batches(schema: sch.Schema, rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield rows as the text that follows VALUES, each piece short enough for a statement."""
    writers = [_value_writer(dtype) for dtype in schema.types]
    texts = iter("(" + ", ".join(write(value) for write, value in zip(writers, row, strict=True)) + ")" for row in rows)
    while batch := list(_up_to(MOST_CHARACTERS, islice(texts, MOST_ROWS))):
        yield ",\n".join(batch)


def _up_to(characters: int, texts: Iterable[str]) -> Iterator[str]:
    """Yield strings until one crosses the limit, including that one."""
    for text in texts:
        yield text
        characters -= len(text)
        if characters < 0:
            return


def _value_writer(dtype: dt.DataType) -> Callable[[Any], str]:
    """Return what writes a value of the type; the table's column gives a quoted one its type."""

    def write(value: Any) -> str:
        if value is None or value is ibis.null:
            return "NULL"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, float) and not math.isfinite(value):
            return "'NaN'" if math.isnan(value) else ("'Infinity'" if value > 0 else "'-Infinity'")
        if isinstance(value, (int, float, Decimal)):
            return str(value) if not isinstance(value, Decimal) else f"{value:f}"
        if isinstance(value, time_of.datetime):
            return literal(value.isoformat(sep=" "))
        if isinstance(value, (time_of.date, time_of.time)):
            return literal(value.isoformat())
        if isinstance(value, str):
            return literal(value)
        return value_text(value, dtype)

    return write


def arrow_batch(schema: sch.Schema, rows: Sequence[Sequence[object]]) -> pa.RecordBatch:
    """Return rows as a batch of the schema's types."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) if rows else [() for _ in schema]
    arrays = [
        pa.array(map(value_reader(dtype), values), type=field.type)
        for dtype, values, field in zip(schema.types, columns, schema.to_pyarrow(), strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema.to_pyarrow())


def value_reader(dtype: dt.DataType) -> Callable[[Any], Any]:
    """Return what makes a value of the type out of what the driver gives."""
    convert: Callable[[Any], Any] = lambda value: value  # noqa: E731
    if dtype.is_floating():
        convert = float
    elif dtype.is_integer():
        convert = int
    elif dtype.is_decimal() and dtype.scale is not None:
        unit = Decimal(1).scaleb(-dtype.scale)

        def convert(value: Any) -> Decimal:
            return Decimal(value).quantize(unit)
    elif dtype.is_interval():
        is_months = dtype.unit.value == "M"

        def convert(value: Any) -> Any:
            if is_months:
                return (value.months, 0, 0)
            return time_of.timedelta(microseconds=value.microseconds)
    elif isinstance(dtype, dt.Array):
        element = value_reader(dtype.value_type)
        convert = lambda value: [element(part) for part in _parsed(value)]  # noqa: E731
    elif dtype.is_nested():
        convert = _parsed
    elif dtype.is_json():
        convert = _json_text
    elif dtype.is_string() or dtype.is_uuid() or dtype.is_unknown():
        convert = str
    return lambda value: None if value is None else convert(value)


def _parsed(value: Any) -> Any:
    """Return an array or a structure, which arrives as JSON."""
    return json.loads(value) if isinstance(value, str) else value


def _json_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
