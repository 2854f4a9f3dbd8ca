"""Redshift's types, and which Ibis types have one."""

from __future__ import annotations

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import sqlglot.expressions as sge
from ibis.backends.sql.datatypes import PostgresType

WIDEST_VARCHAR = 65_535
"""Bytes; a bare VARCHAR or TEXT is VARCHAR(256): https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html"""
WIDEST_DECIMAL = 38
DEFAULT_SCALE = 10
"""Scale of a decimal that Ibis leaves open, since a bare DECIMAL is DECIMAL(18, 0) in Redshift."""

_ABSENT = {
    dt.Map: "a column for each key",
    dt.Interval: "DATEADD and DATEDIFF, through `+ ibis.interval(...)` and `.delta(...)`",
    dt.INET: "text",
    dt.MACADDR: "text",
}
_Type = sge.DataType.Type
_RENAMED = {
    dt.Float32: _Type.FLOAT,
    # Redshift has no unsigned integers and none of one byte: the next wider type holds them.
    dt.Int8: _Type.SMALLINT,
    dt.UInt8: _Type.SMALLINT,
    dt.UInt16: _Type.INT,
    dt.UInt32: _Type.BIGINT,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_SUPER_type.html
    dt.JSON: _Type.SUPER,
    dt.Array: _Type.SUPER,
    dt.Struct: _Type.SUPER,
}
"""Types without parameters whose name differs from PostgreSQL's."""


class RedshiftType(PostgresType):  # type: ignore[misc]
    """Map Ibis' types to those of https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html."""

    dialect = "redshift"
    # A timestamp takes no precision in Redshift, it always has six digits.
    default_temporal_scale = None

    @classmethod
    def from_ibis(cls, dtype: dt.DataType) -> sge.DataType:
        """Return the type that a cast or a column of ``dtype`` has.

        Raises:
            UnsupportedOperationError: Redshift has no such type.
        """
        for absent, instead in _ABSENT.items():
            if isinstance(dtype, absent):
                raise com.UnsupportedOperationError(f"Redshift has no type for {dtype}; write {instead} instead.")
        kind = _RENAMED.get(type(dtype))
        return super().from_ibis(dtype) if kind is None else sge.DataType(this=kind)

    @classmethod
    def _from_ibis_String(cls, dtype: dt.String) -> sge.DataType:
        return _sized_type(_Type.VARCHAR, dtype.length or WIDEST_VARCHAR)

    @classmethod
    def _from_ibis_Null(cls, dtype: dt.Null) -> sge.DataType:
        # A column of nothing but NULL needs some type.
        return _sized_type(_Type.VARCHAR, 1)

    @classmethod
    def _from_ibis_Decimal(cls, dtype: dt.Decimal) -> sge.DataType:
        precision = WIDEST_DECIMAL if dtype.precision is None else dtype.precision
        scale = DEFAULT_SCALE if dtype.scale is None else dtype.scale
        if precision > WIDEST_DECIMAL:
            raise com.UnsupportedOperationError(f"{dtype} has more than {WIDEST_DECIMAL} digits, the most in Redshift.")
        return _sized_type(_Type.DECIMAL, precision, scale)

    @classmethod
    def _from_ibis_Timestamp(cls, dtype: dt.Timestamp) -> sge.DataType:
        return sge.DataType(this=_Type.TIMESTAMP if dtype.timezone is None else _Type.TIMESTAMPTZ)

    @classmethod
    def _from_ibis_UUID(cls, dtype: dt.UUID) -> sge.DataType:
        return _sized_type(_Type.CHAR, 36)

    @classmethod
    def _from_ibis_UInt64(cls, dtype: dt.UInt64) -> sge.DataType:
        return _sized_type(_Type.DECIMAL, 20, 0)


def _sized_type(kind: sge.DataType.Type, *sizes: int) -> sge.DataType:
    return sge.DataType(this=kind, expressions=[sge.DataTypeParam(this=sge.convert(size)) for size in sizes])
