"""Operations that Redshift lacks, with what to write instead."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from functools import cache

import ibis.common.exceptions as com
import ibis.expr.operations as ops
from ibis.expr.operations import arrays, geospatial, maps, vectorized

_ARRAYS = "Arrays are SUPER values with few functions; keep one row for each element."
_JSON = "Read JSON text with a user-defined function, or load it as columns."
_MAPS = "Keep a column for each key."
_SHAPES = "Keep coordinates as numbers, or compute with shapes outside of the models."


def _classes(module: object, *bases: type[ops.Node]) -> list[type[ops.Node]]:
    """Return the operations of a module of Ibis, without their bases."""
    name = module.__name__  # type: ignore[attr-defined]
    classes = [cls for _, cls in inspect.getmembers(module, inspect.isclass) if cls.__module__ == name]
    return [cls for cls in classes if cls not in bases]


AS_SUPER = (ops.Array, ops.ArrayConcat, ops.ArrayContains, ops.ArrayIndex, ops.ArrayLength)
"""Operations on arrays that are functions of SUPER: https://docs.aws.amazon.com/redshift/latest/dg/c_Array_Functions.html"""
ONLY_AS_ROWS: dict[type[ops.Node], str] = {
    ops.Unnest: "One array of a table, or an `ibis.range`, becomes rows: select it by itself.",
    ops.IntegerRange: "An `ibis.range` becomes rows: `.unnest()` it.",
    ops.TimestampRange: "An `ibis.range` becomes rows: `.unnest()` it.",
}
"""Compiled where they make rows, and refused by name elsewhere."""

ABSENT: dict[type[ops.Node], str] = {
    **dict.fromkeys(_classes(arrays, *AS_SUPER, *ONLY_AS_ROWS, arrays.ArrayAgg, arrays.Range), _ARRAYS),
    **dict.fromkeys(_classes(maps), _MAPS),
    **dict.fromkeys(_classes(geospatial, geospatial.GeoSpatialBinOp, geospatial.GeoSpatialUnOp), _SHAPES),
    **dict.fromkeys(
        _classes(vectorized, vectorized.VectorizedUDF), "Use a function that exists: `ibis.udf.scalar.builtin`."
    ),
    ops.ArrayStringJoin: "Join columns with `ibis.literal(',').join([...])`, rows with group_concat.",
    ops.ArrayCollect: "Join text with group_concat, or keep the rows.",
    ops.BitXor: "Combine bit_or and bit_and, or add up bits modulo 2.",
    ops.Kurtosis: "Compute it from sums of powers.",
    ops.Levenshtein: "Compare with SOUNDEX or outside of the warehouse.",
    ops.RowID: "Order by a key and take `ibis.row_number()`.",
    ops.TimeTruncate: "Truncate the timestamp before.",
    ops.IntervalFloorDivide: "Divide the number before it becomes an interval.",
    ops.RegexSplit: "Take pieces with split and an index.",
    ops.BaseConvert: "Keep the number in base 10, or convert it outside of the warehouse.",
    ops.TypeOf: "The types of an expression are known when it is compiled: `.type()`.",
    ops.ToJSONArray: _JSON,
    ops.ToJSONMap: _JSON,
}
"""Each is refused by name when compiling: https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-features.html"""

_EXISTING = "builtin"


def refuse_absent(nodes: Iterable[ops.Node]) -> None:
    """Refuse an expression that holds an operation which Redshift lacks.

    Raises:
        OperationNotDefinedError: names the operation and says what to write instead.
    """
    for op in nodes:
        if not _is_suspect(type(op)):  # type: ignore[arg-type]  # mypy takes no class for hashable
            continue
        is_function = isinstance(op, ops.ScalarUDF | ops.AggUDF)
        if not is_function or op.__input_type__.name.lower() != _EXISTING:
            raise refusal_of(op)


@cache
def _is_suspect(kind: type[ops.Node]) -> bool:
    return issubclass(kind, (*ABSENT, *ONLY_AS_ROWS, ops.ScalarUDF, ops.AggUDF))


def refusal_of(op: ops.Node) -> com.OperationNotDefinedError:
    """Return the error that says what to write instead of an operation."""
    if isinstance(op, ops.ScalarUDF | ops.AggUDF):
        return com.OperationNotDefinedError(
            f"{op.__func_name__} is a function of Python, which Redshift does not run. Write it as an expression, "
            "or name a function that exists in the database with `ibis.udf.scalar.builtin`."
        )
    instead = (ABSENT | ONLY_AS_ROWS).get(type(op), "Compute it before, or with another operation.")
    return com.OperationNotDefinedError(f"{type(op).__name__} is not supported on Redshift. {instead}")
