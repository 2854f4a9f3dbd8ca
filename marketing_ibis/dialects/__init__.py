"""How each engine writes SQL, without a connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from marketing_ibis.dialects.base import Dialect, Relation
from marketing_ibis.ibis_hook import load_lazily

load_lazily()


def _duckdb() -> Dialect:
    from marketing_ibis.dialects.duckdb import duckdb_dialect

    return duckdb_dialect()


def _postgres() -> Dialect:
    from marketing_ibis.dialects.postgres import postgres_dialect

    return postgres_dialect()


def _redshift() -> Dialect:
    from marketing_ibis.dialects.redshift import redshift_dialect

    return redshift_dialect()


DIALECTS: Mapping[str, Callable[[], Dialect]] = MappingProxyType(
    {"duckdb": _duckdb, "postgres": _postgres, "redshift": _redshift}
)
"""Makers of dialects by the name that ``--target`` takes; each imports its compiler when it is called."""

__all__ = ["DIALECTS", "Dialect", "Relation"]
