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

from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.project.expression_columns import read_columns, relation_rules

Carried = frozenset[ColumnRef]
Columns = Mapping[str, Carried]
NOTHING: Carried = frozenset()


def carried_columns(expression: ir.Table) -> Columns:
    """Return the columns of the named tables under ``expression`` whose values each of its columns may have."""
    return read_columns(expression, _read)


def _union(parts: Iterable[Carried | None]) -> Carried:
    return NOTHING.union(*(part for part in parts if part))


@singledispatch
def _read(operation: ops.Node, **arguments: Any) -> Any:
    """Return what an operation carries: a set of columns for a value, one for each column of a relation."""
    return NOTHING


for _operation, _rule in relation_rules(NOTHING, lambda ref: frozenset({ref})).items():
    _read.register(_operation, _rule)


# Values.


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
def _rows_of_left(_operation: ops.Intersection, *, left: Columns, **_: Any) -> Columns:
    return left
