"""Redshift's dates and times: parts, steps, differences and formats."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge

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
SECONDS = {"W": 604_800, "D": 86_400, "h": 3_600, "m": 60, "s": 1}
DAYS_PER_WEEK = 7
MONTHS_PER_YEAR = 12
YEAR, WEEK = PARTS["Y"], PARTS["W"]
EPOCH = "1970-01-01"

DIRECTIVES = {
    "%Y": "YYYY",
    "%y": "YY",
    "%m": "MM",
    "%d": "DD",
    "%H": "HH24",
    "%I": "HH12",
    "%M": "MI",
    "%S": "SS",
    "%f": "US",
    "%p": "AM",
    "%j": "DDD",
    "%b": "Mon",
    "%a": "Dy",
    "%B": "Month",
    "%A": "Day",
    "%G": "IYYY",
    "%V": "IW",
}
"""strftime's directives as https://docs.aws.amazon.com/redshift/latest/dg/r_FORMAT_strings.html has them."""
COMPOUND = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%D": "%m/%d/%y", "%R": "%H:%M"}
PADDED = ("%B", "%A")
"""Names that TO_CHAR fills up with blanks."""


def _extracting(part: str) -> Callable[..., Any]:
    """Return a visitor that extracts a part and casts it to the operation's type."""

    def visit(self: DateVisitors, op: ops.Value, *, arg: Any) -> Any:
        return self.cast(self._extract(part, arg), op.dtype)

    return visit


