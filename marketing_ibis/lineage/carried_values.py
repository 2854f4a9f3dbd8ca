"""Find the columns whose values an expression passes through, be it only in some rows.

A key that is coalesced with another, chosen by a case, or taken as the smallest of a group is still that key. A count,
a hash or a sum is not. ``Origins.copies`` of ``marketing_ibis.lineage.expression`` is stricter: it names one column,
which is passed through in all rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import singledispatch
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.lineage.column_ref import ColumnRef

Carried = frozenset[ColumnRef]
Columns = Mapping[str, Carried]
NOTHING: Carried = frozenset()


def carried_columns(expression: ir.Table) -> Columns:
    """Return the columns of the named tables under ``expression`` whose values each of its columns may have."""
    operation = expression.op()
    columns: Columns = operation.map(_visit)[operation]
    return columns


def _visit(operation: ops.Node, _: Mapping[ops.Node, object], **arguments: Any) -> object:
    return _read(operation, **arguments)


def _union(parts: Iterable[Carried | None]) -> Carried:
    return NOTHING.union(*(part for part in parts if part))


@singledispatch
def _read(operation: ops.Node, **arguments: Any) -> Any:
    """Return what an operation carries: a set of columns for a value, one for each column of a relation."""
    return NOTHING


# Values.


@_read.register
def _field(operation: ops.Field, *, rel: Columns, **_: Any) -> Carried:
    return rel.get(operation.name, NOTHING)


@_read.register(ops.Alias)
@_read.register(ops.Cast)
@_read.register(ops.TryCast)
@_read.register(ops.NullIf)
@_read.register(ops.Min)
@_read.register(ops.Max)
@_read.register(ops.First)
@_read.register(ops.Last)
@_read.register(ops.Arbitrary)
@_read.register(ops.ArgMin)
@_read.register(ops.ArgMax)
@_read.register(ops.Mode)
@_read.register(ops.Lag)
@_read.register(ops.Lead)
@_read.register(ops.NthValue)
def _first_argument(_operation: ops.Value, *, arg: Carried, **_: Any) -> Carried:
    return arg


@_read.register(ops.Coalesce)
@_read.register(ops.Greatest)
@_read.register(ops.Least)
def _any_argument(_operation: ops.Value, *, arg: tuple[Carried, ...]) -> Carried:
    return _union(arg)


@_read.register
def _if_else(_operation: ops.IfElse, *, true_expr: Carried, false_null_expr: Carried, **_: Any) -> Carried:
    return _union((true_expr, false_null_expr))


@_read.register(ops.SearchedCase)
@_read.register(ops.SimpleCase)
def _case(_operation: ops.Value, *, results: tuple[Carried, ...], default: Carried, **_: Any) -> Carried:
    return _union((*results, default))


@_read.register
def _window(_operation: ops.WindowFunction, *, func: Carried, **_: Any) -> Carried:
    return func


# Relations.


@_read.register
def _relation(operation: ops.Relation, **arguments: Any) -> Columns:
    parents = [argument for argument in arguments.values() if isinstance(argument, Mapping)]
    return {name: _union(parent.get(name) for parent in parents) for name in operation.schema.names}


@_read.register
def _physical_table(operation: ops.PhysicalTable, **_: Any) -> Columns:
    return {name: frozenset({ColumnRef(operation.name, name)}) for name in operation.schema.names}


@_read.register
def _memory_table(operation: ops.InMemoryTable, **_: Any) -> Columns:
    return dict.fromkeys(operation.schema.names, NOTHING)


@_read.register(ops.Project)
@_read.register(ops.JoinChain)
@_read.register(ops.DummyTable)
def _values(_operation: ops.Relation, *, values: Columns, **_: Any) -> Columns:
    return values


@_read.register
def _aggregate(_operation: ops.Aggregate, *, groups: Columns, metrics: Columns, **_: Any) -> Columns:
    return {**groups, **metrics}


@_read.register(ops.Intersection)
@_read.register(ops.Difference)
def _rows_of_left(_operation: ops.Relation, *, left: Columns, **_: Any) -> Columns:
    return left
