"""Check types, and what can only be decided by a type: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate import functions, vocabulary
from marketing_ibis.engines.redshift.gate.calls import function_name
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.type_families import TEXTS

Type = sge.DataType.Type
TRUTHS: tuple[type[sge.Expression], ...] = (
    sge.EQ,
    sge.NEQ,
    sge.GT,
    sge.GTE,
    sge.LT,
    sge.LTE,
    sge.Is,
    sge.In,
    sge.Between,
    sge.Like,
    sge.ILike,
)
TRUTHS += (sge.Exists, sge.And, sge.Or, sge.Not, sge.Boolean)
"""Expressions whose value is a boolean by the way they are written."""
WHOLE_NUMBERS = frozenset({Type.SMALLINT, Type.INT, Type.BIGINT})
INSTANTS = frozenset({Type.TIME, Type.TIMETZ, Type.TIMESTAMP, Type.TIMESTAMPTZ})
SUPPORTED = TEXTS | WHOLE_NUMBERS | INSTANTS
SUPPORTED |= {Type.DECIMAL, Type.FLOAT, Type.DOUBLE, Type.BOOLEAN, Type.DATE, Type.SUPER, Type.VARBINARY}
SUPPORTED |= {Type.GEOMETRY, Type.GEOGRAPHY, Type.HLLSKETCH}
INSTEAD = {"TEXT": "VARCHAR(n)", "UUID": "CHAR(36)", "JSON": "SUPER or VARCHAR", "JSONB": "SUPER", "BYTEA": "VARBYTE"}
INSTEAD |= {"XML": "VARCHAR", "MONEY": "DECIMAL(18, 2)", "INET": "VARCHAR", "SERIAL": "INT IDENTITY(1, 1)"}
INSTEAD |= {"BIGSERIAL": "BIGINT IDENTITY(1, 1)", "INTERVAL": "DATEADD and DATEDIFF"}
AS_TEXT = "CASE WHEN b THEN 'true' WHEN NOT b THEN 'false' END"
UNSUPPORTED = "c_unsupported-postgresql-datatypes.html"


def check_type(cast: sge.Cast) -> Iterator[Refusal]:
    """Yield what is wrong with a cast."""
    if cast.to.this != Type.INTERVAL or not cast.this.is_string:  # '5 days'::interval
        yield from check_data_type(cast.to)
    if cast.to.this in TEXTS and is_boolean(cast.this):
        yield Refusal("a cast of a boolean to text", "there is no such conversion", AS_TEXT, "r_Boolean_type.html")


def check_data_type(kind: sge.DataType) -> Iterator[Refusal]:
    """Yield what is wrong with a type."""
    sizes = [int(size.name) for size in kind.expressions if size.name.isdigit()]
    page = "r_Character_types.html"
    if isinstance(kind.this, sge.IntervalSpan | sge.Interval):  # INTERVAL DAY TO SECOND
        return
    if not isinstance(kind.this, sge.DataType.Type) or kind.this not in SUPPORTED or kind.args.get("nested"):
        instead = INSTEAD.get(_name(kind), "a documented type")
        yield Refusal(f"type {_name(kind)}", "it is not supported", instead, UNSUPPORTED)
    elif kind.this == Type.DECIMAL and sizes:
        yield from _check_decimal(sizes)
    elif kind.this in (Type.FLOAT, Type.DOUBLE) and sizes and not 0 < sizes[0] <= vocabulary.FLOAT_BITS:
        reason = f"its precision is between 1 and {vocabulary.FLOAT_BITS} bits"
        yield Refusal(f"type {_name(kind)}", reason, "FLOAT", "r_Numeric_types201.html")
    elif kind.this == Type.VARBINARY and sizes and not 0 < sizes[0] <= vocabulary.VARBYTE_BYTES:
        yield Refusal(
            f"type {_name(kind)}", f"{vocabulary.VARBYTE_BYTES} bytes at most", "VARBYTE", "r_VARBYTE_type.html"
        )
    elif kind.this in INSTANTS and kind.expressions:
        reason = "it takes no precision, and has six digits"
        yield Refusal(f"type {_name(kind)}", reason, "the bare type", "r_Datetime_types.html")
    elif kind.this in (Type.VARCHAR, Type.NVARCHAR) and sizes and not 0 < sizes[0] <= vocabulary.VARCHAR_BYTES:
        yield Refusal(f"type {_name(kind)}", f"{vocabulary.VARCHAR_BYTES} bytes at most", "VARCHAR(65535)", page)
    elif kind.this in (Type.CHAR, Type.NCHAR, Type.BPCHAR) and sizes and not 0 < sizes[0] <= vocabulary.CHAR_BYTES:
        yield Refusal(f"type {_name(kind)}", f"{vocabulary.CHAR_BYTES} bytes at most", "VARCHAR", page)


def _name(kind: sge.DataType) -> str:
    return str(kind.sql(dialect="postgres"))


def _check_decimal(sizes: list[int]) -> Iterator[Refusal]:
    page = "r_Numeric_types201.html"
    if not 0 < sizes[0] <= vocabulary.DECIMAL_DIGITS or (
        len(sizes) > 1 and sizes[1] > min(vocabulary.DECIMAL_SCALE, sizes[0])
    ):
        size_list = ", ".join(map(str, sizes))
        reason = "38 digits and 37 after the point at most"
        yield Refusal(f"DECIMAL({size_list})", reason, "DECIMAL(38, 2)", page)


def is_boolean(value: sge.Expression) -> bool:
    """Return whether a value is a boolean, by the way it is written or by the type that its column is known to have."""
    value = value.unnest()
    return isinstance(value, TRUTHS) or _type(value) == Type.BOOLEAN


def _type(value: sge.Expression) -> sge.DataType.Type | None:
    """Return the type of a cast, or of a column that the compiler marked with one."""
    kind = value.to if isinstance(value, sge.Cast) else value.type
    return kind.this if isinstance(kind, sge.DataType) else None


def check_arguments(call: sge.Expression) -> Iterator[Refusal]:
    """Yield what a function does not take because of its type."""
    name = function_name(call)
    values = call.expressions if isinstance(call, sge.Anonymous) else [call.this]
    for value in values[:1]:
        if not isinstance(value, sge.Expression):
            continue
        if name in functions.NUMBERS_ONLY and is_boolean(value):
            instead = f"{name}(CASE WHEN b THEN 1 ELSE 0 END)"
            yield Refusal(f"{name} of a boolean", "it takes numbers", instead, f"r_{name}.html")
        elif name == "AVG" and isinstance(value.unnest(), sge.Column) and _type(value.unnest()) in WHOLE_NUMBERS:
            reason = "it drops what follows the point"
            yield Refusal("AVG of whole numbers", reason, "AVG(CAST(x AS DOUBLE PRECISION))", "r_AVG.html")
        elif name in functions.TEXTS_ONLY and is_boolean(value):
            yield Refusal(f"{name} of a boolean", "it has no conversion to text", AS_TEXT, "r_Boolean_type.html")


def check_concatenation(node: sge.DPipe) -> Iterator[Refusal]:
    """Yield what || does not join."""
    if is_boolean(node.this) or is_boolean(node.expression):
        yield Refusal("|| of a boolean", "it has no conversion to text", AS_TEXT, "r_concat_op.html")