class DateVisitors:
    """Visitors of operations on dates and times; part of the compiler."""

    f: Any
    cast: Any
    if_: Any
    binop: Any

    def _extract(self, part: str, arg: sge.Expression) -> sge.Extract:
        return sge.Extract(this=sge.Var(this=part), expression=arg)

    visit_ExtractYear = _extracting("year")
    visit_ExtractQuarter = _extracting("quarter")
    visit_ExtractMonth = _extracting("month")
    visit_ExtractWeekOfYear = _extracting("week")
    visit_ExtractDay = _extracting("day")
    visit_ExtractDayOfYear = _extracting("doy")
    visit_ExtractHour = _extracting("hour")
    visit_ExtractMinute = _extracting("minute")
    visit_ExtractEpochSeconds = _extracting("epoch")

    def visit_ExtractSecond(self, op: Any, *, arg: Any) -> sge.Expression:
        """Take whole seconds."""
        return self.cast(self.f.floor(self._extract("second", arg)), op.dtype)

    def visit_ExtractMillisecond(self, op: Any, *, arg: Any) -> sge.Expression:
        """Take the milliseconds within the second, from the digits that TO_CHAR writes."""
        return self.cast(self.f.to_char(arg, sge.convert("MS")), op.dtype)

    def visit_ExtractMicrosecond(self, op: Any, *, arg: Any) -> sge.Expression:
        """Take the microseconds within the second, from the digits that TO_CHAR writes."""
        return self.cast(self.f.to_char(arg, sge.convert("US")), op.dtype)

    def visit_ExtractIsoYear(self, op: Any, *, arg: Any) -> sge.Expression:
        """Take the year of the week's Thursday, which is the ISO year; there is no part for it."""
        thursday = self.f.dateadd(sge.Var(this="day"), sge.convert(3), self._truncated("week", arg))
        return self.cast(self._extract("year", thursday), op.dtype)

    def visit_DayOfWeekIndex(self, op: Any, *, arg: Any) -> sge.Expression:
        """Count weekdays from Monday; Redshift counts from Sunday."""
        monday_first = sge.paren(sge.Add(this=self._extract("dow", arg), expression=sge.convert(DAYS_PER_WEEK - 1)))
        return self.cast(sge.Mod(this=monday_first, expression=sge.convert(DAYS_PER_WEEK)), op.dtype)

    def visit_DayOfWeekName(self, op: Any, *, arg: Any) -> sge.Expression:
        """Write the weekday's name without the blanks that fill it up."""
        return self.f.rtrim(self.f.to_char(arg, sge.convert("Day")))

    def _truncated(self, part: str, arg: sge.Expression) -> sge.Expression:
        return self.f.date_trunc(sge.convert(part), arg)

    def visit_TimestampTruncate(self, op: Any, *, arg: Any, unit: Any) -> sge.Expression:
        """Truncate; DATE_TRUNC gives a timestamp also of a date, so the type is stated."""
        return self.cast(self._truncated(_part_of(unit), arg), op.dtype)

    visit_DateTruncate = visit_TimestampTruncate

    def visit_Date(self, op: ops.Date, *, arg: Any) -> sge.Expression:
        return self.cast(arg, op.dtype)

    def visit_DateNow(self, op: Any) -> sge.Expression:
        return self.cast(self.f.getdate(), op.dtype)

    def visit_TimestampNow(self, op: Any) -> sge.Expression:
        """Give the time at which the statement started; CURRENT_TIMESTAMP runs on the leader node only."""
        return self.f.getdate()

    # Steps and differences

    def _make_interval(self, arg: sge.Expression, unit: Any) -> sge.Interval:
        return sge.Interval(this=arg, unit=sge.Var(this=_part_of(unit)))

    def visit_DateAdd(self, op: Any, *, left: Any, right: Any) -> sge.Expression:
        """Step forward: https://docs.aws.amazon.com/redshift/latest/dg/r_DATEADD_function.html."""
        return self._stepped(op, left, right, is_back=False)

    def visit_DateSub(self, op: Any, *, left: Any, right: Any) -> sge.Expression:
        return self._stepped(op, left, right, is_back=True)

    visit_TimestampAdd = visit_TimeAdd = visit_DateAdd
    visit_TimestampSub = visit_TimeSub = visit_DateSub

    def _stepped(self, op: Any, moment: sge.Expression, step: sge.Expression, *, is_back: bool) -> sge.Expression:
        if not isinstance(step, sge.Interval):
            raise com.UnsupportedOperationError(
                "Redshift steps by one unit at a time; write `+ ibis.interval(days=n)` or `column.as_interval('D')`."
            )
        part, count = step.args["unit"], step.this
        if part.name.lower() == YEAR:
            # A year after 29 February is 1 March by this function, twelve months after it 28 February as elsewhere.
            part, count = sge.Var(this="month"), sge.Mul(this=sge.paren(count), expression=sge.convert(MONTHS_PER_YEAR))
        steps = sge.Neg(this=sge.paren(count)) if is_back else count
        return self.cast(self.f.dateadd(part, steps, moment), op.dtype)

    def visit_IntervalAdd(self, op: Any, *, left: Any, right: Any) -> sge.Interval:
        return self._combined(op, left, right, sge.Add)

    def visit_IntervalSubtract(self, op: Any, *, left: Any, right: Any) -> sge.Interval:
        return self._combined(op, left, right, sge.Sub)

    def _combined(self, op: Any, left: Any, right: Any, kind: type[sge.Binary]) -> sge.Interval:
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
        part = _word(str(unit))
        if part == WEEK:
            raise com.UnsupportedOperationError(
                "Engines disagree on the weeks between two days; take `.delta(..., unit='day') // 7`."
            )
        return self.f.datediff(sge.Var(this=part), right, left)

    visit_DateDelta = visit_TimeDelta = visit_TimestampDelta

    def visit_TimestampBucket(self, op: Any, *, arg: Any, interval: Any, offset: Any) -> sge.Expression:
        """Round down to a multiple of the interval since 1970."""
        unit, size = op.interval.dtype.unit.short, getattr(op.interval, "value", None)
        if unit not in SECONDS or size is None or offset is not None:
            raise com.UnsupportedOperationError("Redshift buckets by weeks and shorter, without offset; use truncate.")
        width = sge.convert(size * SECONDS[unit])
        seconds = self._extract("epoch", arg)
        start = sge.Mul(
            this=self.f.floor(sge.Div(this=self.cast(seconds, dt.float64), expression=width, typed=True)),
            expression=width,
        )
        return self._from_epoch(self.cast(start, dt.int64), "second")

    def _from_epoch(self, count: sge.Expression, part: str) -> sge.Expression:
        return self.f.dateadd(sge.Var(this=part), count, self.cast(EPOCH, dt.timestamp))

    def visit_TimestampFromUNIX(self, op: Any, *, arg: Any, unit: Any) -> sge.Expression:
        """Count from 1970."""
        return self._from_epoch(self.cast(arg, dt.int64), _part_of(unit))

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

    # Formats

    def visit_Strftime(self, op: ops.Strftime, *, arg: Any, format_str: Any) -> sge.Expression:
        """Write with TO_CHAR, piece by piece, since its format takes no free text."""
        pieces = [
            sge.convert(text) if format is None else self._formatted(arg.copy(), text, format)
            for text, format in _pieces(_format(op))
        ]
        joined = pieces[0]
        for piece in pieces[1:]:
            joined = sge.DPipe(this=joined, expression=piece)
        return joined

    def _formatted(self, arg: sge.Expression, directive: str, format: str) -> sge.Expression:
        text = self.f.to_char(arg, sge.convert(format))
        return self.f.rtrim(text) if directive in PADDED else text

    def visit_StringToDate(self, op: Any, *, arg: Any, format_str: Any) -> sge.Expression:
        """Read a date: https://docs.aws.amazon.com/redshift/latest/dg/r_TO_DATE_function.html."""
        return self.f.to_date(arg, sge.convert(_read_format(op)))

    def visit_StringToTimestamp(self, op: Any, *, arg: Any, format_str: Any) -> sge.Expression:
        """Read a timestamp; TO_TIMESTAMP gives one with a zone, so the type is stated."""
        return self.cast(self.f.to_timestamp(arg, sge.convert(_read_format(op))), dt.timestamp)


