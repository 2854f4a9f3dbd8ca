"""How many bytes the strings of an expression need, as far as the expression says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from marketing_ibis.lineage.width_rules import Sum, Widest, Width, WidthOf, evaluate, total, widest
from marketing_ibis.model.vocabulary import DEFAULT_WIDTH, MOST_BYTES

INTEGER_DIGITS, DATE_DIGITS = 20, 10

_SAME_WIDTH = (ops.Strip, ops.LStrip, ops.RStrip, ops.Substring, ops.StrRight, ops.NullIf)
"""What gives a part of its first argument."""
_ONE_OF = (
    ops.Coalesce, ops.Greatest, ops.Least, ops.Max, ops.Min, ops.First, ops.Last, ops.Arbitrary, ops.Lag, ops.Lead,
    ops.NthValue, ops.ArgMax, ops.ArgMin, ops.IfElse, ops.ScalarSubquery,
)  # fmt: skip
"""What gives one of its arguments as it is."""


def text_widths(expression: ir.Table, widths: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Return the most bytes of each string column of ``expression``.

    ``widths`` has those of the tables that the expression reads, by the names of table and column. What an expression
    does not bound counts as ``DEFAULT_WIDTH``, or as the widest string that it is made of.
    """
    return {name: evaluate(rule, widths) for name, rule in width_rules(expression).items()}


def width_rules(expression: ir.Table) -> dict[str, Width]:
    """Return how to find the most bytes of each string column of ``expression`` from those of the tables it reads."""

    def visit(node: ops.Node, _: object, **arguments: Any) -> object:
        if isinstance(node, ops.Relation):
            return _relation_widths(node, arguments)
        return _value_width(node, arguments) if isinstance(node, ops.Value) else _widest(arguments.values())

    op = expression.op()
    by_column: Any = op.map(visit)[op]
    return {name: by_column[name] for name, dtype in expression.schema().items() if dtype.is_string()}


def _relation_widths(node: ops.Relation, arguments: Mapping[str, Any]) -> dict[str, Width]:
    unknown: dict[str, Width] = {name: DEFAULT_WIDTH for name, dtype in node.schema.items() if dtype.is_string()}
    match node:
        case ops.InMemoryTable():
            rows = node.data.to_pyarrow(node.schema)
            return {name: max(_longest(rows.column(name)), 1) for name in unknown}
        case ops.PhysicalTable():
            return {name: WidthOf(node.name, name) for name in unknown}
        case ops.Aggregate():
            return {**unknown, **arguments["groups"], **arguments["metrics"]}
        case ops.Project() | ops.JoinChain() | ops.DummyTable():
            return {**unknown, **arguments["values"]}
        case ops.Set():
            left, right = arguments["left"], arguments["right"]
            return {name: widest((left.get(name, 0), right.get(name, 0))) for name in unknown}
        case ops.FillNull():
            return {name: widest((width, arguments["parent"].get(name, 0))) for name, width in unknown.items()}
    parent = arguments.get("parent")
    return {**unknown, **parent} if isinstance(parent, dict) else unknown


def _longest(values: pa.ChunkedArray) -> int:
    return int(pc.max(pc.binary_length(values)).as_py() or 0)


def _value_width(node: ops.Value, arguments: Mapping[str, Any]) -> Width:
    if not node.dtype.is_string():
        return 0
    match node:
        case ops.Literal():
            return 1 if node.value is None else max(len(str(node.value).encode()), 1)
        case ops.Field():
            return _width(arguments["rel"].get(node.name, DEFAULT_WIDTH))
        case ops.Alias() | ops.WindowFunction():
            return _width(arguments["arg" if isinstance(node, ops.Alias) else "func"])
        case ops.StringConcat():
            return total(_widths_in(arguments["arg"]))
        case ops.GroupConcat():
            return MOST_BYTES
        case ops.Cast() if node.arg.dtype.is_integer():
            return INTEGER_DIGITS
        case ops.Cast() if node.arg.dtype.is_date():
            return DATE_DIGITS
        case ops.Cast() if node.arg.dtype.is_string():
            return _width(arguments["arg"])
        case _ if isinstance(node, _SAME_WIDTH):
            return _width(arguments["arg"])
        case ops.SimpleCase() | ops.SearchedCase():
            return widest((_widest((arguments["results"], arguments["default"])), 1))
        case _ if isinstance(node, _ONE_OF):
            return widest((_widest(arguments.values()), 1))
    return widest((DEFAULT_WIDTH, _widest(arguments.values())))


def _width(width: Width) -> Width:
    return width


def _widest(arguments: Iterable[Any]) -> Width:
    return widest(_widths_in(arguments))


def _widths_in(arguments: Iterable[Any]) -> Iterator[Width]:
    for argument in arguments:
        if isinstance(argument, (tuple, list)):
            yield from _widths_in(argument)
        elif isinstance(argument, Mapping):
            yield from _widths_in(argument.values())
        elif isinstance(argument, int | WidthOf | Widest | Sum) and not isinstance(argument, bool):
            yield argument
