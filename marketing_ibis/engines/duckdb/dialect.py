"""DuckDB's way of writing SQL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from marketing_ibis.engines.dialect import Dialect

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir
    import sqlglot.expressions as sge
    from ibis.backends.sql.compilers.base import SQLGlotCompiler

TYPE_NAMES = {
    "BIGINT": "int64",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "float64",
    "FLOAT": "float32",
    "INTEGER": "int32",
    "SMALLINT": "int16",
    "TIMESTAMP": "timestamp(6)",
    "TINYINT": "int8",
    "VARCHAR": "string",
}
"""Ibis' names of the types that DESCRIBE lists most; it takes as long to parse one as to ask for a table's columns."""
COLUMN_TYPES = {
    "boolean": "BOOLEAN",
    "date": "DATE",
    "float64": "DOUBLE",
    "int16": "SMALLINT",
    "int32": "INT",
    "int64": "BIGINT",
    "int8": "TINYINT",
    "string": "TEXT",
    "timestamp": "TIMESTAMP",
}
"""The engine's words for the types that models have most."""


@dataclass(frozen=True, slots=True)
class DuckDBDialect(Dialect):
    """DuckDB, which takes the rows of a source as they are where each key is there once."""

    def tree(self, expression: ir.Table) -> sge.Select:
        """Return the SELECT of ``expression``; the first row of each key of a source is every row, if none repeats."""
        from marketing_ibis.engines.duckdb.compiler import take_unique_rows

        return take_unique_rows(Dialect.tree(self, expression), self.sources)


def duckdb_dialect() -> DuckDBDialect:
    """Return DuckDB's dialect."""
    return DuckDBDialect(
        name="duckdb",
        load_compiler=_compiler,
        parse_type=_parse_type,
        type_names=TYPE_NAMES,
        column_types=COLUMN_TYPES,
        byte_length="STRLEN",
    )


def _compiler() -> SQLGlotCompiler:
    from marketing_ibis.engines.duckdb.compiler import COMPILER

    return COMPILER


@lru_cache(maxsize=1_024)
def _parse_type(text: str) -> dt.DataType:
    from ibis.backends.sql.datatypes import DuckDBType

    return DuckDBType.from_string(text)