def _part_of(unit: Any) -> str:
    part = PARTS.get(unit.short)
    if part is None:
        raise com.UnsupportedOperationError(f"Redshift has no date part for the unit {unit.short!r}.")
    return part


def _word(unit: str) -> str:
    word = PARTS.get(unit, unit.lower().rstrip("s"))
    if word not in PARTS.values():
        raise com.UnsupportedOperationError(
            f"Redshift has no date part {unit!r}; there are {', '.join(PARTS.values())}."
        )
    return word


def _format(op: Any) -> str:
    if not isinstance(op.format_str, ops.Literal):
        raise com.UnsupportedOperationError("Redshift formats by a constant; write the format as a literal.")
    text: str = op.format_str.value
    for short, long in COMPOUND.items():
        text = text.replace(short, long)
    return text


def _pieces(format: str) -> list[tuple[str, str | None]]:
    """Split a strftime format into free text (with None) and directives with Redshift's spelling."""
    pieces: list[tuple[str, str | None]] = []
    for text in re.findall(r"%.|[^%]+", format):
        if not text.startswith("%"):
            pieces.append((text, None))
        elif text == "%%":
            pieces.append(("%", None))
        elif text in DIRECTIVES:
            pieces.append((text, DIRECTIVES[text]))
        else:
            raise com.UnsupportedOperationError(
                f"TO_CHAR has nothing for {text}; there are {' '.join([*DIRECTIVES, *COMPOUND])}."
            )
    return pieces or [("", None)]


def _read_format(op: Any) -> str:
    pieces = _pieces(_format(op))
    free = [text for text, format in pieces if format is None and re.search(r"[A-Za-z\"\\]", text)]
    if free:
        raise com.UnsupportedOperationError(
            f"Redshift reads no letters between parts ({free[0]!r}); cut them off before."
        )
    return "".join(format or text for text, format in pieces)
