"""Round moments down to the start of a bucket of any width, counted from 1970 or an offset from it."""

from __future__ import annotations

from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.compiler.visitors.dates import EPOCH

SECONDS = {"W": 604_800, "D": 86_400, "h": 3_600, "m": 60, "s": 1}
MICROSECONDS = {"ms": 1_000, "us": 1} | {unit: count * 1_000_000 for unit, count in SECONDS.items()}
MONTHS = {"Y": 12, "Q": 3, "M": 1}


class BucketVisitors:
    """Visitors of buckets of time; part of the compiler."""

    f: Any
    cast: Any
    _add_parens: Any
    _drop_zone: Any
    _restore_type: Any

    def visit_TimestampBucket(self, op: ops.TimestampBucket, *, arg: Any, interval: Any, offset: Any) -> Any:
        """Count the parts since 1970, and step back to a multiple of the width."""
        part, width, start = _measure(op)
        counted = self.f.datediff(sge.Var(this=part), self.cast(EPOCH, dt.timestamp), self._drop_zone(op.arg, arg))
        since = sge.paren(sge.Sub(this=counted, expression=sge.convert(start))) if start else counted
        parts = sge.Div(this=self.cast(since, dt.float64), expression=sge.convert(width), typed=True)
        steps = sge.Mul(this=self.cast(self.f.floor(parts), dt.int64), expression=sge.convert(width))
        count = sge.Add(this=steps, expression=sge.convert(start)) if start else steps
        return self._restore_type(op, self.f.dateadd(sge.Var(this=part), count, self.cast(EPOCH, dt.timestamp)))


def _measure(op: ops.TimestampBucket) -> tuple[str, int, int]:
    """Return the part that is counted, and the bucket's width and start in it."""
    unit, width = _literal(op.interval)
    if width <= 0:
        raise com.UnsupportedOperationError(f"A bucket is longer than 0, not {width} {unit}.")
    if unit in MONTHS:
        if op.offset is not None:
            raise com.UnsupportedOperationError(
                "Redshift has no offset of buckets by months; subtract it from the timestamp, and add it to the bucket."
            )
        return "month", width * MONTHS[unit], 0
    offset_unit, offset = ("s", 0) if op.offset is None else _literal(op.offset)
    if offset_unit in MONTHS:
        raise com.UnsupportedOperationError("The offset of a bucket by weeks or shorter is of weeks or shorter, too.")
    sizes, part = (SECONDS, "second") if {unit, offset_unit} <= set(SECONDS) else (MICROSECONDS, "microsecond")
    if not {unit, offset_unit} <= set(sizes):
        raise com.UnsupportedOperationError("Redshift has no nanoseconds; take buckets of microseconds or longer.")
    return part, width * sizes[unit], offset * sizes[offset_unit] % (width * sizes[unit])


def _literal(interval: ops.Value) -> tuple[str, int]:
    if not isinstance(interval, ops.Literal):
        raise com.UnsupportedOperationError("A bucket has a constant width; write it as `ibis.interval(...)`.")
    return interval.dtype.unit.short, int(interval.value)
