"""Tests of one column, row by row; each finds the rows that fail, and none of them a NULL unless it says so."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import DataTest
from marketing_ibis.model.validation import values_of

_BLANK = " \t\n\r\f\v"
EMAIL = f"^[^@{_BLANK}]+@[^@{_BLANK}]*[.][A-Za-z][A-Za-z]+$"
"""No blank, one @ with text before it, a dot after it, two or more letters after the last dot.

Written with what all engines' regular expressions share: no backslash, no class by name.
"""


def not_null(**options: Any) -> DataTest:
    """No value is NULL."""
    return DataTest("not_null", lambda table, column: table[column].isnull(), **options)


def accepted_values(values: Iterable[str | int] | Callable[..., Iterable[str | int]], **options: Any) -> DataTest:
    """Every value is one of ``values``, or of those that a function ``values`` returns.

    The parameters of such a function name inputs and rules, as a model's do: the test then follows the settings.

    Raises:
        CompileError: ``values`` are not a tuple, or contain nothing, or None, in which case no value could fail.
    """
    if callable(values):
        return DataTest(
            "accepted_values",
            lambda table, column, **arguments: table[column].notin(values_of("values", values(**arguments), '"value"')),
            arguments=values,
            depends_on=tuple(inspect.signature(values).parameters),
            **options,
        )
    accepted = values_of("values", values, '"value"')
    return DataTest(
        "accepted_values", lambda table, column: table[column].notin(accepted), arguments=accepted, **options
    )


def resolve_accepted_values(data_test: DataTest, inputs: Mapping[str, object]) -> DataTest:
    """Return ``check`` with the values that its function returns for the project's ``inputs``, if it has one.

    Raises:
        CompileError: the function's values cannot be used by a test.
    """
    if data_test.test != "accepted_values" or not callable(data_test.arguments):
        return data_test
    resolved = accepted_values(data_test.arguments(**{name: inputs[name] for name in data_test.depends_on}))
    return replace(data_test, find=resolved.find, arguments=resolved.arguments, depends_on=())


def positive_value(**options: Any) -> DataTest:
    """Every value is above 0."""
    return DataTest("positive_value", lambda table, column: table[column] <= 0, **options)


def non_negative(**options: Any) -> DataTest:
    """Every value is 0 or above."""
    return DataTest("non_negative", lambda table, column: table[column] < 0, **options)


def percentage_range(low: float = 0, high: float = 100, **options: Any) -> DataTest:
    """Every value is from ``low`` to ``high``, both included."""

    def outside(table: ir.Table, column: str) -> ir.BooleanValue:
        return (table[column] < low) | (table[column] > high)

    return DataTest("percentage_range", outside, arguments=(low, high), **options)


def recency_freshness(days: int, **options: Any) -> DataTest:
    """Every value is at most ``days`` days before as_of."""

    def stale(table: ir.Table, column: str, as_of: date) -> ir.BooleanValue:
        return table[column].cast("date") < ibis.date(as_of - timedelta(days))

    return DataTest("recency_freshness", stale, arguments=days, depends_on=("as_of",), **options)


def table_freshness(days: int, **options: Any) -> DataTest:
    """The newest value is at most ``days`` days before as_of; a table without any has none to be old."""

    def stale(table: ir.Table, column: str, as_of: date) -> ir.BooleanValue:
        return table[column].cast("date").max() < ibis.date(as_of - timedelta(days))

    return DataTest("table_freshness", stale, arguments=days, depends_on=("as_of",), **options)


def not_after_as_of(**options: Any) -> DataTest:
    """No value is after as_of."""

    def later(table: ir.Table, column: str, as_of: date) -> ir.BooleanValue:
        if as_of == date.max:
            return table[column].cast("date") > ibis.date(as_of)
        # A source may contain a timestamp instead of a date. Ibis omits a cast to the declared type, and an hour
        # of as_of is after its midnight.
        return table[column].cast("date") >= ibis.date(as_of + timedelta(1))

    return DataTest("not_after_as_of", later, depends_on=("as_of",), **options)


def not_before(day: date, **options: Any) -> DataTest:
    """No value is before ``day``."""
    return DataTest(
        "not_before", lambda table, column: table[column].cast("date") < ibis.date(day), arguments=day, **options
    )


def valid_email(column: str = "", **options: Any) -> DataTest:
    """Every value has the form of an e-mail address.

    With ``column``, on a source: a column that the source need not have, and is tested where it has it.
    """

    def malformed(table: ir.Table, column: str) -> ir.BooleanValue:
        return ~table[column].re_search(EMAIL)

    data_test = DataTest("valid_email", malformed, **options)
    return replace(data_test, column=column, optional=True) if column else data_test
