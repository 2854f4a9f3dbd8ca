"""Step by a sum of intervals of several units one unit at a time, the largest first.

https://docs.aws.amazon.com/redshift/latest/dg/r_DATEADD_function.html
"""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.operations as ops

SUMS = (ops.IntervalAdd, ops.IntervalSubtract)
UNITS = ("Y", "Q", "M", "W", "D", "h", "m", "s", "ms", "us", "ns")
OPPOSITE: dict[type[ops.Value], type[ops.Value]] = {
    ops.TimestampAdd: ops.TimestampSub,
    ops.TimestampSub: ops.TimestampAdd,
}
"""Steps, with those that lead back."""


def add_units_in_turn(op: ops.TimestampAdd | ops.TimestampSub) -> ops.Node | None:
    """Return the steps by each unit, if the interval is a sum of several units."""
    steps = list(_addends(op.right, is_back=False))
    if len({interval.dtype.unit for interval, _ in steps}) < 2:
        return None
    moment = op.left
    for interval, is_back in sorted(steps, key=lambda step: UNITS.index(step[0].dtype.unit.short)):
        kind = OPPOSITE[type(op)] if is_back else type(op)
        moment = kind(moment, interval)
    return moment


def _addends(interval: ops.Value, *, is_back: bool) -> Iterator[tuple[ops.Value, bool]]:
    """Yield the intervals of a sum, each with whether it is subtracted."""
    if isinstance(interval, SUMS):
        yield from _addends(interval.left, is_back=is_back)
        yield from _addends(interval.right, is_back=is_back is not isinstance(interval, ops.IntervalSubtract))
    else:
        yield interval, is_back
