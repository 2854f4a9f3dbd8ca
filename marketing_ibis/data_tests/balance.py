"""Tests of a whole table: how many rows it has, and whether its sums reconcile with what they came from."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from marketing_ibis.model import DataTest
from marketing_ibis.model.validation import check_callable, check_number

TOTAL_EXAMPLE = 'total(function, "column"), or a whole number'


@dataclass(frozen=True, slots=True)
class Total:
    """A number that another table must add up to, computed by a query of its own.

    ``function`` returns a table of one row; its parameters name what it reads, as a model's do. The number is that
    row's ``column``, ``times`` a factor.
    """

    function: Callable[..., ir.Table]
    column: str
    times: int = 1

    @property
    def name(self) -> str:
        """The function's name, by which a message calls it."""
        return getattr(self.function, "__name__", "its total")

    @property
    def depends_on(self) -> tuple[str, ...]:
        """The models, sources and inputs that the query needs."""
        return tuple(inspect.signature(self.function).parameters)


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """A number of the table, and what it must equal: exactly, or to nine digits where it is a double."""

    actual: ir.NumericScalar
    expected: Total | int


def total(function: Callable[..., ir.Table], column: str, *, times: int = 1) -> Total:
    """Return the ``column`` of the one row that ``function`` gives.

    Raises:
        CompileError: ``function`` is not a function, or ``times`` not a whole number.
    """
    check_callable("What total(...) calls", function, 'total(function, "column")')
    check_number("times=", times, "times=2")
    return Total(function, column, times)


def sum_equals(expected: Total | int, says: str = "", **options: Any) -> DataTest:
    """The column adds up to ``expected``; ``says`` tells a reader what that is. NULLs add nothing."""

    def balance(table: ir.Table, column: str, **arguments: object) -> Balance:
        return Balance(table[column].sum().fill_null(0), expected)

    return _balancing("sum_equals", balance, expected, says, options)


def row_count_equals(expected: Total | int, says: str = "", **options: Any) -> DataTest:
    """The table has exactly ``expected`` rows; ``says`` tells a reader what that is."""

    def balance(table: ir.Table, column: str, **arguments: object) -> Balance:
        return Balance(table.count(), expected)

    return _balancing("row_count_equals", balance, expected, says, options)


def min_row_count(rows: int, **options: Any) -> DataTest:
    """The table has at least so many rows."""
    check_number("What min_row_count(...) expects", rows, "min_row_count(1)")
    return DataTest("min_row_count", lambda table, column: table.count() < rows, arguments=rows, **options)


def _balancing(
    test: str, find: Callable[..., Balance], expected: Total | int, says: str, options: dict[str, Any]
) -> DataTest:
    if not isinstance(expected, Total):
        check_number(f"What {test}(...) expects", expected, TOTAL_EXAMPLE)
    depends_on = expected.depends_on if isinstance(expected, Total) else ()
    description = says or (expected.column if isinstance(expected, Total) else str(expected))
    return DataTest(test, find, arguments=description, depends_on=depends_on, **options)
