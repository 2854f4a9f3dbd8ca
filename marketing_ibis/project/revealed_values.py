"""Find the columns about whose values an expression says more than a count, a rank, or yes or no.

A copy of a column reveals it, and so does what is computed from it: a string, number, day, list or hash, and outcomes
of a case whose conditions depend on it. A filter, a join or an order chooses rows and reveals no value. An operation
that is not known here reveals every column under it, so no column is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any
from weakref import WeakKeyDictionary

import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.project.expression_columns import Rule, read_columns, relation_rules

Refs = frozenset[ColumnRef]


@dataclass(frozen=True, slots=True)
class Content:
    """What a value is computed from: the columns that it ``reveals``, and those that it has as ``inputs``.

    An answer of yes or no has inputs that it does not reveal.
    """

    reveals: Refs = frozenset()
    inputs: Refs = frozenset()


Columns = Mapping[str, Content]
NOTHING = Content()
_CACHE: MutableMapping[ops.Node, Mapping[str, Refs]] = WeakKeyDictionary()
"""The columns of expressions as long as they exist: they are read once per kind of mark."""


def revealed_columns(expression: ir.Table) -> Mapping[str, Refs]:
    """Return the columns of the named tables under ``expression`` that each of its columns reveals."""
    operation = expression.op()
    if operation not in _CACHE:
        columns: Columns = read_columns(expression, _read)
        _CACHE[operation] = {name: content.reveals for name, content in columns.items()}
    return _CACHE[operation]


def _merge(parts: Iterable[Content]) -> Content:
    contents = [part for part in parts if part.inputs]
    if len(contents) < 2:
        return contents[0] if contents else NOTHING
    return Content(
        frozenset().union(*(content.reveals for content in contents)),
        frozenset().union(*(content.inputs for content in contents)),
    )


def _parts(arguments: object) -> Iterator[Content]:
    """Yield the contents that are anywhere in ``arguments``."""
    match arguments:
        case Content():
            yield arguments
        case Mapping():
            for part in arguments.values():
                yield from _parts(part)
        case tuple():
            for part in arguments:
                yield from _parts(part)


@singledispatch
def _read(operation: ops.Node, **arguments: Any) -> Any:
    """Return the content of a value, or one for each column of a relation."""
    return _merge(_parts(arguments))


for _operation, _relation_rule in relation_rules(
    NOTHING, lambda ref: Content(frozenset({ref}), frozenset({ref}))
).items():
    _read.register(_operation, _relation_rule)


def _rule(*operations: type[ops.Node]) -> Callable[[Rule], Rule]:
    """Have a function read all of these operations."""

    def register(rule: Rule) -> Rule:
        for operation in operations:
            _read.register(operation, rule)
        return rule

    return register


# Values.


@_read.register
def _reduction(_operation: ops.Reduction, **arguments: Any) -> Content:
    return _merge(_parts({name: part for name, part in arguments.items() if name not in ("order_by", "where")}))


@_rule(ops.ArgMin, ops.ArgMax, ops.WindowFunction)
def _chosen(_operation: ops.Value, **arguments: Content) -> Content:
    # The first argument is the value, and the others choose and order rows. Ranks have no argument of their own.
    return next(iter(arguments.values()))


@_rule(ops.Count, ops.CountDistinct, ops.CountStar, ops.CountDistinctStar, ops.ApproxCountDistinct, ops.ExistsSubquery)
def _number_of_rows(_operation: ops.Value, **_: Any) -> Content:
    return NOTHING


@_rule(
    ops.Comparison,
    ops.Between,
    ops.InValues,
    ops.InSubquery,
    ops.IsNull,
    ops.NotNull,
    ops.IsNan,
    ops.IsInf,
    ops.StringContains,
    ops.StartsWith,
    ops.EndsWith,
    ops.FuzzySearch,
    ops.ArrayContains,
    ops.MapContains,
)
def _yes_or_no(operation: ops.Value, **arguments: Any) -> Content:
    # Yes or no is all that a column of booleans has to reveal.
    booleans = [part for name, part in arguments.items() if _is_boolean(getattr(operation, name))]
    return Content(_merge(_parts(tuple(booleans))).reveals, _merge(_parts(arguments)).inputs)


def _is_boolean(argument: object) -> bool:
    return isinstance(argument, ops.Value) and argument.dtype.is_boolean()


@_read.register
def _if_else(_operation: ops.IfElse, *, bool_expr: Content, true_expr: Content, false_null_expr: Content) -> Content:
    return _case((bool_expr,), (true_expr, false_null_expr))


@_rule(ops.SearchedCase, ops.SimpleCase)
def _branches(
    _operation: ops.Value,
    *,
    cases: tuple[Content, ...],
    results: tuple[Content, ...],
    default: Content,
    base: Content = NOTHING,
) -> Content:
    # A simple case compares its base with each of its cases.
    return _case(tuple(_merge((base, case)) for case in cases), (*results, default))


def _case(conditions: tuple[Content, ...], outcomes: tuple[Content, ...]) -> Content:
    """Return the content of a case: with one condition and constant outcomes it says yes or no."""
    every = _merge((*conditions, *outcomes))
    if len(conditions) == 1 and not _merge(outcomes).inputs:
        return every
    return Content(every.reveals | _merge(conditions).inputs, every.inputs)


# Relations.


@_read.register
def _relation(operation: ops.Relation, **arguments: Any) -> Columns:
    return dict.fromkeys(operation.schema.names, _merge(_parts(arguments)))


@_rule(ops.AliasedRelation, ops.Reference, ops.relations.Simple, ops.Distinct, ops.DropNull, ops.DropColumns)
def _same(operation: ops.Relation, *, parent: Columns, **_: Any) -> Columns:
    return {name: parent[name] for name in operation.schema.names}


@_read.register
def _fill_null(_operation: ops.FillNull, *, parent: Columns, replacements: Any) -> Columns:
    by_column = replacements if isinstance(replacements, Mapping) else dict.fromkeys(parent, replacements)
    return {name: _merge((content, *_parts(by_column.get(name)))) for name, content in parent.items()}


@_read.register
def _unnest(operation: ops.TableUnnest, *, parent: Columns, column: Content, **_: Any) -> Columns:
    return {name: parent.get(name, column) if name != operation.column_name else column for name in operation.schema}


@_rule(ops.Union, ops.Intersection)
def _either(_operation: ops.Relation, *, left: Columns, right: Columns, **_: Any) -> Columns:
    return {name: _merge((content, right[name])) for name, content in left.items()}
