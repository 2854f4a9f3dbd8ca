"""How many bytes a value takes, from the type that its expression names."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.datatypes as dt
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.compiler import compiler
from marketing_ibis.model.vocabulary import DEFAULT_WIDTH, MOST_BYTES

BYTES = {
    sge.DataType.Type.BOOLEAN: 1,
    sge.DataType.Type.SMALLINT: 2,
    sge.DataType.Type.INT: 4,
    sge.DataType.Type.DATE: 4,
    sge.DataType.Type.FLOAT: 4,
}
"""Types of other than eight bytes: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html"""
WORD = 8
LONG_DECIMAL = 16
MOST_DIGITS_OF_A_WORD = 18
TEXTS = (sge.DataType.Type.VARCHAR, sge.DataType.Type.CHAR, sge.DataType.Type.TEXT)
CHOICES = (sge.Case, sge.If, sge.Coalesce, sge.Min, sge.Max, sge.Lag, sge.Lead, sge.FirstValue, sge.LastValue)
"""Expressions that give one of their operands."""


def type_width(kind: sge.DataType) -> int:
    """Return the bytes of a value of a type."""
    sizes = [int(size.name) for size in kind.expressions if size.name.isdigit()]
    if kind.this in TEXTS:
        return sizes[0] if sizes else DEFAULT_WIDTH
    if kind.this == sge.DataType.Type.DECIMAL:
        return LONG_DECIMAL if sizes and sizes[0] > MOST_DIGITS_OF_A_WORD else WORD
    return BYTES.get(kind.this, WORD)


def column_bytes(dtype: dt.DataType, text_width: int | None) -> int:
    """Return the bytes of a value of a stored column."""
    if dtype.is_string():
        return text_width or DEFAULT_WIDTH
    return type_width(compiler.type_mapper.from_ibis(dtype))


def width_of(expression: sge.Expression, column_width: Callable[[sge.Column], int]) -> int:
    """Return the bytes of the value of an expression."""

    def width(node: sge.Expression) -> int:
        match node:
            case sge.Column():
                return column_width(node)
            case sge.Cast():
                return type_width(node.to)
            case sge.Literal():
                return len(node.name.encode()) if node.is_string else WORD
            case sge.GroupConcat():
                return MOST_BYTES
            case sge.Concat() | sge.DPipe():
                return min(sum(map(width, _operands(node))), MOST_BYTES)
            case sge.Alias() | sge.Paren() | sge.Window() | sge.IgnoreNulls() | sge.Upper() | sge.Lower() | sge.Trim():
                return width(node.this)
            case sge.Case():
                choices = [branch.args["true"] for branch in node.args["ifs"]]
                return max(map(width, [*choices, *filter(None, [node.args.get("default")])]))
            case _ if isinstance(node, CHOICES):
                return max(map(width, _operands(node)))
        return WORD

    return width(expression)


def _operands(node: sge.Expression) -> list[sge.Expression]:
    operands = (node.this, node.args.get("expression"), *node.expressions)
    return [operand for operand in operands if isinstance(operand, sge.Expression)]
