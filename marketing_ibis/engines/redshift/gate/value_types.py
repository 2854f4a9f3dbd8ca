"""The type of a value, where it can be known: of literals, casts, known columns and what is computed from them."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from functools import reduce

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate import vocabulary
from marketing_ibis.engines.redshift.gate.calls import arguments_of, function_name
from marketing_ibis.engines.redshift.gate.function_types import FUNCTION_TYPES
from marketing_ibis.engines.redshift.gate.type_families import (
    CLOCKS,
    MOMENTS,
    NUMBERS,
    TEXTS,
    UNTYPED,
    WHOLE,
    Type,
)

TRUTHS = frozenset(
    [
        *(sge.EQ, sge.NEQ, sge.GT, sge.GTE, sge.LT, sge.LTE, sge.Is, sge.In, sge.Between, sge.Like, sge.ILike),
        *(sge.Exists, sge.And, sge.Or, sge.Not, sge.Boolean, sge.SimilarTo, sge.RegexpLike, sge.Any, sge.All),
    ]
)
"""Expressions whose value is a boolean by the way they are written."""
CHOICES = frozenset({"COALESCE", "NVL", "GREATEST", "LEAST"})
"""Functions that return one of their arguments."""
MOST_INT, MOST_BIGINT = 2**31 - 1, 2**63 - 1


Types = MutableMapping[int, Type | None]
"""The types of columns and subqueries by the identity of their nodes, and of what is computed from them."""


def type_of(node: sge.Expression, columns: Types) -> Type | None:
    """Return the type of a value, or None where it is not known; what is computed is noted in ``columns``."""
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
    place = id(node)
    if place not in columns:
        columns[place] = _computed_type(node, kind, columns)
    return columns[place]


def _computed_type(node: sge.Expression, kind: type[sge.Expression], columns: Types) -> Type | None:
    if kind is sge.DPipe:
        return Type.VARBINARY if type_of(node.this, columns) == Type.VARBINARY else Type.VARCHAR
    if kind in _SUMS:
        return _type_of_sum(kind, type_of(node.this, columns), type_of(node.expression, columns))
    if kind in _CONSTANT_TYPES:
        return _CONSTANT_TYPES[kind]
    if kind is sge.Case:
        values = [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]
        return _common_type(values, columns)
    return _type_of_call(node, columns) if isinstance(node, sge.Func) else None


_SUMS = frozenset([sge.Add, sge.Sub, sge.Mul, sge.Div, sge.Mod])
_CONSTANT_TYPES = {sge.CurrentDate: Type.DATE, sge.Interval: Type.INTERVAL, sge.Pow: Type.DOUBLE}


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


def _common_type(values: Iterable[sge.Expression | None], columns: Types) -> Type | None:
    """Return the type that values are brought to: literals alone are strings, as in PostgreSQL 8."""
    kinds = {type_of(value, columns) for value in values if value is not None and type(value) is not sge.Null}
    if not kinds or None in kinds:
        return None
    return Type.VARCHAR if kinds == {UNTYPED} else reduce(merged_type, kinds)


def _wider_number(left: Type | None, right: Type | None) -> Type | None:
    if left in NUMBERS and right in NUMBERS:
        kinds = {left, right}
        for kind in (Type.DOUBLE, Type.FLOAT, Type.DECIMAL, Type.BIGINT, Type.INT, Type.SMALLINT):
            if kind in kinds:
                return kind
    return None


def _type_of_sum(operation: type, left: Type | None, right: Type | None) -> Type | None:
    """Return the type of arithmetic: https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html."""
    if left in NUMBERS and right in NUMBERS:
        return _wider_number(left, right)
    if operation is sge.Sub and left in MOMENTS and right in MOMENTS:
        return Type.INT if left == right == Type.DATE else Type.INTERVAL
    if operation in (sge.Add, sge.Sub) and left == Type.DATE and right in NUMBERS:
        return Type.DATE
    if operation in (sge.Add, sge.Sub) and left in MOMENTS and right == Type.INTERVAL:
        return Type.TIMESTAMPTZ if left == Type.TIMESTAMPTZ else Type.TIMESTAMP
    if operation is sge.Add and (left in TEXTS or right in TEXTS):
        return Type.VARCHAR
    if operation in (sge.Mul, sge.Div) and Type.INTERVAL in (left, right):
        return Type.INTERVAL
    return None


def _type_of_call(node: sge.Expression, columns: Types) -> Type | None:
    name = function_name(node)
    function = FUNCTION_TYPES.get(name)
    if function is not None and function.result is not None:
        return function.result
    arguments = arguments_of(node)
    if not arguments:
        return None
    if function is not None and function.is_like_argument:
        kind = type_of(arguments[0], columns)
        return Type.VARCHAR if kind == UNTYPED else kind
    if name in CHOICES:
        return _common_type(arguments, columns)
    if name in ("SUM", "NULLIF"):
        kind = type_of(arguments[0], columns)
        if name == "NULLIF":
            return Type.VARCHAR if kind == UNTYPED else kind
        return Type.BIGINT if kind in WHOLE else kind if kind in NUMBERS else None
    if name in ("SUBSTRING", "CONCAT"):
        kind = type_of(arguments[0], columns)
        return kind if kind == Type.VARBINARY else None if kind is None else Type.VARCHAR
    return _type_of_date_call(node, name, columns)


def _type_of_date_call(node: sge.Expression, name: str, columns: Types) -> Type | None:
    if name == "DATEDIFF":
        return Type.BIGINT
    if name in ("EXTRACT", "DATE_PART", "PGDATE_PART"):
        return Type.INT
    if name == "DATE_TRUNC":
        is_zoned = type_of(arguments_of(node)[-1], columns) == Type.TIMESTAMPTZ
        return Type.TIMESTAMPTZ if is_zoned else Type.TIMESTAMP
    if isinstance(node, sge.TsOrDsAdd):
        kind = type_of(node.this, columns)
        if kind in CLOCKS:
            return kind
        unit = node.args.get("unit")
        is_of_days = unit is not None and str(unit.name).lower() in vocabulary.PARTS_OF_DAYS
        return Type.TIMESTAMP if kind in MOMENTS or is_of_days else None
    return None


def merged_type(left: Type | None, right: Type | None) -> Type | None:
    """Return the type of a column of a set operation."""
    if left == UNTYPED or right == UNTYPED:
        kind = right if left == UNTYPED else left
        return Type.VARCHAR if kind == UNTYPED else kind
    if left in TEXTS and right in TEXTS:
        return Type.VARCHAR
    if left in MOMENTS and right in MOMENTS:
        return Type.TIMESTAMPTZ if Type.TIMESTAMPTZ in (left, right) else left if left == right else Type.TIMESTAMP
    return left if left == right else _wider_number(left, right)
