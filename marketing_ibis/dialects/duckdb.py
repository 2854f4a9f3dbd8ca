"""DuckDB's SQL, as Ibis writes it."""

from __future__ import annotations

from functools import lru_cache

from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.datatypes import DuckDBType

from marketing_ibis.dialects.base import Dialect


def duckdb_dialect() -> Dialect:
    """Return DuckDB's dialect."""
    # The columns of all models have a handful of types, and reading one takes as long as asking for a table's columns.
    return Dialect(name="duckdb", compiler=DuckDBCompiler(), parse_type=lru_cache(DuckDBType.from_string))
