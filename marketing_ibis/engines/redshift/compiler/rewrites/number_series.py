"""Turn an `ibis.range` into rows without generate_series, which runs on the leader node only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache, reduce

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

MOST_ROWS_OF_A_RANGE = 1_000_000
"""The months between any two dates, with years of four digits, are 119,988."""
NUMBER, DIGIT, SIZE = "__n", "__d", "__size"
DIGITS = tuple(range(10))
MONTHS = {"Y": 12, "Q": 3, "M": 1}
LENGTHS = {"W": "weeks", "D": "days", "h": "hours", "m": "minutes", "s": "seconds"}
UNITS = (*MONTHS, *LENGTHS)
LAST_SAFE_DAY = 28
"""Steps of months from later days end where each engine likes."""


def range_to_rows(project: ops.Project, name: str, values: ops.IntegerRange | ops.TimestampRange) -> ops.Node:
    """Write the rows of a column that unnests a range.

    Raises:
        UnsupportedOperationError: the range has too many rows, or an unknown number.
    """
    if isinstance(values, ops.IntegerRange):
        return _integers_to_rows(project, name, values)
    return _moments_to_rows(project, name, values)


def _moments_to_rows(project: ops.Project, name: str, moments: ops.TimestampRange) -> ops.Node:
    """Number the steps from the first moment, and add each number of steps to it."""
    is_known = isinstance(moments.step, ops.Literal) and moments.step.dtype.unit.short in UNITS
    if not is_known or not moments.step.value:
        raise com.UnsupportedOperationError(
            "`ibis.range` of moments on Redshift takes a literal step of whole seconds or longer, not 0; "
            "unnest an `ibis.range` of numbers and add `.as_interval('D')` of it to the first moment."
        )
    unit, width = moments.step.dtype.unit, moments.step.value
    if not isinstance(moments.start, ops.Literal) or not isinstance(moments.stop, ops.Literal):
        return _moments_between_columns(project, name, moments)
    series = _join_number_series(project, _count_steps(moments.start.value, moments.stop.value, unit.short, width))
    count = ops.Multiply(ops.Field(series, NUMBER), ops.Literal(width, dtype=dt.int64))
    moment = ops.TimestampAdd(moments.start, ops.IntervalFromInteger(count, unit))
    return _select_element(project, series, name, moment)


def _moments_between_columns(project: ops.Project, name: str, moments: ops.TimestampRange) -> ops.Node:
    """Count the steps between two columns in microseconds, which every part but months has a fixed number of."""
    unit, width = moments.step.dtype.unit, moments.step.value
    if unit.short in MONTHS:
        raise com.UnsupportedOperationError(
            "`ibis.range` by months between columns is not supported on Redshift; unnest an `ibis.range` of numbers up "
            "to `.delta(..., unit='month')`, and add `.as_interval('M')` of it to the first moment."
        )
    ends = (moments.stop, moments.start) if width > 0 else (moments.start, moments.stop)
    step = abs(width) * (timedelta(**{LENGTHS[unit.short]: 1}) // timedelta(microseconds=1))
    distance = ops.TimestampDelta("microsecond", *ends)
    count = ops.FloorDivide(ops.Add(distance, step - 1), step)
    joined = _count_up(project, ops.IntegerRange(ops.Literal(0, dt.int64), count, ops.Literal(1, dt.int64)))
    steps = ops.Multiply(ops.Field(joined, NUMBER), ops.Literal(width, dtype=dt.int64))
    start = moments.start.replace({project.parent: joined})
    return _select_element(project, joined, name, ops.TimestampAdd(start, ops.IntervalFromInteger(steps, unit)))


def _count_steps(start: datetime, stop: datetime, unit: str, width: int) -> int:
    """Count the moments from ``start`` up to but not including ``stop``, up to one more than a range may have."""
    if unit in MONTHS and start.day > LAST_SAFE_DAY:
        raise com.UnsupportedOperationError(
            f"`ibis.range` by months from day {start.day} is not supported on Redshift; start on day 1."
        )
    if unit in LENGTHS:
        return max(0, -((start - stop) // timedelta(**{LENGTHS[unit]: width})))
    count, moment = 0, start
    while count <= MOST_ROWS_OF_A_RANGE and (moment < stop if width > 0 else moment > stop):
        count += 1
        moment = _add_steps(start, unit, count * width)
    return count


def _add_steps(start: datetime, unit: str, steps: int) -> datetime:
    if unit in MONTHS:
        years, month = divmod(start.month - 1 + steps * MONTHS[unit], 12)
        return start.replace(year=start.year + years, month=month + 1)
    return start + timedelta(**{LENGTHS[unit]: steps})


def _integers_to_rows(project: ops.Project, name: str, numbers: ops.IntegerRange) -> ops.Node:
    """Join with a number series, or digit by digit where columns bound the range: there is no generate_series."""
    step = getattr(numbers.step, "value", None)
    if not step:
        raise com.UnsupportedOperationError("`ibis.range` on Redshift takes a literal step other than 0.")
    if isinstance(numbers.start, ops.Literal) and isinstance(numbers.stop, ops.Literal):
        joined = _join_number_series(project, len(range(numbers.start.value, numbers.stop.value, step)))
    else:
        joined = _count_up(project, numbers)
    start = ops.Cast(numbers.start, dt.int64).replace({project.parent: joined})
    return _select_element(project, joined, name, ops.Add(ops.Multiply(ops.Field(joined, NUMBER), step), start))


def _join_number_series(project: ops.Project, size: int) -> ops.Relation:
    if size > MOST_ROWS_OF_A_RANGE:
        raise com.UnsupportedOperationError(
            f"`ibis.range` of more than {MOST_ROWS_OF_A_RANGE:,} rows is not supported on Redshift; "
            "keep longer number series in a table."
        )
    series = _number_series(size)
    return series if isinstance(project.parent, ops.DummyTable) else _cross_join(project.parent, series)


def _select_element(project: ops.Project, joined: ops.Relation, name: str, element: ops.Value) -> ops.Project:
    values = {
        n: ops.Cast(element, project.schema[n]) if n == name else v.replace({project.parent: joined})
        for n, v in project.values.items()
    }
    return ops.Project(joined, values)


def _count_up(project: ops.Project, numbers: ops.IntegerRange) -> ops.Relation:
    """Number as many rows as each row's range has; a longer range is an error of the engine, never a short one.

    Each digit is joined only to those that begin a number of the range, so the work grows with the rows that result.
    """
    distance = ops.Cast(ops.Subtract(numbers.stop, numbers.start), dt.int64)
    step = numbers.step.value
    size = distance if step == 1 else ops.FloorDivide(ops.Add(distance, step - (1 if step > 0 else -1)), step)
    # Divides by 0 where the range is too long.
    fits = ops.Divide(1, ops.IfElse(ops.Greater(size, MOST_ROWS_OF_A_RANGE), 0, 1))
    parent = ops.Filter(project.parent, (ops.Greater(fits, 0),))
    columns = {name: ops.Field(parent, name) for name in parent.schema}
    _check_free_names(columns, (NUMBER, DIGIT, SIZE))
    rows: ops.Relation = ops.Project(parent, columns | {SIZE: size.replace({project.parent: parent})})
    place = MOST_ROWS_OF_A_RANGE
    while place > 1:
        place //= len(DIGITS)
        rows = _append_digit(rows, place)
    return rows


def _append_digit(rows: ops.Relation, place: int) -> ops.Relation:
    """Add a digit to the right of each row's number, where the numbers that begin so are still in the range."""
    joined = _cross_join(rows, _digits(DIGIT))
    number: ops.Value = ops.Field(joined, DIGIT)
    if NUMBER in rows.schema:
        number = ops.Add(ops.Multiply(ops.Field(joined, NUMBER), len(DIGITS)), number)
    columns = {name: ops.Field(joined, name) for name in rows.schema if name != NUMBER}
    counted = ops.Project(joined, columns | {NUMBER: number})
    first = ops.Multiply(ops.Field(counted, NUMBER), place) if place > 1 else ops.Field(counted, NUMBER)
    return ops.Filter(counted, (ops.Less(first, ops.Field(counted, SIZE)),))


