"""The sizes of whole numbers: in which type Redshift stores them, and which values they can have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.compiler.types import RedshiftType

_Type = sge.DataType.Type
WIDTHS = {_Type.SMALLINT: 2, _Type.INT: 4, _Type.BIGINT: 8, _Type.DECIMAL: 16}
"""Bytes of the types of whole numbers."""
INTEGER, WIDEST = WIDTHS[_Type.INT], WIDTHS[_Type.BIGINT]
PARTS: dict[type[ops.Value], tuple[int, int]] = {
    ops.ExtractYear: (-4_712, 294_276),
    ops.ExtractQuarter: (1, 4),
    ops.ExtractMonth: (1, 12),
    ops.ExtractDay: (1, 31),
    ops.ExtractDayOfYear: (1, 366),
    ops.ExtractWeekOfYear: (1, 53),
    ops.ExtractHour: (0, 23),
    ops.ExtractMinute: (0, 59),
    ops.ExtractSecond: (0, 59),
    ops.DayOfWeekIndex: (0, 6),
}
"""The values of parts of a date."""
LONG = (ops.ExtractEpochSeconds,)
"""Operations that are a BIGINT here and something shorter in Ibis."""
ARITHMETIC: dict[type[ops.Value], Callable[[int, int], int]] = {
    ops.Add: lambda left, right: left + right,
    ops.Subtract: lambda left, right: left - right,
    ops.Multiply: lambda left, right: left * right,
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """The bytes of a whole number, and the least and the largest value that it can have."""

    width: int
    least: int
    most: int


def is_too_wide(op: Any) -> bool:
    """Return whether a sum, difference or product of whole numbers can be too large for the type of its operands.

    Redshift computes in the wider type of the two, and Ibis in one that the result fits into.
    """
    return _is_too_wide(op, _sizes_of(op.left), _sizes_of(op.right))


def stored_width(op: ops.Value) -> int:
    """Return the bytes of a whole number as Redshift has it: a literal is an INTEGER, whatever its type in Ibis."""
    return _sizes_of(op).width


def width_of(dtype: dt.DataType) -> int:
    """Return the bytes of the type in which Redshift stores whole numbers of ``dtype``."""
    return WIDTHS[RedshiftType.from_ibis(dtype).this] if dtype.is_integer() else INTEGER


def _is_too_wide(op: Any, left: Sizes, right: Sizes) -> bool:
    width = max(left.width, right.width)
    if width >= width_of(op.dtype):
        return False
    result = _combine_sizes(op, left, right)
    return not (_fits(result.least, width) and _fits(result.most, width))


def _combine_sizes(op: Any, left: Sizes, right: Sizes) -> Sizes:
    compute = ARITHMETIC[type(op)]
    results = [compute(first, second) for first in (left.least, left.most) for second in (right.least, right.most)]
    return Sizes(max(left.width, right.width), min(results), max(results))


def _fits(value: int, width: int) -> bool:
    limit = 1 << (8 * width - 1)
    return -limit <= value < limit


def _sizes_of(op: Any) -> Sizes:
    op = _definition(op)
    if isinstance(op, ops.Literal) and isinstance(op.value, int):
        return Sizes(INTEGER if _fits(op.value, INTEGER) else WIDEST, int(op.value), int(op.value))
    branches = [_sizes_of(branch) for branch in _branches(op)]
    if branches:
        least, most = min(size.least for size in branches), max(size.most for size in branches)
        return Sizes(max(size.width for size in branches), least, most)
    if type(op) in ARITHMETIC:
        left, right = _sizes_of(op.left), _sizes_of(op.right)
        result = _combine_sizes(op, left, right)
        return replace(result, width=width_of(op.dtype)) if _is_too_wide(op, left, right) else result
    width = WIDEST if isinstance(op, LONG) else width_of(op.dtype)
    limit = 1 << (8 * width - 1)
    return Sizes(width, *PARTS.get(type(op), (-limit, limit - 1)))


def _definition(op: Any) -> Any:
    """Return what a column of a query is computed from."""
    while isinstance(op, ops.Field | ops.Alias):
        definition = op.arg if isinstance(op, ops.Alias) else op.rel.values.get(op.name)
        if definition is None:
            break
        op = definition
    return op


def _branches(op: Any) -> list[ops.Value]:
    values: Iterable[ops.Value] = ()
    if isinstance(op, ops.IfElse):
        values = (op.true_expr, op.false_null_expr)
    elif isinstance(op, ops.SearchedCase | ops.SimpleCase):
        values = (*op.results, op.default)
    elif isinstance(op, ops.Coalesce | ops.Greatest | ops.Least):
        values = op.arg
    return [value for value in values if not (isinstance(value, ops.Literal) and value.value is None)]
