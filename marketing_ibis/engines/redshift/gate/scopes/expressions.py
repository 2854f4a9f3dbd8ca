"""Find what an expression contains: columns, aggregates, window functions, calls and subqueries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate import functions
from marketing_ibis.engines.redshift.gate.calls import function_name

OTHERS = frozenset({"HLL", "HLL_CREATE_SKETCH", "HLL_COMBINE", "APPROX_DISTINCT", "ST_COLLECT"})
"""Aggregates that have pages of their own."""
GROUPINGS = frozenset({"GROUPING", "GROUPING_ID"})
AGGREGATES = (functions.AGGREGATES | OTHERS) - GROUPINGS
WINDOW_ONLY = frozenset(
    ["CUME_DIST", "DENSE_RANK", "FIRST_VALUE", "LAG", "LAST_VALUE", "LEAD", "NTH_VALUE", "NTILE", "PERCENT_RANK"]
)
WINDOW_ONLY |= {"RANK", "RATIO_TO_REPORT", "ROW_NUMBER"}
"""Functions that need OVER: https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html"""

LEAVES = frozenset(
    [sge.Identifier, sge.Literal, sge.DataType, sge.Var, sge.Star, sge.Null, sge.Boolean, sge.CurrentDate]
)
QUERIES = frozenset([sge.Select, sge.Union, sge.Except, sge.Intersect, sge.Subquery])
OPERATORS = frozenset(
    [
        sge.In,
        sge.Between,
        sge.AtTimeZone,
        sge.Mod,
        sge.EQ,
        sge.NEQ,
        sge.GT,
        sge.GTE,
        sge.LT,
        sge.LTE,
        sge.DPipe,
        sge.Add,
        sge.Sub,
        sge.Mul,
        sge.Div,
        sge.Not,
        sge.Neg,
        sge.BitwiseAnd,
        sge.BitwiseLeftShift,
        sge.BitwiseRightShift,
        sge.Like,
        sge.ILike,
        sge.SimilarTo,
    ]
)
CONNECTORS = frozenset([sge.And, sge.Or, sge.Not, sge.RegexpLike])
WRAPPERS = (sge.Window, sge.WithinGroup, sge.IgnoreNulls, sge.RespectNulls, sge.Filter, sge.Paren)


class Subselect(NamedTuple):
    """A query inside an expression; ``width`` is how many columns it returns, or 0 for any number.

    ``value`` is what IN looks for among its rows.
    """

    query: sge.Expression
    width: int
    operator: str
    value: sge.Expression | None = None


@dataclass(slots=True)
class Contents:
    """What an expression contains outside of its subqueries.

    ``nested`` are the aggregates and window functions inside an aggregate; ``calls`` includes ``aggregates``, and
    ``sorting`` are those that sort the rows of a group, with their WITHIN GROUP.
    """

    columns: list[sge.Column] = field(default_factory=list)
    aggregates: list[sge.Expression] = field(default_factory=list)
    windows: list[sge.Window] = field(default_factory=list)
    calls: list[sge.Expression] = field(default_factory=list)
    window_calls: list[sge.Expression] = field(default_factory=list)
    nested: list[sge.Expression] = field(default_factory=list)
    sorting: list[sge.Expression] = field(default_factory=list)
    groupings: list[sge.Expression] = field(default_factory=list)
    operators: list[sge.Expression] = field(default_factory=list)
    subqueries: list[Subselect] = field(default_factory=list)


def name_of(call: sge.Expression) -> str:
    """Return the name of what is called, in capitals, or nothing if it is not a call."""
    return function_name(call) if isinstance(call, sge.Func) else ""


def is_aggregate(node: sge.Expression) -> bool:
    """Return whether a call computes one value from the rows of a group."""
    name = name_of(node)
    return name in AGGREGATES or (isinstance(node, sge.AggFunc) and name not in WINDOW_ONLY | GROUPINGS)


def inner_call(node: sge.Expression) -> sge.Expression:
    """Return the call inside OVER, WITHIN GROUP and their kind."""
    while isinstance(node, WRAPPERS):
        node = node.this
    return node


def find_contents(root: sge.Expression) -> Contents:
    """Return what an expression contains."""
    result = Contents()
    waiting: list[tuple[sge.Expression, bool]] = [(root, False)]
    while waiting:
        node, is_inside = waiting.pop()
        kind = type(node)
        if kind in LEAVES:
            continue
        if kind is sge.Column:
            if type(node.this) is not sge.Star:
                result.columns.append(node)
            continue
        subselect = _subselect(node) if kind in _NESTING else None
        if subselect is not None:
            result.subqueries.append(subselect)
            if kind is sge.In:
                _push_values([node.this], is_inside, waiting)
            continue
        if kind is sge.Window:
            _enter_window(node, is_inside, result, waiting)
            continue
        if isinstance(node, sge.Func):
            (result.operators if kind in CONNECTORS else result.calls).append(node)
            if is_aggregate(node):
                (result.nested if is_inside else result.aggregates).append(node)
                if name_of(node) == "MEDIAN" and all(node is not other.this for other in result.sorting):
                    result.sorting.append(node)
                is_inside = True
            elif name_of(node) in GROUPINGS:
                result.groupings.append(node)
        elif kind in OPERATORS:
            result.operators.append(node)
        elif kind is sge.WithinGroup:
            result.sorting.append(node)
            _push_values([node.this], is_inside, waiting)
            _push_values([node.args.get("expression")], True, waiting)
            continue
        _push(node, is_inside, waiting)
    return result


_NESTING = QUERIES | {sge.In, sge.Exists, sge.Any, sge.All}


def _subselect(node: sge.Expression) -> Subselect | None:
    kind = type(node)
    if kind in QUERIES:
        return Subselect(node, 1, "value")
    if kind is sge.In:
        query = node.args.get("query")
        width = len(node.this.expressions) if isinstance(node.this, sge.Tuple) else 1
        return Subselect(query, width, "IN", node.this) if query is not None else None
    if isinstance(node.this, sge.Query):
        return Subselect(node.this, 0 if kind is sge.Exists else 1, kind.__name__.upper())
    return None


def _enter_window(
    window: sge.Window, is_inside: bool, result: Contents, waiting: list[tuple[sge.Expression, bool]]
) -> None:
    """Note a window function; its arguments may be aggregates, but it is not one itself."""
    (result.nested if is_inside else result.windows).append(window)
    function: sge.Expression = window
    while isinstance(function, WRAPPERS):
        parts = [value for part, value in function.args.items() if part != "this"]
        _push_values(parts, is_inside, waiting)
        function = function.this
    if isinstance(function, sge.Expression):
        result.window_calls.append(function)
        _push(function, is_inside, waiting)


def _push(node: sge.Expression, is_inside: bool, waiting: list[tuple[sge.Expression, bool]]) -> None:
    if type(node) is sge.Anonymous and str(node.this).upper() in functions.WITH_DATE_PART:
        _push_values(node.expressions[1:], is_inside, waiting)
    else:
        _push_values(node.args.values(), is_inside, waiting)


def _push_values(values: Iterable[object], is_inside: bool, waiting: list[tuple[sge.Expression, bool]]) -> None:
    for value in values:
        if isinstance(value, sge.Expression):
            waiting.append((value, is_inside))
        elif type(value) is list:
            waiting += [(child, is_inside) for child in value if isinstance(child, sge.Expression)]
