"""The time between two moments: a count of days, or what is compared with an interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import ibis.common.exceptions as com
import sqlglot.expressions as sge

DIFFERENCE = "difference"
"""Marks an interval whose number is a difference."""
DAY, MICROSECOND = "day", "microsecond"
LENGTHS = {
    "week": 604_800_000_000,
    "day": 86_400_000_000,
    "hour": 3_600_000_000,
    "minute": 60_000_000,
    "second": 1_000_000,
    "millisecond": 1_000,
    "microsecond": 1,
}
"""Microseconds of the parts that are always as long."""
COMPARISONS = (sge.EQ, sge.NEQ, sge.GT, sge.GTE, sge.LT, sge.LTE, sge.Between)


class DifferenceVisitors:
    """Visitors of differences; part of the compiler."""

    f: Any
    _drop_zone: Any

    def visit_DateDiff(self, op: Any, *, left: Any, right: Any) -> sge.Interval:
        """Count the days: https://docs.aws.amazon.com/redshift/latest/dg/r_DATEDIFF_function.html."""
        return _difference(DAY, self.f.datediff(sge.Var(this=DAY), right, left))

    def visit_TimestampDiff(self, op: Any, *, left: Any, right: Any) -> sge.Interval:
        """Count the microseconds."""
        moments = self._drop_zone(op.right, right), self._drop_zone(op.left, left)
        return _difference(MICROSECOND, self.f.datediff(sge.Var(this=MICROSECOND), *moments))

    def visit_TimeDiff(self, op: Any, *, left: Any, right: Any) -> sge.Interval:
        return _difference(MICROSECOND, self.f.datediff(sge.Var(this=MICROSECOND), right, left))


def resolve_differences(nodes: Iterable[sge.Expression]) -> None:
    """Compare differences with intervals as numbers, and write those of days as numbers.

    Raises:
        UnsupportedOperationError: an interval is left over.
    """
    for interval in [node for node in nodes if isinstance(node, sge.Interval)]:
        if interval.parent is None:
            continue  # a part of one that was replaced before
        comparison = interval.parent_select and interval.find_ancestor(*COMPARISONS)
        sides = _sides(comparison) if isinstance(comparison, COMPARISONS) else []
        if any(side is interval for side in sides) and all(isinstance(side, sge.Interval) for side in sides):
            _compare_as_numbers(sides)
        elif interval.meta.get(DIFFERENCE) and _part(interval) == DAY:
            interval.replace(interval.this)
        else:
            raise com.UnsupportedOperationError(
                "Redshift has no column of the type interval; keep the number, add it to a date with "
                "`day + number.as_interval('D')`, or count with `.delta(other, unit='second')`."
            )


def _difference(part: str, count: sge.Expression) -> sge.Interval:
    interval = sge.Interval(this=count, unit=sge.Var(this=part))
    interval.meta[DIFFERENCE] = True
    return interval


def _part(interval: sge.Expression) -> str:
    name: str = interval.args["unit"].name
    return name.lower()


def _sides(comparison: sge.Expression) -> list[sge.Expression]:
    parts = ("this", "expression", "low", "high")
    return [comparison.args[part].unnest() for part in parts if comparison.args.get(part) is not None]


def _compare_as_numbers(sides: Sequence[sge.Expression]) -> None:
    """Write intervals as numbers of the shortest part among them."""
    parts = [_part(side) for side in sides]
    if not set(parts) <= set(LENGTHS):
        raise com.UnsupportedOperationError(
            "Months are not always as long; compare `.delta(other, unit='month')` with a number."
        )
    shortest = min(LENGTHS[part] for part in parts)
    for side, part in zip(sides, parts, strict=True):
        factor = LENGTHS[part] // shortest
        count = side.this.copy()
        is_number = count.is_int
        if factor > 1:
            count = (
                sge.convert(int(count.name) * factor)
                if is_number
                else sge.Mul(this=sge.paren(count), expression=sge.convert(factor))
            )
        side.replace(count)
