"""Redshift's dialect; its compiler is loaded when an expression is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.engines.redshift.ddl import RedshiftDialect

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    from ibis.backends.sql.compilers.base import SQLGlotCompiler

TYPE_NAMES = {
    "bigint": "int64",
    "boolean": "boolean",
    "date": "date",
    "double precision": "float64",
    "integer": "int32",
    "real": "float32",
    "smallint": "int16",
    "timestamp without time zone": "timestamp",
}
"""Ibis' names of the types that the catalog lists most."""
COLUMN_TYPES = {
    "boolean": "BOOLEAN",
    "date": "DATE",
    "float64": "DOUBLE PRECISION",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "string": "VARCHAR(65535)",
    "timestamp": "TIMESTAMP",
}
"""The engine's words for the types that models have most."""


def redshift_dialect() -> Dialect:
    """Return Redshift's dialect; the columns of its late-binding views are in no catalog, so nothing describes them."""
    return RedshiftDialect(
        name="redshift",
        load_compiler=_compiler,
        parse_type=_parse_type,
        type_names=TYPE_NAMES,
        column_types=COLUMN_TYPES,
        escaped="'\\",
        comments_view_columns=False,
        declares_not_null=True,
    )


def _compiler() -> SQLGlotCompiler:
    from marketing_ibis.engines.redshift.compiler import compiler

    return compiler


def _parse_type(text: str) -> dt.DataType:
    from marketing_ibis.engines.redshift.compiler.types import RedshiftType

    return RedshiftType.from_string(text)
