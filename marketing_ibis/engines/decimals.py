"""The digits of decimals that Ibis leaves open, the same on every engine."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import ibis.expr.datatypes as dt

MOST_DIGITS, OPEN_SCALE = 38, 10
"""A decimal of open precision, as an expression with a decimal literal has it, is stored with these digits."""


def literal_type(value: Any, dtype: dt.DataType) -> dt.Decimal | None:
    """Return the type of a decimal literal that has just its own digits, if Ibis leaves them open."""
    is_open = isinstance(dtype, dt.Decimal) and (dtype.precision is None or dtype.scale is None)
    if not is_open or not isinstance(value, Decimal) or not math.isfinite(value):
        return None
    scale = max(0, -int(value.as_tuple().exponent))
    return dt.Decimal(max(len(str(abs(int(value)))) + scale, 1), scale)
