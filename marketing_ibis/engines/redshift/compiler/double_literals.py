"""Find values that are doubles to Ibis, and that Redshift would compute as decimals.

A number with a point is a DECIMAL: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ibis.expr.operations as ops

OPERANDS: Mapping[type[ops.Node], tuple[str, ...]] = {
    **dict.fromkeys((ops.Add, ops.Subtract, ops.Multiply), ("left", "right")),
    **dict.fromkeys((ops.Coalesce, ops.Greatest, ops.Least, ops.NullIf, ops.Negate, ops.Abs), ("arg",)),
    ops.IfElse: ("true_expr", "false_null_expr"),
    **dict.fromkeys((ops.SearchedCase, ops.SimpleCase), ("results", "default")),
}
"""Operations whose type is that of their operands, with the arguments that have these."""


def is_decimal_until_cast(op: Any) -> bool:
    """Return whether an operation on literals is a double to Ibis, and no operand is one to Redshift."""
    names = OPERANDS.get(type(op))
    if names is None or not op.dtype.is_floating():
        return False
    operands = [operand for name in names for operand in _operands(getattr(op, name))]
    has_fraction = any(_is_fraction(operand) for operand in operands)
    return has_fraction and not any(
        operand.dtype.is_floating() and not isinstance(operand, ops.Literal) for operand in operands
    )


def _operands(operand: Any) -> Iterator[Any]:
    yield from operand if isinstance(operand, tuple) else (operand,)


def _is_fraction(operand: Any) -> bool:
    return isinstance(operand, ops.Literal) and operand.dtype.is_floating() and operand.value is not None
