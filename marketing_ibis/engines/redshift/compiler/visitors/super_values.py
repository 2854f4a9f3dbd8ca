"""Arrays and structs as values of type SUPER: https://docs.aws.amazon.com/redshift/latest/dg/r_SUPER_type.html."""

from __future__ import annotations

from functools import reduce
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.compiler.conversions import MOMENTS, Kind, kind_of


class SuperVisitors:
    """Visitors of arrays and structs; part of the compiler."""

    f: Any
    cast: Any
    visit_JSONGetItem: Any
    visit_Quantile: Any
    _take_piece: Any
    _count_pieces: Any

    def visit_Array(self, op: ops.Array, *, exprs: Any, **_: Any) -> Any:
        """Write an array: https://docs.aws.amazon.com/redshift/latest/dg/r_array.html."""
        return self.f.array(*[_check_item(of.dtype, value) for of, value in zip(op.exprs, exprs, strict=True)])

    def visit_StructColumn(self, op: ops.StructColumn, *, names: Any, values: Any) -> Any:
        """Write an object: https://docs.aws.amazon.com/redshift/latest/dg/r_object_function.html."""
        stored = [_check_item(of.dtype, value) for of, value in zip(op.values, values, strict=True)]
        return self.f.object(
            *[part for name, value in zip(op.names, stored, strict=True) for part in (sge.convert(name), value)]
        )

    def visit_ArrayIndex(self, op: ops.ArrayIndex, *, arg: Any, index: Any) -> Any:
        """Take an element by a constant, or a piece of split text."""
        is_literal = isinstance(op.index, ops.Literal)
        if is_literal and isinstance(op.arg, ops.StringSplit):
            return self._take_piece(op, arg)
        if not is_literal or op.index.value < 0:
            raise com.UnsupportedOperationError(
                "Redshift takes elements by constants from 0, of split text also from its end: `text.split(',')[-1]`."
            )
        return self._cast_element(sge.Bracket(this=arg, expressions=[sge.convert(op.index.value)]), op.dtype)

    def visit_StructField(self, op: ops.StructField, *, arg: Any, field: str) -> Any:
        item = ops.JSONGetItem(ops.Literal(None, dtype=dt.json), field)
        return self._cast_element(self.visit_JSONGetItem(item, arg=arg, index=None), op.dtype)

    def _cast_element(self, path: sge.Expression, dtype: dt.DataType) -> Any:
        return path if kind_of(dtype) in (Kind.JSON, Kind.NESTED) else self.cast(path, dtype)

    def visit_ArrayLength(self, op: ops.ArrayLength, *, arg: Any) -> Any:
        """Count elements: https://docs.aws.amazon.com/redshift/latest/dg/get_array_length.html."""
        return self._count_pieces(op, arg) if isinstance(op.arg, ops.StringSplit) else self.f.get_array_length(arg)

    def visit_ArrayContains(self, op: ops.ArrayContains, *, arg: Any, other: Any) -> Any:
        return self.f.array_contains(arg, other)

    def visit_ArrayConcat(self, op: ops.ArrayConcat, *, arg: Any) -> Any:
        """Join arrays, two at a time."""
        return reduce(self.f.array_concat, arg)

    def visit_MultiQuantile(self, op: Any, *, arg: Any, quantile: Any, where: Any) -> Any:
        """Write an array of the quantiles."""
        if not isinstance(op.quantile, ops.Literal):
            raise com.UnsupportedOperationError("Redshift takes constant quantiles; write them as a list.")
        shares = [sge.convert(share) for share in op.quantile.value]
        return self.f.array(*[self.visit_Quantile(op, arg=arg, quantile=share, where=where) for share in shares])

    visit_ApproxMultiQuantile = visit_MultiQuantile


def _check_item(dtype: dt.DataType, value: Any) -> Any:
    if kind_of(dtype) in MOMENTS:
        raise com.UnsupportedOperationError(f"A SUPER value contains no {dtype} on Redshift; cast it to a string.")
    return value
