"""Redshift's dates and times: parts, steps, differences and formats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.compiler.conversions import Kind, kind_of
from marketing_ibis.engines.redshift.compiler.visitors.casts import at_utc

PARTS = {
    "Y": "year",
    "Q": "quarter",
    "M": "month",
    "W": "week",
    "D": "day",
    "h": "hour",
    "m": "minute",
    "s": "second",
    "ms": "millisecond",
    "us": "microsecond",
}
"""Ibis' units as date parts: https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html"""
DAYS_PER_WEEK = 7
MONTHS_PER_YEAR = 12
YEAR, WEEK = PARTS["Y"], PARTS["W"]
EPOCH = "1970-01-01"


def _extract_visitor(part: str) -> Callable[..., Any]:
    """Return a visitor that extracts a part and casts it to the operation's type."""

    def visit(self: DateVisitors, op: ops.Value, *, arg: Any) -> Any:
        return self.cast(self._extract(part, self._drop_zone(op.arg, arg)), op.dtype)

    return visit


class DateVisitors:
    """Visitors of operations on dates and times; part of the compiler."""

    f: Any
    cast: Any
    if_: Any
    binop: Any

    def _extract(self, part: str, arg: sge.Expression) -> sge.Extract:
        return sge.Extract(this=sge.Var(this=part), expression=arg)

    visit_ExtractYear = _extract_visitor("year")
    visit_ExtractQuarter = _extract_visitor("quarter")
    visit_ExtractMonth = _extract_visitor("month")
    visit_ExtractWeekOfYear = _extract_visitor("week")
    visit_ExtractDay = _extract_visitor("day")
    visit_ExtractDayOfYear = _extract_visitor("doy")
    visit_ExtractHour = _extract_visitor("hour")
    visit_ExtractMinute = _extract_visitor("minute")

    def visit_ExtractEpochSeconds(self, op: Any, *, arg: Any) -> sge.Expression:
        """Count the seconds since 1970, as a BIGINT: EXTRACT gives an INTEGER, which ends in 2038."""
        return self._epoch_seconds(op.arg.dtype, arg)

    def _epoch_seconds(self, source: dt.DataType, arg: Any) -> sge.Expression:
        moment = at_utc(arg) if kind_of(source) is Kind.INSTANT else arg
        return self.f.datediff(sge.Var(this="second"), self.cast(EPOCH, dt.timestamp), moment)

    def _drop_zone(self, op: ops.Value, arg: Any) -> Any:
        """Return a moment without its time zone, in UTC: of a TIMESTAMPTZ the session's zone would decide the parts."""
        return at_utc(arg) if kind_of(op.dtype) is Kind.INSTANT else arg

    def _restore_type(self, op: ops.Value, moment: Any) -> Any:
        """Return a moment without time zone as the type that the operation has."""
        return at_utc(moment) if kind_of(op.dtype) is Kind.INSTANT else self.cast(moment, op.dtype)

    def visit_ExtractSecond(self, op: Any, *, arg: Any) -> sge.Expression:
        """Take whole seconds."""
        return self.cast(self.f.floor(self._extract("second", self._drop_zone(op.arg, arg))), op.dtype)

    def visit_ExtractMillisecond(self, op: Any, *, arg: Any) -> sge.Expression:
        """Take the milliseconds within the second, from the digits that TO_CHAR writes."""
        return self.cast(self.f.to_char(self._drop_zone(op.arg, arg), sge.convert("MS")), op.dtype)

    def visit_ExtractMicrosecond(self, op: Any, *, arg: Any) -> sge.Expression:
        """Take the microseconds within the second, from the digits that TO_CHAR writes."""
        return self.cast(self.f.to_char(self._drop_zone(op.arg, arg), sge.convert("US")), op.dtype)

    def visit_ExtractIsoYear(self, op: Any, *, arg: Any) -> sge.Expression:
        """Take the year of the week's Thursday, which is the ISO year; there is no part for it."""
        thursday = self.f.dateadd(
            sge.Var(this="day"), sge.convert(3), self._truncate("week", self._drop_zone(op.arg, arg))
        )
        return self.cast(self._extract("year", thursday), op.dtype)

    def visit_DayOfWeekIndex(self, op: Any, *, arg: Any) -> sge.Expression:
        """Count weekdays from Monday; Redshift counts from Sunday."""
        weekday = self._extract("dow", self._drop_zone(op.arg, arg))
        monday_first = sge.paren(sge.Add(this=weekday, expression=sge.convert(DAYS_PER_WEEK - 1)))
        return self.cast(sge.Mod(this=monday_first, expression=sge.convert(DAYS_PER_WEEK)), op.dtype)

    def visit_DayOfWeekName(self, op: Any, *, arg: Any) -> sge.Expression:
        """Write the weekday's name without the blanks that fill it up."""
        return self.f.rtrim(self.f.to_char(self._drop_zone(op.arg, arg), sge.convert("Day")))

    def _truncate(self, part: str, arg: sge.Expression) -> sge.Expression:
        return self.f.date_trunc(sge.convert(part), arg)

    def visit_TimestampTruncate(self, op: Any, *, arg: Any, unit: Any) -> sge.Expression:
        """Truncate; DATE_TRUNC gives a timestamp also of a date, so the type is stated."""
        return self._restore_type(op, self._truncate(_part_of_unit(unit), self._drop_zone(op.arg, arg)))

    visit_DateTruncate = visit_TimestampTruncate

    def visit_Date(self, op: ops.Date, *, arg: Any) -> sge.Expression:
        return self.cast(self._drop_zone(op.arg, arg), op.dtype)

    def visit_Time(self, op: ops.Time, *, arg: Any) -> sge.Expression:
        """Take the time of day: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html."""
        return self.cast(self._drop_zone(op.arg, arg), op.dtype)

    def visit_TimeFromHMS(self, op: Any, *, hours: Any, minutes: Any, seconds: Any) -> sge.Expression:
        """Step from midnight."""
        moment = self.cast("00:00:00", dt.time)
        for part, count in (("hour", hours), ("minute", minutes), ("second", seconds)):
            moment = self.f.dateadd(sge.Var(this=part), self.cast(count, dt.int32), moment)
        return moment

    def visit_BetweenTime(self, op: Any, *, arg: Any, lower_bound: Any, upper_bound: Any) -> sge.Expression:
        time = self.cast(self._drop_zone(op.arg, arg), dt.time)
        low, high = self.cast(lower_bound, dt.time), self.cast(upper_bound, dt.time)
        return sge.Between(this=time, low=low, high=high)

    def visit_DateNow(self, op: Any) -> sge.Expression:
        return self.cast(self.f.getdate(), op.dtype)

    def visit_TimestampNow(self, op: Any) -> sge.Expression:
        """Give the time at which the statement started; CURRENT_TIMESTAMP runs on the leader node only."""
        return self._restore_type(op, self.f.getdate()) if op.dtype.timezone is not None else self.f.getdate()

    # Steps and differences

    def _make_interval(self, arg: sge.Expression, unit: Any) -> sge.Interval:
        return sge.Interval(this=arg, unit=sge.Var(this=_part_of_unit(unit)))

    def visit_DateAdd(self, op: Any, *, left: Any, right: Any) -> sge.Expression:
        """Step forward: https://docs.aws.amazon.com/redshift/latest/dg/r_DATEADD_function.html."""
        return self._step(op, left, right, is_back=False)

    def visit_DateSub(self, op: Any, *, left: Any, right: Any) -> sge.Expression:
        return self._step(op, left, right, is_back=True)

    visit_TimestampAdd = visit_TimeAdd = visit_DateAdd
    visit_TimestampSub = visit_TimeSub = visit_DateSub

    def _step(self, op: Any, moment: sge.Expression, step: sge.Expression, *, is_back: bool) -> sge.Expression:
        if not isinstance(step, sge.Interval):
            raise com.UnsupportedOperationError(
                "Redshift steps by one unit at a time; write `+ ibis.interval(days=n)` or `column.as_interval('D')`."
            )
        part, count = step.args["unit"], step.this
        if part.name.lower() == YEAR:
            # A year after 29 February is 1 March by this function, twelve months after it 28 February as elsewhere.
            part, count = sge.Var(this="month"), sge.Mul(this=sge.paren(count), expression=sge.convert(MONTHS_PER_YEAR))
        steps = sge.Neg(this=sge.paren(count)) if is_back else count
        return self._restore_type(op, self.f.dateadd(part, steps, self._drop_zone(op.left, moment)))

    def visit_IntervalAdd(self, op: Any, *, left: Any, right: Any) -> sge.Interval:
        return self._combine_intervals(op, left, right, sge.Add)

    def visit_IntervalSubtract(self, op: Any, *, left: Any, right: Any) -> sge.Interval:
        return self._combine_intervals(op, left, right, sge.Sub)

    def _combine_intervals(self, op: Any, left: Any, right: Any, kind: type[sge.Binary]) -> sge.Interval:
        unit = op.left.dtype.unit
        if unit != op.right.dtype.unit:
            raise com.UnsupportedOperationError(
                "Redshift steps by one unit at a time; add intervals one after another."
            )
        return self._make_interval(self.binop(kind, left.this, right.this), unit)

    def visit_IntervalMultiply(self, op: Any, *, left: Any, right: Any) -> sge.Interval:
        return self._make_interval(self.binop(sge.Mul, left.this, right), op.dtype.unit)

    def visit_TimestampDelta(self, op: Any, *, part: Any, left: Any, right: Any) -> sge.Expression:
        """Count the boundaries crossed: https://docs.aws.amazon.com/redshift/latest/dg/r_DATEDIFF_function.html."""
        unit = op.part.value if isinstance(op.part, ops.Literal) else None
        if unit is None:
            raise com.UnsupportedOperationError("DATEDIFF takes its part as a word; write the unit as a literal.")
        part = _part_of_name(str(unit))
        if part == WEEK:
            raise com.UnsupportedOperationError(
                "Engines disagree on the weeks between two days; take `.delta(..., unit='day') // 7`."
            )
        return self.f.datediff(sge.Var(this=part), self._drop_zone(op.right, right), self._drop_zone(op.left, left))

    visit_DateDelta = visit_TimeDelta = visit_TimestampDelta

    def _from_epoch(self, count: sge.Expression, part: str) -> sge.Expression:
        return self.f.dateadd(sge.Var(this=part), count, self.cast(EPOCH, dt.timestamp))

    def visit_TimestampFromUNIX(self, op: Any, *, arg: Any, unit: Any) -> sge.Expression:
        """Count from 1970."""
        return self._from_epoch(self.cast(arg, dt.int64), _part_of_unit(unit))

    def visit_DateFromYMD(self, op: Any, *, year: Any, month: Any, day: Any) -> sge.Expression:
        """Step from 1970: there is no MAKE_DATE."""
        moment = self._from_parts(year, month, day)
        return self.cast(moment, op.dtype)

    def _from_parts(self, year: Any, month: Any, day: Any) -> sge.Expression:
        moment = self.cast(EPOCH, dt.timestamp)
        for part, count, first in (("year", year, 1970), ("month", month, 1), ("day", day, 1)):
            steps = sge.Sub(this=sge.paren(sge.convert(count)), expression=sge.convert(first))
            moment = self.f.dateadd(sge.Var(this=part), self.cast(steps, dt.int32), moment)
        return moment

    def visit_TimestampFromYMDHMS(
        self, op: Any, *, year: Any, month: Any, day: Any, hours: Any, minutes: Any, seconds: Any
    ) -> sge.Expression:
        """Step from 1970."""
        moment = self._from_parts(year, month, day)
        for part, count in (("hour", hours), ("minute", minutes), ("second", seconds)):
            moment = self.f.dateadd(sge.Var(this=part), self.cast(count, dt.int32), moment)
        return moment


def _part_of_unit(unit: Any) -> str:
    part = PARTS.get(unit.short)
    if part is None:
        raise com.UnsupportedOperationError(f"Redshift has no date part for the unit {unit.short!r}.")
    return part


def _part_of_name(unit: str) -> str:
    word = PARTS.get(unit, unit.lower().rstrip("s"))
    if word not in PARTS.values():
        raise com.UnsupportedOperationError(
            f"Redshift has no date part {unit!r}; there are {', '.join(PARTS.values())}."
        )
    return word
