"""How each engine writes SQL, without a connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from marketing_ibis.dialects.base import Dialect, Relation
from marketing_ibis.dialects.duckdb import duckdb_dialect
from marketing_ibis.dialects.postgres import postgres_dialect

DIALECTS: Mapping[str, Callable[[], Dialect]] = MappingProxyType(
    {"duckdb": duckdb_dialect, "postgres": postgres_dialect}
)
"""Makers of dialects by the name that ``--target`` takes."""

__all__ = ["DIALECTS", "Dialect", "Relation"]
