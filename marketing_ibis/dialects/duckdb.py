"""DuckDB's SQL, as Ibis writes it."""

from __future__ import annotations

from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.datatypes import DuckDBType

from marketing_ibis.dialects.base import Dialect


def duckdb_dialect() -> Dialect:
    """Return DuckDB's dialect."""
    return Dialect(name="duckdb", compiler=DuckDBCompiler(), parse_type=DuckDBType.from_string)
