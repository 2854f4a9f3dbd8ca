"""PostgreSQL's SELECTs, as Ibis writes them but for what would give other rows than DuckDB."""

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.backends.sql.datatypes import PostgresType

from marketing_ibis.engines.decimals import MOST_DIGITS, OPEN_SCALE, literal_type
from marketing_ibis.engines.postgres.exact_sums import compute_once, exact_sum
from marketing_ibis.engines.predicates import PredicateOperands
from marketing_ibis.engines.whole_days import WholeDays

DATE_UNITS = {"Y": "year", "Q": "quarter", "M": "month", "W": "week"}
"""Units that a day is truncated to, as DATE_TRUNC spells them."""
A_MONDAY = "J0"
"""The first day that PostgreSQL knows, and day 0 of the Julian calendar: no day is before it."""
DAYS_PER_WEEK = 7


class PostgresTypes(PostgresType):  # type: ignore[misc]  # Ibis ships no types
    """Ibis' types; a decimal of open precision has as many digits as on every other engine."""

    default_decimal_precision = MOST_DIGITS
    default_decimal_scale = OPEN_SCALE


class Postgres(PredicateOperands, WholeDays, PostgresCompiler):  # type: ignore[misc]  # Ibis ships no types
    """Ibis' compiler with text in code point order, whole days and whole numbers."""

    type_mapper = PostgresTypes

    def visit_SortKey(self, op: ops.SortKey, *, arg: Any, ascending: bool, nulls_first: bool) -> Any:
        return super().visit_SortKey(op, arg=_by_code_point(op, arg), ascending=ascending, nulls_first=nulls_first)

    def visit_Divide(self, op: ops.Divide, *, left: Any, right: Any) -> Any:
        # A quotient of whole numbers would be whole, and sqlglot's own cast is lost where two columns share the node.
        if not (op.left.dtype.is_floating() or op.right.dtype.is_floating()):
            left = self.cast(left, dt.float64)
        quotient = self.binop(sge.Div, left, right)
        quotient.set("typed", True)
        return quotient

    def visit_Sum(self, op: ops.Sum, *, arg: Any, where: Any) -> Any:
        total = super().visit_Sum(op, arg=arg, where=where)
        # PostgreSQL adds up BIGINT to NUMERIC, with which all that follows would be computed.
        return self.cast(total, op.dtype) if _is_whole_sum(op) else total

    def visit_Cast(self, op: ops.Cast, *, arg: Any, to: dt.DataType) -> Any:
        digits = _digits_of_exact_sum(op)
        return exact_sum(self, arg.this.this, *digits) if digits else super().visit_Cast(op, arg=arg, to=to)

    def visit_Aggregate(self, op: ops.Aggregate, **parts: Any) -> Any:
        return compute_once(super().visit_Aggregate(op, **parts))

    def visit_WindowFunction(self, op: ops.WindowFunction, *, func: Any, **window: Any) -> Any:
        if not _is_whole_sum(op.func):
            return super().visit_WindowFunction(op, func=func, **window)
        return self.cast(super().visit_WindowFunction(op, func=func.this, **window), op.dtype)

    def visit_Min(self, op: ops.Min, *, arg: Any, where: Any) -> Any:
        if op.arg.dtype.is_boolean():
            return self.agg.bool_and(arg, where=where)
        return self.agg.min(_by_code_point(op.arg, arg), where=where)

    def visit_Max(self, op: ops.Max, *, arg: Any, where: Any) -> Any:
        if op.arg.dtype.is_boolean():
            return self.agg.bool_or(arg, where=where)
        return self.agg.max(_by_code_point(op.arg, arg), where=where)

    def visit_ArgMin(self, op: ops.ArgMin, *, arg: Any, key: Any, where: Any) -> Any:
        return super().visit_ArgMin(op, arg=arg, key=_by_code_point(op.key, key), where=where)

    def visit_ArgMax(self, op: ops.ArgMax, *, arg: Any, key: Any, where: Any) -> Any:
        return super().visit_ArgMax(op, arg=arg, key=_by_code_point(op.key, key), where=where)

    def visit_Less(self, op: ops.Less, *, left: Any, right: Any) -> Any:
        return sge.LT(this=_by_code_point(op.left, left), expression=right)

    def visit_LessEqual(self, op: ops.LessEqual, *, left: Any, right: Any) -> Any:
        return sge.LTE(this=_by_code_point(op.left, left), expression=right)

    def visit_Greater(self, op: ops.Greater, *, left: Any, right: Any) -> Any:
        return sge.GT(this=_by_code_point(op.left, left), expression=right)

    def visit_GreaterEqual(self, op: ops.GreaterEqual, *, left: Any, right: Any) -> Any:
        return sge.GTE(this=_by_code_point(op.left, left), expression=right)

    def visit_Between(self, op: ops.Between, *, arg: Any, lower_bound: Any, upper_bound: Any) -> Any:
        return sge.Between(this=_by_code_point(op.arg, arg), low=lower_bound, high=upper_bound)

    def visit_Least(self, op: ops.Least, *, arg: Any) -> Any:
        return self.f.least(*map(_by_code_point, op.arg, arg))

    def visit_Greatest(self, op: ops.Greatest, *, arg: Any) -> Any:
        return self.f.greatest(*map(_by_code_point, op.arg, arg))

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: Any, dtype: dt.DataType) -> Any:
        kind = literal_type(value, dtype)
        if kind is not None:
            return self.cast(f"{value:f}", kind)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_DateDelta(self, op: ops.DateDelta, *, left: Any, right: Any, part: Any) -> Any:
        if part.this != "day":
            return super().visit_DateDelta(op, left=left, right=right, part=part)
        # The difference of two dates is a whole number of days, without a detour over seconds.
        return self.cast(sge.Paren(this=sge.Sub(this=left, expression=right)), dt.int64)

    def visit_DayOfWeekIndex(self, op: ops.DayOfWeekIndex, *, arg: Any) -> Any:
        day = arg if op.arg.dtype.is_date() else self.cast(arg, dt.date)
        days = sge.Paren(this=sge.Sub(this=day, expression=self.cast(A_MONDAY, dt.date)))
        return self.cast(sge.Paren(this=sge.Mod(this=days, expression=sge.convert(DAYS_PER_WEEK))), op.dtype)

    def visit_ExtractYear(self, op: ops.ExtractYear, *, arg: Any) -> Any:
        return self._part("year", op, arg)

    def visit_ExtractQuarter(self, op: ops.ExtractQuarter, *, arg: Any) -> Any:
        return self._part("quarter", op, arg)

    def visit_ExtractMonth(self, op: ops.ExtractMonth, *, arg: Any) -> Any:
        return self._part("month", op, arg)

    def visit_ExtractDay(self, op: ops.ExtractDay, *, arg: Any) -> Any:
        return self._part("day", op, arg)

    def _part(self, unit: str, op: ops.Value, arg: Any) -> Any:
        # EXTRACT gives NUMERIC, with which all that follows would be computed, and takes longer.
        return self.cast(self.f.anon.date_part(unit, arg), op.dtype)

    def visit_DateTruncate(self, op: ops.DateTruncate, *, arg: Any, unit: Any) -> Any:
        # A bare date becomes an instant in the reader's time zone, where the midnight may not exist.
        instant = self.cast(arg, dt.timestamp)
        return self.cast(self.f.anon.date_trunc(sge.Literal.string(DATE_UNITS[unit.short]), instant), dt.date)


def _digits_of_exact_sum(op: ops.Cast) -> tuple[int, int] | None:
    """Return precision and scale of the decimals as which ``op`` adds up doubles, if that is what it does."""
    total = op.arg
    if not (op.to.is_floating() and isinstance(total, ops.Sum) and total.where is None):
        return None
    each = total.arg
    if not (isinstance(each, ops.Cast) and each.to.is_decimal() and each.arg.dtype.is_floating()):
        return None
    digits = (each.to.precision, each.to.scale)
    return None if None in digits else digits


def _is_whole_sum(op: ops.Value) -> bool:
    return isinstance(op, ops.Sum) and op.dtype.is_integer()


def _by_code_point(op: ops.Value, value: Any) -> Any:
    """Return ``value`` so that text compares by code point, whatever the database's collation."""
    if not op.dtype.is_string():
        return value
    return sge.Collate(this=value, expression=sge.to_identifier("C", quoted=True))


COMPILER = Postgres()
"""It has no state, and every expression is written by it."""


def parse_type(text: str) -> dt.DataType:
    """Return a type of the catalog; no contract depends on how long a string may be."""
    dtype = PostgresType.from_string(text)
    return dt.string if dtype.is_string() else dtype
