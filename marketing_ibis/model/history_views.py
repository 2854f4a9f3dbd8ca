"""Declare views over the history of a model: what has changed between its days."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketing_ibis.errors import CompileError
from marketing_ibis.model.records import Column
from marketing_ibis.model.validation import check_columns, check_members, tuple_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True, eq=False)
class HistoryView:
    """A view over a history: ``expression`` returns its rows from the table of the history."""

    name: str
    description: str
    grain: tuple[str, ...]
    columns: tuple[Column, ...]
    expression: Callable[[ir.Table], ir.Table]


def history_view(
    *, grain: tuple[str, ...], columns: Iterable[Column]
) -> Callable[[Callable[[ir.Table], ir.Table]], HistoryView]:
    """Mark a function of the table of a history as a view, which exists as soon as the history does.

    Raises:
        CompileError: a keyword has a wrong value, or the function does not have exactly one parameter.
    """
    declared = tuple_of(Column, "columns", columns, 'column("name", "int64", "What it is.")')

    def decorate(function: Callable[[ir.Table], ir.Table]) -> HistoryView:
        name = function.__name__
        names = [column.name for column in declared]
        check_columns(f"history view {name}", names)
        check_members(f"history view {name}", "grain", grain, names)
        if len(inspect.signature(function).parameters) != 1:
            raise CompileError(f"history view {name}: it needs one parameter, the table of the history.")
        return HistoryView(name, inspect.getdoc(function) or "", grain, declared, function)

    return decorate
