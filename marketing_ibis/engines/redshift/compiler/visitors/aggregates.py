"""Redshift's aggregates: of rows that meet a condition, of doubles, and of sorted values."""

from __future__ import annotations

from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import STAR

END = "."


class AggregateVisitors:
    """Visitors of aggregates; part of the compiler."""

    f: Any
    agg: Any
    cast: Any
    if_: Any
    visit_Cast: Any
    visit_Min: Any
    _add_parens: Any
    _to_double: Any
    _to_text: Any

    def visit_CountStar(self, op: ops.CountStar, *, arg: Any, where: Any) -> sge.Expression:
        return self.f.count(STAR if where is None else sge.Case(ifs=[self.if_(where, 1)]))

    def visit_Count(self, op: ops.Count, *, arg: sge.Expression, where: Any) -> sge.Expression:
        return self.agg.count(arg, where=where)

    def visit_Arbitrary(self, op: ops.Arbitrary, *, arg: sge.Expression, where: Any) -> sge.Expression:
        """Take the smallest: any value will do, and this one is the same on every run."""
        return self.visit_Min(op, arg=arg, where=where)

    def visit_Mean(self, op: ops.Mean, *, arg: sge.Expression, where: Any) -> sge.Expression:
        """Average as doubles: AVG of integers is truncated, https://docs.aws.amazon.com/redshift/latest/dg/r_AVG.html."""
        return self.agg.avg(self._to_double(op.arg, arg), where=where)

    def visit_Median(self, op: ops.Median, *, arg: sge.Expression, where: Any) -> sge.Expression:
        """Take the middle; of numbers as a double."""
        return self.agg.median(self._to_double(op.arg, arg) if op.arg.dtype.is_numeric() else arg, where=where)

    visit_ApproxMedian = visit_Median

    def visit_CountDistinct(self, op: ops.CountDistinct, *, arg: sge.Expression, where: Any) -> sge.Expression:
        """Count distinct values; exactly, also where an estimate was asked for.

        A string ends in a dot, since blanks at the end are ignored:
        https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
        """
        if op.arg.dtype.is_string():
            arg = sge.DPipe(this=self._add_parens(arg), expression=sge.convert(END))
        value = arg if where is None else sge.Case(ifs=[self.if_(where, arg)])
        return sge.Count(this=sge.Distinct(expressions=[value]))

    visit_ApproxCountDistinct = visit_CountDistinct

    def visit_VarianceStandardDevCovariance(self, op: Any, *, how: str, where: Any, arg: Any) -> sge.Expression:
        """Compute with doubles."""
        name = "var" if isinstance(op, ops.Variance) else "stddev"
        return self.agg[f"{name}_{'samp' if how == 'sample' else 'pop'}"](self._to_double(op.arg, arg), where=where)

    visit_Variance = visit_StandardDev = visit_VarianceStandardDevCovariance

    def visit_Sum(self, op: ops.Sum, *, arg: sge.Expression, where: Any) -> sge.Expression:
        """Add up, booleans as 0 and 1; whole numbers stay BIGINT, of which SUM would make a NUMERIC.

        https://docs.aws.amazon.com/redshift/latest/dg/r_SUM.html
        """
        value = self.visit_Cast(ops.Cast(op.arg, dt.int64), arg=arg, to=dt.int64) if op.arg.dtype.is_boolean() else arg
        total = self.agg.sum(value, where=where)
        return self.cast(total, op.dtype) if op.dtype.is_integer() else total

    def visit_Quantile(self, op: ops.Quantile, *, arg: Any, quantile: Any, where: Any) -> sge.Expression:
        """Interpolate between numbers, pick among other values."""
        is_number = op.arg.dtype.is_numeric()
        value = self._to_double(op.arg, arg) if is_number else arg
        if where is not None:
            value = sge.Case(ifs=[self.if_(where, value)])
        function = self.f.percentile_cont(quantile) if is_number else self.f.percentile_disc(quantile)
        return _within_group(function, [sge.Ordered(this=value)])

    visit_ApproxQuantile = visit_Quantile

    def visit_GroupConcat(
        self, op: ops.GroupConcat, *, arg: Any, sep: Any, where: Any, order_by: Any
    ) -> sge.Expression:
        """Join text: https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html."""
        if not isinstance(op.sep, ops.Literal):
            raise com.UnsupportedOperationError("LISTAGG takes a constant separator only; write it as a literal.")
        text = self._to_text(op.arg, arg)
        separator = op.sep.value or ""
        if not op.arg.dtype.is_string():
            return self._listagg(text, sep if separator else None, where, order_by)
        if not separator:
            # LISTAGG ignores empty strings, so that of nothing but these it gives NULL.
            none_or_empty = self.agg.min(self.f.left(text.copy(), sge.convert(0)), where=where)
            return self.f.coalesce(self._listagg(text, None, where, order_by), none_or_empty)
        # None is empty behind a separator, of which the first is cut off.
        joined = self._listagg(sge.DPipe(this=sep, expression=self._add_parens(text)), None, where, order_by)
        return self.f.substring(joined, sge.convert(len(separator) + 1))

    def _listagg(self, text: Any, sep: Any, where: Any, order_by: Any) -> sge.Expression:
        joined = self.agg.listagg(text, where=where)
        if sep is not None:
            joined.append("expressions", sep)
        return _within_group(joined, order_by) if order_by else joined


def _within_group(function: sge.Expression, order: list[sge.Ordered]) -> sge.WithinGroup:
    return sge.WithinGroup(this=function, expression=sge.Order(expressions=list(order)))
