"""The families of types: what is converted to one another without a cast, and what has no order.

https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html, "Type compatibility and conversion"
"""

from __future__ import annotations

from typing import TypeAlias

import sqlglot.expressions as sge

Type: TypeAlias = sge.DataType.Type
WHOLE = (Type.SMALLINT, Type.INT, Type.BIGINT)
NUMBERS = frozenset([*WHOLE, Type.TINYINT, Type.DECIMAL, Type.FLOAT, Type.DOUBLE])
FRACTIONS = frozenset([Type.DECIMAL, Type.FLOAT, Type.DOUBLE])
TEXTS = frozenset([Type.VARCHAR, Type.TEXT, Type.CHAR, Type.NVARCHAR, Type.NCHAR, Type.BPCHAR])
MOMENTS = frozenset([Type.DATE, Type.TIMESTAMP, Type.TIMESTAMPTZ])
CLOCKS = frozenset([Type.TIME, Type.TIMETZ])
SHAPES = frozenset([Type.GEOMETRY, Type.GEOGRAPHY])
UNTYPED = Type.UNKNOWN
"""The type of a string literal until it is used: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html"""

NUMBER, TEXT, MOMENT, CLOCK, TRUTH = "a number", "a string", "a date", "a time", "a boolean"
SHAPE, SKETCH, BYTES, SPAN, SUPER = "a geometry", "a sketch", "a varbyte", "an interval", "a SUPER"
FAMILIES: dict[Type, str] = {
    **dict.fromkeys(NUMBERS, NUMBER),
    **dict.fromkeys(TEXTS, TEXT),
    **dict.fromkeys(MOMENTS, MOMENT),
    **dict.fromkeys(CLOCKS, CLOCK),
    **dict.fromkeys(SHAPES, SHAPE),
    Type.BOOLEAN: TRUTH,
    Type.HLLSKETCH: SKETCH,
    Type.VARBINARY: BYTES,
    Type.INTERVAL: SPAN,
    Type.SUPER: SUPER,
}


def describe_type(kind: Type) -> str:
    """Return what a message calls a type."""
    return "a string literal" if kind == UNTYPED else FAMILIES.get(kind, f"a {kind.value}")
