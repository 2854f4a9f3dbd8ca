"""Redshift's conversions and literals."""

from __future__ import annotations

from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge

TRUE_TEXTS, FALSE_TEXTS = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
"""What a boolean literal may be: https://docs.aws.amazon.com/redshift/latest/dg/r_Boolean_type.html"""


class CastVisitors:
    """Visitors of casts and literals; part of the compiler."""

    f: Any
    cast: Any
    if_: Any
    type_mapper: Any
    _extract: Any
    _from_epoch: Any
    _make_interval: Any
    visit_DefaultLiteral: Any

    def visit_TryCast(self, op: ops.TryCast, *, arg: sge.Expression, to: dt.DataType) -> sge.Expression:
        """Cast text or give NULL: https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html."""
        if not op.arg.dtype.is_string() or to.is_boolean():
            return self.visit_Cast(op, arg=arg, to=to)
        return sge.TryCast(this=arg, to=self.type_mapper.from_ibis(to), safe=True)

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: Any, dtype: dt.DataType) -> sge.Expression | None:
        """Write dates and times as casts of text: there is no MAKE_DATE."""
        if dtype.is_date() or dtype.is_time():
            return self.cast(value.isoformat(), dtype)
        if dtype.is_timestamp():
            return self.cast(value.isoformat(sep=" "), dtype)
        if dtype.is_interval():
            return self._make_interval(sge.convert(value), dtype.unit)
        if dtype.is_uuid():
            return sge.convert(str(value))
        if dtype.is_binary():
            return self.f.from_hex(value.hex())  # https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_HEX.html
        if dtype.is_array() or dtype.is_map() or dtype.is_struct() or dtype.is_json():
            self.type_mapper.from_ibis(dtype)
            raise com.UnsupportedOperationError(f"Redshift takes no literal of {dtype} here; write text and parse it.")
        return self.visit_DefaultLiteral(op, value=value, dtype=dtype)

    def visit_Cast(self, op: ops.Cast, *, arg: sge.Expression, to: dt.DataType) -> sge.Expression:
        """Cast, by CASE where Redshift has no conversion."""
        source = op.arg.dtype
        if source.is_boolean() and to.is_string():
            return sge.Case(ifs=[self.if_(arg, "true"), self.if_(sg.not_(sge.paren(arg)), "false")])
        if source.is_boolean() and to.is_numeric():
            return self.cast(sge.Case(ifs=[self.if_(arg, 1), self.if_(sg.not_(sge.paren(arg)), 0)]), to)
        if source.is_string() and to.is_boolean():
            text = self.f.lower(arg)
            return sge.Case(
                ifs=[self.if_(text.isin(*TRUE_TEXTS), sge.true()), self.if_(text.isin(*FALSE_TEXTS), sge.false())]
            )
        if source.is_numeric() and to.is_boolean():
            return sge.NEQ(this=arg, expression=sge.convert(0))
        if source.is_timestamp() and to.is_integer():
            return self.cast(self._extract("epoch", arg), to)
        if source.is_integer() and to.is_timestamp():
            return self._from_epoch(arg, "second")
        if source.is_integer() and to.is_interval():
            return self._make_interval(arg, to.unit)
        return self.cast(arg, to)

    def _text(self, op: ops.Value, arg: sge.Expression) -> sge.Expression:
        return arg if op.dtype.is_string() else self.visit_Cast(ops.Cast(op, dt.string), arg=arg, to=dt.string)
