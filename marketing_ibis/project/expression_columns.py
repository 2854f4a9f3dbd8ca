"""Read the columns of an expression from those of the tables under it, by rules for what values are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.model.column_ref import ColumnRef

C = TypeVar("C")
"""What rules say of a value; of a relation they say it of each column."""
Rule = Callable[..., Any]
"""A function of an operation, and by name of what its arguments are made of."""


def relation_rules(nothing: C, of_column: Callable[[ColumnRef], C]) -> Mapping[type[ops.Node], Rule]:
    """Return the rules for columns of tables, and for relations whose columns are values of their own.

    ``of_column`` says what the column of a table is made of; those of a table in memory are made of ``nothing``.
    """
    own_values = (ops.Project, ops.JoinChain, ops.DummyTable)
    return {
        ops.Field: lambda field, *, rel, **_: rel[field.name],
        ops.PhysicalTable: lambda table, **_: {name: of_column(ColumnRef(table.name, name)) for name in table.schema},
        ops.InMemoryTable: lambda table, **_: dict.fromkeys(table.schema, nothing),
        ops.Aggregate: lambda _aggregate, *, groups, metrics, **_: {**groups, **metrics},
        ops.Difference: lambda _difference, *, left, **_: left,
        **dict.fromkeys(own_values, lambda _relation, *, values, **_: values),
    }


def read_columns(expression: ir.Table, read: Rule) -> Mapping[str, Any]:
    """Return what ``read``, the rule for every operation, says of each column of ``expression``."""
    operation = expression.op()
    columns: Mapping[str, Any] = operation.map(lambda node, _, **arguments: read(node, **arguments))[operation]
    return columns
