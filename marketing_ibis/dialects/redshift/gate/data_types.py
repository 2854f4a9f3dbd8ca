"""Check types: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot.expressions as sge

from marketing_ibis.dialects.redshift.gate import vocabulary as known
from marketing_ibis.dialects.redshift.gate.refusal import Refusal

PAGE = "c_Supported_data_types.html"
Type = sge.DataType.Type
TRUTHS = (
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
    sge.Exists,
)
TRUTHS += (sge.And, sge.Or, sge.Not, sge.Boolean)
"""Expressions whose value is a boolean by the way they are written."""
TEXTS = frozenset({Type.VARCHAR, Type.TEXT, Type.CHAR, Type.NVARCHAR, Type.NCHAR, Type.BPCHAR})
KNOWN = TEXTS | frozenset(
    {
        Type.SMALLINT,
        Type.INT,
        Type.BIGINT,
        Type.DECIMAL,
        Type.FLOAT,
        Type.DOUBLE,
        Type.BOOLEAN,
        Type.DATE,
        Type.TIME,
        Type.TIMETZ,
        Type.TIMESTAMP,
        Type.TIMESTAMPTZ,
        Type.SUPER,
        Type.VARBINARY,
        Type.GEOMETRY,
        Type.GEOGRAPHY,
        Type.HLLSKETCH,
    }
)
WHOLE = frozenset({Type.TIME, Type.TIMETZ, Type.TIMESTAMP, Type.TIMESTAMPTZ})


def check_type(cast: sge.Cast) -> Iterator[Refusal]:
    """Yield what is wrong with a cast."""
    yield from check_data_type(cast.to)
    if cast.to.this in TEXTS and isinstance(cast.this.unnest(), TRUTHS):
        instead = "CASE WHEN b THEN 'true' WHEN NOT b THEN 'false' END"
        yield Refusal("a cast of a boolean to text", "there is no such conversion", instead, "r_Boolean_type.html")


def check_data_type(kind: sge.DataType) -> Iterator[Refusal]:
    """Yield what is wrong with a type."""
    sizes = [int(size.name) for size in kind.expressions if size.name.isdigit()]
    name = kind.sql(dialect="postgres")
    if not isinstance(kind.this, sge.DataType.Type) or kind.this not in KNOWN or kind.args.get("nested"):
        yield Refusal(
            f"type {name}", "it is not supported", "a documented type", "c_unsupported-postgresql-datatypes.html"
        )
    elif kind.this == Type.DECIMAL:
        yield from _check_decimal(sizes)
    elif kind.this in WHOLE and kind.expressions:
        yield Refusal(
            f"type {name}", "it takes no precision, and has six digits", "the bare type", "r_Datetime_types.html"
        )
    elif kind.this in (Type.VARCHAR, Type.NVARCHAR) and sizes and not 0 < sizes[0] <= known.VARCHAR_BYTES:
        yield Refusal(
            f"type {name}", f"{known.VARCHAR_BYTES} bytes at most", "VARCHAR(65535)", "r_Character_types.html"
        )
    elif kind.this in (Type.CHAR, Type.NCHAR, Type.BPCHAR) and sizes and not 0 < sizes[0] <= known.CHAR_BYTES:
        yield Refusal(f"type {name}", f"{known.CHAR_BYTES} bytes at most", "VARCHAR", "r_Character_types.html")


def _check_decimal(sizes: list[int]) -> Iterator[Refusal]:
    if not sizes:
        yield Refusal("a bare DECIMAL", "it is DECIMAL(18, 0)", "DECIMAL(18, 2)", "r_Numeric_types201.html")
    elif sizes[0] > known.DECIMAL_DIGITS or (len(sizes) > 1 and sizes[1] > min(known.DECIMAL_SCALE, sizes[0])):
        written = ", ".join(map(str, sizes))
        yield Refusal(f"DECIMAL({written})", "38 digits and 37 after the point at most", page="r_Numeric_types201.html")