@cache
def _digits(name: str) -> ops.Relation:
    return union_all([ops.DummyTable({name: ops.Literal(digit, dtype=dt.int64)}) for digit in DIGITS])


def _number_series(size: int) -> ops.Relation:
    digits = _digits("d")
    rows: ops.Relation = ops.Project(digits, {NUMBER: ops.Field(digits, "d")})
    length = len(DIGITS)
    while length < size:
        joined = _cross_join(rows, digits)
        tens = ops.Multiply(ops.Field(joined, NUMBER), len(DIGITS))
        rows = ops.Project(joined, {NUMBER: ops.Add(tens, ops.Field(joined, "d"))})
        length *= len(DIGITS)
    return rows if length == size else ops.Filter(rows, (ops.Less(ops.Field(rows, NUMBER), size),))


def _cross_join(left: ops.Relation, right: ops.Relation) -> ops.Relation:
    _check_free_names(left.schema, right.schema)
    joined: ops.Relation = left.to_expr().cross_join(right.to_expr()).op()
    return joined


def _check_free_names(columns: Iterable[str], others: Iterable[str]) -> None:
    clash = set(columns) & set(others)
    if clash:
        raise com.UnsupportedOperationError(
            f"`ibis.range` next to a column called {sorted(clash)[0]} is not supported on Redshift; rename the column."
        )


def union_all(parts: Iterable[ops.Relation]) -> ops.Relation:
    """Put relations one below the other."""
    return reduce(lambda left, right: ops.Union(left, right, distinct=False), parts)
