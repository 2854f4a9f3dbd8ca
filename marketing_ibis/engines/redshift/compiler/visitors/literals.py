"""Redshift's literals: each with its type, and none that Redshift cannot store."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.compiler.types import WIDEST_DECIMAL, WIDEST_VARCHAR

LARGEST_BIGINT = 2**63


class LiteralVisitors:
    """Visitors of literals; part of the compiler."""

    f: Any
    cast: Any
    type_mapper: Any
    _make_interval: Any
    visit_DefaultLiteral: Any

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: Any, dtype: dt.DataType) -> sge.Expression | None:
        """Write dates and times as casts of text: there is no MAKE_DATE.

        Raises:
            UnsupportedOperationError: Redshift stores no such value.
        """
        if dtype.is_string():
            return sge.convert(_check_string(str(value)))
        if dtype.is_date() or dtype.is_time():
            return self.cast(value.isoformat(), dtype)
        if dtype.is_timestamp():
            return self.cast(_format_moment(value, dtype), dtype)
        if dtype.is_decimal():
            return self.cast(f"{value:f}", _decimal_type(value, dtype))
        if dtype.is_integer() and not -LARGEST_BIGINT <= value < LARGEST_BIGINT:
            return self.cast(str(value), dtype)
        if dtype.is_interval():
            return self._make_interval(sge.convert(value), dtype.unit)
        if dtype.is_uuid():
            return sge.convert(str(value))
        if dtype.is_binary():
            # https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_HEX.html
            return self.f.from_hex(value.hex())
        if dtype.is_json():
            return self.f.json_parse(sge.convert(_check_string(json.dumps(value))))
        if dtype.is_array() or dtype.is_struct():
            return self.f.json_parse(sge.convert(_check_string(json.dumps(_to_json_value(value), default=str))))
        if dtype.is_map():
            self.type_mapper.from_ibis(dtype)
        return self.visit_DefaultLiteral(op, value=value, dtype=dtype)


def _to_json_value(value: Any) -> Any:
    """Return an array or a struct as JSON knows it."""
    if isinstance(value, Mapping):
        return {name: _to_json_value(item) for name, item in value.items()}
    return [_to_json_value(item) for item in value] if isinstance(value, tuple | list) else value


def _check_string(text: str) -> str:
    """Return a string that a VARCHAR can store: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html."""
    if "\x00" in text:
        raise com.UnsupportedOperationError(
            f"The string {text[:20]!r} contains a NUL character, which Redshift cannot store; remove it."
        )
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise com.UnsupportedOperationError(
            f"The string {text[:20]!r} contains half of a surrogate pair, which UTF-8 cannot encode; remove it."
        ) from error
    if size > WIDEST_VARCHAR:
        raise com.UnsupportedOperationError(
            f"A string of {size:,} bytes is too long for Redshift, which stores {WIDEST_VARCHAR:,} at most; shorten it."
        )
    return text


def _format_moment(value: datetime, dtype: dt.Timestamp) -> str:
    moment = value.astimezone(UTC) if value.tzinfo is not None and dtype.timezone is not None else value
    return moment.isoformat(sep=" ")


def _decimal_type(value: Decimal, dtype: dt.Decimal) -> dt.Decimal:
    """Return the type of a decimal literal: with as many digits as it has, where Ibis leaves them open."""
    if not math.isfinite(value):
        raise com.UnsupportedOperationError(f"Redshift has no decimal {value}; write a number or NULL.")
    scale = dtype.scale if dtype.scale is not None else max(0, -int(value.as_tuple().exponent))
    whole = len(str(abs(int(value))))
    precision = dtype.precision if dtype.precision is not None else max(1, min(whole + scale, WIDEST_DECIMAL))
    return dt.Decimal(precision, min(scale, precision))
