"""Redshift's conversions from one type to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.compiler.conversions import DIRECT, MOMENTS, NUMBERS, Kind, advice_for, kind_of

TRUE_TEXTS, FALSE_TEXTS = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
"""What a boolean literal may be: https://docs.aws.amazon.com/redshift/latest/dg/r_Boolean_type.html"""
DIGITS_OF_A_DOUBLE = 15
MICROSECONDS = 1_000_000
UTC = "UTC"
ENCODING = "utf8"


class CastVisitors:
    """Visitors of casts; part of the compiler."""

    f: Any
    cast: Any
    if_: Any
    binop: Any
    type_mapper: Any
    _from_epoch: Any
    _make_interval: Any
    _epoch_seconds: Any

    def visit_TryCast(self, op: ops.TryCast, *, arg: sge.Expression, to: dt.DataType) -> sge.Expression:
        """Cast text or give NULL: https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html."""
        if not op.arg.dtype.is_string() or to.is_boolean():
            return self.visit_Cast(op, arg=arg, to=to)
        if to.is_json():
            return sge.Case(ifs=[self.if_(self.f.can_json_parse(arg), self.f.json_parse(arg.copy()))])
        return sge.TryCast(this=arg, to=self.type_mapper.from_ibis(to), safe=True)

    def visit_Cast(self, op: ops.Cast, *, arg: sge.Expression, to: dt.DataType) -> sge.Expression:
        """Cast where Redshift converts as Ibis does, and write every other conversion out.

        Raises:
            UnsupportedOperationError: the two types have no conversion.
        """
        source, target = kind_of(op.arg.dtype), kind_of(to)
        if isinstance(to, dt.Interval) and source is Kind.INTEGER:
            return self._make_interval(arg, to.unit)
        if isinstance(op.arg, ops.DateDiff) and to.is_integer():
            return self.cast(arg.this, to)
        convert = CONVERSIONS.get((source, target))
        if convert is not None:
            return convert(self, op.arg.dtype, arg, to)
        is_same = op.arg.dtype.copy(nullable=True) == to.copy(nullable=True)
        if source is Kind.NULL or target in DIRECT.get(source, ()) or is_same:
            cast = self.cast(arg, to)
            return arg if isinstance(arg, sge.Cast) and arg.to == cast.to else cast
        self.type_mapper.from_ibis(to)
        raise com.UnsupportedOperationError(advice_for(op.arg.dtype, to))

    def _to_text(self, op: ops.Value, arg: sge.Expression) -> sge.Expression:
        return arg if op.dtype.is_string() else self.visit_Cast(ops.Cast(op, dt.string), arg=arg, to=dt.string)

    # Each takes the type of what is converted, the value and the type to convert to.

    def _boolean_to_text(self, source: dt.DataType, arg: Any, to: dt.DataType) -> sge.Expression:
        return sge.Case(ifs=[self.if_(arg, "true"), self.if_(sg.not_(sge.paren(arg)), "false")])

    def _boolean_to_number(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        return self.cast(sge.Case(ifs=[self.if_(arg, 1), self.if_(sg.not_(sge.paren(arg)), 0)]), to)

    def _text_to_boolean(self, source: dt.DataType, arg: Any, to: dt.DataType) -> sge.Expression:
        text = self.f.lower(arg)
        return sge.Case(
            ifs=[self.if_(text.isin(*TRUE_TEXTS), sge.true()), self.if_(text.isin(*FALSE_TEXTS), sge.false())]
        )

    def _number_to_boolean(self, source: dt.DataType, arg: Any, to: dt.DataType) -> sge.Expression:
        return sge.NEQ(this=arg, expression=sge.convert(0))

    def _round_and_cast(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        """Round before the cast, where it drops digits: an explicit cast of a value from a table does not round."""
        scale = getattr(to, "scale", None) or 0
        has_more = not isinstance(source, dt.Decimal) or source.scale is None or source.scale > scale
        is_open = isinstance(to, dt.Decimal) and to.scale is None
        is_beyond = source.is_floating() and scale > DIGITS_OF_A_DOUBLE
        if not has_more or is_open or is_beyond:
            return self.cast(arg, to)
        return self.cast(self.f.round(arg, *([sge.convert(scale)] if scale else [])), to)

    def _double_to_integer(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        """Round halves to the even number, as DuckDB does: twice the rounded half of 2.5 is 2, and of 3.5 it is 4."""
        value = sge.paren(arg) if isinstance(arg, sge.Binary) else arg
        rest = self.f.abs(sge.Sub(this=value, expression=self.f.trunc(arg.copy())))
        is_half = sge.EQ(this=rest, expression=sge.convert(0.5))
        half = sge.Div(this=value.copy(), expression=sge.convert(2), typed=True)
        even = sge.Mul(this=sge.convert(2), expression=self.f.round(half))
        return self.cast(sge.Case(ifs=[self.if_(is_half, even)], default=self.f.round(arg.copy())), to)

    def _moment_to_seconds(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        seconds = self._epoch_seconds(source, arg)
        return seconds if to.is_int64() else self.cast(seconds, to)

    def _integer_to_moment(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        return _restore_zone(self._from_epoch(arg, "second"), to)

    def _fraction_to_moment(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        micros = self.binop(sge.Mul, arg, sge.convert(MICROSECONDS))
        return _restore_zone(self._from_epoch(self.cast(self.f.round(micros), dt.int64), "microsecond"), to)

    def _date_to_instant(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        return at_utc(self.cast(arg, dt.timestamp))

    def _timestamp_to_instant(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        return at_utc(arg)

    def _instant_to_local(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        """Take the moment in UTC, whatever the time zone of the session."""
        local = at_utc(arg)
        return local if to.is_timestamp() else self.cast(local, to)

    def _instant_to_text(self, source: dt.DataType, arg: Any, to: dt.DataType) -> sge.Expression:
        return sge.DPipe(this=self.cast(at_utc(arg), to), expression=sge.convert("+00"))

    def _keep_value(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        return arg

    def _text_to_json(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        """Parse: a cast would make one JSON string of it."""
        return self.f.json_parse(arg)

    def _json_to_text(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        """Serialize: a cast of an object or an array gives NULL."""
        return self.f.json_serialize(arg)

    def _json_to_moment(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        return self.cast(self.cast(arg, dt.string), to)

    def _moment_to_json(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        """Make a JSON string: https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html."""
        return self.cast(
            self.visit_Cast(ops.Cast(ops.Literal(None, dtype=source), dt.string), arg=arg, to=dt.string), dt.json
        )

    def _text_to_uuid(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        return self.cast(self.f.lower(arg), to)

    def _binary_to_text(self, source: dt.DataType, arg: Any, to: dt.DataType) -> Any:
        return self.f.from_varbyte(arg, sge.convert(ENCODING))


SUPER = (Kind.JSON, Kind.NESTED)
Convert = Callable[[CastVisitors, dt.DataType, Any, dt.DataType], sge.Expression]
CONVERSIONS: Mapping[tuple[Kind, Kind], Convert] = {
    (Kind.BOOLEAN, Kind.TEXT): CastVisitors._boolean_to_text,
    **{(Kind.BOOLEAN, number): CastVisitors._boolean_to_number for number in NUMBERS},
    **{(number, Kind.BOOLEAN): CastVisitors._number_to_boolean for number in NUMBERS},
    (Kind.TEXT, Kind.BOOLEAN): CastVisitors._text_to_boolean,
    **{(Kind.DECIMAL, target): CastVisitors._round_and_cast for target in (Kind.INTEGER, Kind.DECIMAL)},
    (Kind.DOUBLE, Kind.INTEGER): CastVisitors._double_to_integer,
    (Kind.DOUBLE, Kind.DECIMAL): CastVisitors._round_and_cast,
    **{(moment, Kind.INTEGER): CastVisitors._moment_to_seconds for moment in (Kind.TIMESTAMP, Kind.INSTANT)},
    **{(Kind.INTEGER, moment): CastVisitors._integer_to_moment for moment in (Kind.TIMESTAMP, Kind.INSTANT)},
    **{(Kind.DECIMAL, moment): CastVisitors._fraction_to_moment for moment in (Kind.TIMESTAMP, Kind.INSTANT)},
    **{(Kind.DOUBLE, moment): CastVisitors._fraction_to_moment for moment in (Kind.TIMESTAMP, Kind.INSTANT)},
    (Kind.DATE, Kind.INSTANT): CastVisitors._date_to_instant,
    (Kind.TIMESTAMP, Kind.INSTANT): CastVisitors._timestamp_to_instant,
    **{(Kind.INSTANT, target): CastVisitors._instant_to_local for target in (Kind.DATE, Kind.TIME, Kind.TIMESTAMP)},
    (Kind.INSTANT, Kind.INSTANT): CastVisitors._keep_value,
    (Kind.INSTANT, Kind.TEXT): CastVisitors._instant_to_text,
    (Kind.TEXT, Kind.JSON): CastVisitors._text_to_json,
    (Kind.JSON, Kind.TEXT): CastVisitors._json_to_text,
    (Kind.TEXT, Kind.NESTED): CastVisitors._text_to_json,
    (Kind.NESTED, Kind.TEXT): CastVisitors._json_to_text,
    **{(source_kind, target_kind): CastVisitors._keep_value for source_kind in SUPER for target_kind in SUPER},
    **{(Kind.JSON, moment): CastVisitors._json_to_moment for moment in MOMENTS},
    **{(moment, Kind.JSON): CastVisitors._moment_to_json for moment in MOMENTS},
    (Kind.TEXT, Kind.UUID): CastVisitors._text_to_uuid,
    (Kind.UUID, Kind.UUID): CastVisitors._keep_value,
    (Kind.BINARY, Kind.TEXT): CastVisitors._binary_to_text,
}
"""Conversions that are more than a cast."""


def at_utc(moment: sge.Expression) -> sge.Expression:
    """Return a timestamp of UTC as an instant, or an instant as a timestamp of UTC.

    A plain cast would take the time zone of the session: https://docs.aws.amazon.com/redshift/latest/dg/r_AT_TIME_ZONE.html
    """
    if isinstance(moment, sge.AtTimeZone) and moment.args["zone"].name == UTC:
        return moment.this.unnest()  # there and back
    operand = moment if isinstance(moment, sge.Column | sge.Cast | sge.Func) else sge.paren(moment)
    return sge.AtTimeZone(this=operand, zone=sge.convert(UTC))


def _restore_zone(moment: sge.Expression, to: dt.DataType) -> sge.Expression:
    return at_utc(moment) if kind_of(to) is Kind.INSTANT else moment
