"""Redshift's numbers: arithmetic in the type that Ibis says, remainders, bits and functions of doubles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.compiler.integers import WIDEST, is_too_wide, stored_width, width_of

DIGITS = {2: 5, 4: 10, 8: 19}
"""Digits of a whole number as a DECIMAL: https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html"""
OF_WIDTH: dict[int, dt.DataType] = {2: dt.int16, 4: dt.int32, 8: dt.int64, 16: dt.uint64}
SMALL_DIVISOR = 2**30
"""Twice a smaller divisor is an INTEGER."""


def _arithmetic_visitor(kind: type[sge.Binary]) -> Callable[..., Any]:
    """Return a visitor that computes whole numbers in the type of the result.

    Redshift adds and multiplies in the wider type of the two operands, and an overflow is an error:
    https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
    """

    def visit(self: NumberVisitors, op: Any, *, left: Any, right: Any) -> sge.Expression:
        left, right = self._to_number(op.left, left), self._to_number(op.right, right)
        if op.dtype.is_integer() and is_too_wide(op):
            if isinstance(op.left, ops.Literal):
                right = self.cast(right, op.dtype)
            else:
                left = self.cast(left, op.dtype)
        result: sge.Expression = self.binop(kind, left, right)
        return result

    return visit


def _double_visitor(name: str) -> Callable[..., Any]:
    """Return a visitor of a function that is computed with doubles.

    Of a DECIMAL some run on the leader node only: https://docs.aws.amazon.com/redshift/latest/dg/r_LN.html
    """

    def visit(self: NumberVisitors, op: Any, **arguments: Any) -> sge.Expression:
        doubles = [self._to_double(getattr(op, argument), value) for argument, value in arguments.items()]
        call: sge.Expression = self.f[name](*doubles)
        return call

    return visit


class NumberVisitors:
    """Visitors of operations on numbers; part of the compiler."""

    f: Any
    cast: Any
    binop: Any
    visit_Cast: Any
    NAN: Any
    _add_parens: Any

    visit_Add = _arithmetic_visitor(sge.Add)
    visit_Subtract = _arithmetic_visitor(sge.Sub)
    visit_Multiply = _arithmetic_visitor(sge.Mul)

    visit_Exp = _double_visitor("exp")
    visit_Sqrt = _double_visitor("sqrt")
    visit_Ln = _double_visitor("ln")
    visit_Log10 = _double_visitor("dlog10")  # LOG runs on the leader node only
    visit_Degrees = _double_visitor("degrees")
    visit_Radians = _double_visitor("radians")
    visit_Sin, visit_Cos, visit_Tan, visit_Cot = map(_double_visitor, ("sin", "cos", "tan", "cot"))
    visit_Asin, visit_Acos, visit_Atan, visit_Atan2 = map(_double_visitor, ("asin", "acos", "atan", "atan2"))

    def visit_Power(self, op: ops.Power, *, left: Any, right: Any) -> Any:
        """Raise to a power; a literal needs no type: https://docs.aws.amazon.com/redshift/latest/dg/r_POWER.html."""
        operands = ((op.left, left), (op.right, right))
        return self.f.power(*[arg if isinstance(of, ops.Literal) else self._to_double(of, arg) for of, arg in operands])

    def visit_BitwiseLeftShift(self, op: Any, *, left: Any, right: Any) -> Any:
        """Shift in the type of the result."""
        is_narrow = width_of(op.dtype) > stored_width(op.left)
        return self.binop(sge.BitwiseLeftShift, self.cast(left, op.dtype) if is_narrow else left, right)

    def visit_Floor(self, op: Any, *, arg: Any) -> sge.Expression:
        """Round down; the function keeps its argument's type."""
        return self._cast_whole(op, self.f.floor(arg))

    def visit_Ceil(self, op: Any, *, arg: Any) -> sge.Expression:
        """Round up; the function keeps its argument's type."""
        return self._cast_whole(op, self.f.ceil(arg))

    def visit_Sign(self, op: Any, *, arg: Any) -> sge.Expression:
        return self._cast_whole(op, self.f.sign(arg))

    def _cast_whole(self, op: Any, value: sge.Expression) -> sge.Expression:
        is_stored_so = not op.dtype.is_integer() or op.dtype == op.arg.dtype
        return value if is_stored_so else self.cast(value, op.dtype)

    def visit_IsNan(self, op: ops.IsNan, *, arg: sge.Expression) -> sge.Expression:
        return sge.EQ(this=arg, expression=self.NAN)

    def visit_Round(self, op: ops.Round, *, arg: sge.Expression, digits: sge.Expression | None) -> sge.Expression:
        """Round; the function keeps its argument's type: https://docs.aws.amazon.com/redshift/latest/dg/r_ROUND.html."""
        return self.cast(self.f.round(arg, *([] if digits is None else [digits])), op.dtype)

    def visit_BitwiseOr(self, op: Any, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Add the bits that only the right has; no sum overflows."""
        return self.binop(sge.Add, left, self._bits_only_of(right, left))

    def visit_BitwiseXor(self, op: Any, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Add the bits that only one side has."""
        return self.binop(sge.Add, self._bits_only_of(left, right), self._bits_only_of(right, left))

    def visit_BitwiseNot(self, op: Any, *, arg: sge.Expression) -> sge.Expression:
        """Turn every bit, which in two's complement is -1 less the number."""
        return self.binop(sge.Sub, sge.convert(-1), arg)

    def visit_Log(self, op: ops.Log, *, arg: sge.Expression, base: sge.Expression | None) -> sge.Expression:
        """Divide natural logarithms: LOG runs on the leader node only."""
        arg = self.f.ln(self._to_double(op.arg, arg))
        return arg if base is None else self._quotient(arg, self.f.ln(self._to_double(op.base, base)))

    def visit_Modulus(self, op: ops.Modulus, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Take MOD of two numbers of one type; of doubles what is left after whole parts.

        https://docs.aws.amazon.com/redshift/latest/dg/r_MOD.html
        """
        if op.left.dtype.is_floating() or op.right.dtype.is_floating():
            left, right = self._to_double(op.left, left), self._to_double(op.right, right)
            whole = self.f.trunc(self._quotient(left, right))
            return self.binop(sge.Sub, left.copy(), self.binop(sge.Mul, whole, right.copy()))
        if op.left.dtype.is_decimal() or op.right.dtype.is_decimal():
            return self.f.mod(self._to_decimal(op.left, left), self._to_decimal(op.right, right))
        left, right = self._to_number(op.left, left), self._to_number(op.right, right)
        widest = max(stored_width(op.left), stored_width(op.right), width_of(op.dtype))
        operands = ((op.left, left), (op.right, right))
        return self.f.mod(
            *[arg if stored_width(of) == widest else self.cast(arg, OF_WIDTH[widest]) for of, arg in operands]
        )

    def visit_Divide(self, op: ops.Divide, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Divide as doubles: Redshift truncates integers and reduces the scale of decimals.

        https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
        """
        return self._quotient(self._to_double(op.left, left), self._to_double(op.right, right))

    def visit_FloorDivide(self, op: ops.FloorDivide, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Round down, also below zero; integers exactly, since a double holds 15 digits only."""
        if not (op.left.dtype.is_integer() and op.right.dtype.is_integer()):
            return self.cast(self.f.floor(self.visit_Divide(op, left=left, right=right)), op.dtype)
        left = self.cast(left, dt.int64)
        # A SMALLINT is no divisor of a BIGINT, and the sum below is no INTEGER where the divisor is large.
        is_small = isinstance(op.right, ops.Literal) and abs(op.right.value or 0) < SMALL_DIVISOR
        right = right if is_small or stored_width(op.right) == WIDEST else self.cast(right, dt.int64)
        if _is_never_negative(op.left) and _is_never_negative(op.right):
            return self._quotient(left, right)
        remainder = self.f.mod(self.binop(sge.Add, self.f.mod(left, right), right), right)
        return self._quotient(self.binop(sge.Sub, left.copy(), remainder), right.copy())

    def _quotient(self, left: sge.Expression, right: sge.Expression) -> sge.Div:
        """Divide without the cast that sqlglot adds to a division of unknown types."""
        return sge.Div(this=self._add_parens(left), expression=self._add_parens(right), typed=True)

    # Only AND and shifts are documented for bits: https://docs.aws.amazon.com/redshift/latest/dg/r_OPERATOR_SYMBOLS.html
    def _bits_only_of(self, number: sge.Expression, mask: sge.Expression) -> sge.Expression:
        return self.binop(sge.Sub, number.copy(), self.binop(sge.BitwiseAnd, number.copy(), mask.copy()))

    def _to_number(self, op: ops.Value, arg: Any) -> Any:
        """Return a number; a boolean is 0 or 1, for which Redshift has no implicit conversion."""
        return self.visit_Cast(ops.Cast(op, dt.int32), arg=arg, to=dt.int32) if op.dtype.is_boolean() else arg

    def _to_decimal(self, op: ops.Value, arg: Any) -> Any:
        if op.dtype.is_decimal():
            return arg
        return self.cast(self._to_number(op, arg), dt.Decimal(DIGITS.get(stored_width(op), DIGITS[8]), 0))

    def _to_double(self, op: ops.Value, arg: sge.Expression) -> sge.Expression:
        if isinstance(op, ops.Literal) and op.dtype.is_numeric() and not op.dtype.is_decimal():
            return self.cast(arg, dt.float64)
        if op.dtype.is_float64():
            return arg
        if op.dtype.is_boolean():
            return self.visit_Cast(ops.Cast(op, dt.float64), arg=arg, to=dt.float64)
        return self.cast(arg, dt.float64)


def _is_never_negative(op: ops.Value) -> bool:
    """Return whether a whole number is 0 or more by the way it is made."""
    if isinstance(op, ops.Literal):
        return bool(op.value is not None and op.value >= 0)
    if isinstance(op, ops.WindowFunction):
        return _is_never_negative(op.func)
    if isinstance(op, ops.Add | ops.Multiply):
        return _is_never_negative(op.left) and _is_never_negative(op.right)
    if isinstance(op, ops.Subtract):  # a rank counts from 1 in SQL and from 0 in Ibis
        is_rank = isinstance(op.left, ops.WindowFunction) and isinstance(op.left.func, ops.RankBase | ops.NTile)
        return is_rank and isinstance(op.right, ops.Literal) and op.right.value == 1
    return isinstance(op, ops.Count | ops.CountStar | ops.CountDistinct | ops.StringLength | ops.RankBase | ops.NTile)
