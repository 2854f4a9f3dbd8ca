"""The type of a value, where it can be known: of literals, casts, known columns and what is computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.calls import arguments_of, function_name

Type: TypeAlias = sge.DataType.Type
WHOLE = (Type.SMALLINT, Type.INT, Type.BIGINT)
NUMBERS = frozenset([*WHOLE, Type.TINYINT, Type.DECIMAL, Type.FLOAT, Type.DOUBLE])
FRACTIONS = frozenset([Type.DECIMAL, Type.FLOAT, Type.DOUBLE])
TEXTS = frozenset([Type.VARCHAR, Type.TEXT, Type.CHAR, Type.NVARCHAR, Type.NCHAR, Type.BPCHAR])
MOMENTS = frozenset([Type.DATE, Type.TIMESTAMP, Type.TIMESTAMPTZ])
CLOCKS = frozenset([Type.TIME, Type.TIMETZ])
UNTYPED = Type.UNKNOWN
"""The type of a string literal until it is used: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html"""

TRUTHS = frozenset(
    [
        *(sge.EQ, sge.NEQ, sge.GT, sge.GTE, sge.LT, sge.LTE, sge.Is, sge.In, sge.Between, sge.Like, sge.ILike),
        *(sge.Exists, sge.And, sge.Or, sge.Not, sge.Boolean, sge.SimilarTo, sge.RegexpLike),
    ]
)
"""Expressions whose value is a boolean by the way they are written."""
RETURNS: dict[str, Type] = {
    **dict.fromkeys(["COUNT", "ROW_NUMBER", "NTILE", "DATEDIFF", "APPROX_DISTINCT"], Type.BIGINT),
    **dict.fromkeys(["LEN", "LENGTH", "STRPOS", "CHARINDEX", "ASCII", "REGEXP_COUNT", "REGEXP_INSTR"], Type.INT),
    **dict.fromkeys(["UPPER", "LOWER", "TRIM", "BTRIM", "LTRIM", "RTRIM", "REPLACE", "SUBSTRING"], Type.VARCHAR),
    **dict.fromkeys(["LISTAGG", "LEFT", "RIGHT", "SPLIT_PART", "CONCAT", "TO_CHAR", "REPEAT"], Type.VARCHAR),
    **dict.fromkeys(["BOOL_AND", "BOOL_OR"], Type.BOOLEAN),
    **dict.fromkeys(["SQRT", "LN", "EXP", "RANDOM", "PERCENT_RANK", "CUME_DIST"], Type.DOUBLE),
    **dict.fromkeys(["GETDATE", "CURRENT_TIMESTAMP", "DATE_TRUNC"], Type.TIMESTAMP),
}
"""https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html"""
LIKE_ARGUMENT = frozenset({"MAX", "MIN", "ANY_VALUE", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "ABS"})
MOST_INT, MOST_BIGINT = 2**31 - 1, 2**63 - 1


def type_of(node: sge.Expression, columns: Mapping[int, Type]) -> Type | None:
    """Return the type of a value, or None; ``columns`` has the types of columns and subqueries by identity."""
    kind = type(node)
    while kind in _WRAPPERS:
        node = node.this
        kind = type(node)
    if not isinstance(node, sge.Expression):
        return None
    if kind is sge.Column or kind is sge.Subquery:
        return columns.get(id(node)) or _stated_type(node.type)
    if kind is sge.Literal:
        return _type_of_literal(node)
    if kind is sge.Cast or kind is sge.TryCast:
        return _stated_type(node.args["to"])
    if kind in TRUTHS:
        return Type.BOOLEAN
    if kind is sge.DPipe:
        return Type.VARCHAR
    if kind in (sge.Add, sge.Sub, sge.Mul, sge.Div):
        return _type_of_sum(type_of(node.this, columns), type_of(node.expression, columns))
    if kind is sge.CurrentDate:
        return Type.DATE
    if kind is sge.Case:
        values = [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]
        kinds = {type_of(value, columns) for value in values if value is not None and type(value) is not sge.Null}
        # A CASE of literals is a string: PostgreSQL 8 gives literals of no known type that one.
        return None if len(kinds) != 1 else Type.VARCHAR if kinds == {UNTYPED} else kinds.pop()
    return _type_of_call(node, columns) if isinstance(node, sge.Func) else None


_WRAPPERS = frozenset(
    [sge.Paren, sge.Neg, sge.Alias, sge.Window, sge.WithinGroup, sge.IgnoreNulls, sge.RespectNulls, sge.Distinct]
) - {sge.Distinct}


def _stated_type(kind: object) -> Type | None:
    if isinstance(kind, sge.DataType) and isinstance(kind.this, sge.DataType.Type):
        return None if kind.this == Type.UNKNOWN else kind.this
    return None


def _type_of_literal(node: sge.Expression) -> Type:
    if node.is_string:
        return UNTYPED
    if not str(node.this).isdigit():
        return Type.DECIMAL
    value = int(node.this)
    return Type.INT if value <= MOST_INT else Type.BIGINT if value <= MOST_BIGINT else Type.DECIMAL


def _type_of_sum(left: Type | None, right: Type | None) -> Type | None:
    if left in NUMBERS and right in NUMBERS:
        kinds = {left, right}
        for kind in (Type.DOUBLE, Type.FLOAT, Type.DECIMAL, Type.BIGINT, Type.INT, Type.SMALLINT):
            if kind in kinds:
                return kind
    return None


def _type_of_call(node: sge.Expression, columns: Mapping[int, Type]) -> Type | None:
    name = function_name(node)
    arguments = arguments_of(node)
    if name in RETURNS:
        return RETURNS[name]
    if name in LIKE_ARGUMENT and arguments:
        kind = type_of(arguments[0], columns)
        return Type.VARCHAR if kind == UNTYPED else kind
    if name == "SUM" and arguments:
        kind = type_of(arguments[0], columns)
        return Type.BIGINT if kind in WHOLE else kind if kind in NUMBERS else None
    return None


def merged_type(left: Type | None, right: Type | None) -> Type | None:
    """Return the type of a column of a set operation."""
    if left == UNTYPED or right == UNTYPED:
        kind = right if left == UNTYPED else left
        return Type.VARCHAR if kind == UNTYPED else kind
    return left if left == right else _type_of_sum(left, right)
