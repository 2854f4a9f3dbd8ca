"""Tests that a project writes itself: a condition on rows, or a query of failing rows."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

import ibis.expr.types as ir
from ibis import Deferred

from marketing_ibis.errors import CompileError
from marketing_ibis.model import DataTest
from marketing_ibis.model.validation import check_callable

Condition: TypeAlias = "Callable[..., ir.BooleanValue | ir.Table] | Deferred"


def expression_is_true(condition: Condition, says: str = "", **options: Any) -> DataTest:
    """The condition holds in every row where it is not NULL; ``says`` tells it to a reader.

    ``condition`` is an Ibis expression of ``_``, or a function of the table.

    Raises:
        CompileError: ``condition`` is neither.
    """
    if not isinstance(condition, Deferred):
        check_callable("condition=", condition, "expression_is_true(_.column > 0)")
    find, depends_on = _find_function(condition)
    return DataTest("expression_is_true", find, arguments=says, depends_on=depends_on, **options)


def custom(function: Callable[..., ir.BooleanValue | ir.Table], **options: Any) -> DataTest:
    """Return the test that ``function`` is, under its name.

    Of the table it returns a boolean column that holds for good rows, or a table of the bad ones. Parameters after the
    first name other models, sources or inputs, as a model's do.

    Raises: CompileError: ``function`` is not a function.
    """
    if isinstance(function, Deferred):
        raise CompileError("custom(...) got an expression, not a function.", hint="Write expression_is_true(...).")
    check_callable("function=", function, "custom(function)")
    find, depends_on = _find_function(function)
    return DataTest(function.__name__, find, arguments=inspect.getdoc(function) or "", depends_on=depends_on, **options)


def _find_function(condition: Condition) -> tuple[Callable[..., ir.BooleanValue | ir.Table], tuple[str, ...]]:
    if isinstance(condition, Deferred):
        return (lambda table, column: ~table.bind(condition)[0]), ()
    depends_on = tuple(inspect.signature(condition).parameters)[1:]

    def find(table: ir.Table, column: str, **arguments: object) -> ir.BooleanValue | ir.Table:
        result = condition(table, **arguments)
        return ~result if isinstance(result, ir.BooleanValue) else result

    return find, depends_on
