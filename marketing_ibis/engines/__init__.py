"""The engines that tables are built on: how each writes SQL, and how a connection to it is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from marketing_ibis.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.engines.target import Target


def _duckdb_dialect() -> Dialect:
    from marketing_ibis.engines.duckdb.dialect import duckdb_dialect

    return duckdb_dialect()


def _postgres_dialect() -> Dialect:
    from marketing_ibis.engines.postgres.dialect import postgres_dialect

    return postgres_dialect()


def _redshift_dialect() -> Dialect:
    from marketing_ibis.engines.redshift.dialect import redshift_dialect

    return redshift_dialect()


def _open_duckdb(path: Path | str = ":memory:", *, read_only: bool = False) -> Target:
    from marketing_ibis.engines.duckdb.target import open_duckdb

    return open_duckdb(path, read_only=read_only)


def _open_postgres(settings: Mapping[str, object]) -> Target:
    try:
        from marketing_ibis.engines.postgres.target import open_postgres  # its driver is installed on request
    except ImportError as error:
        raise ConfigurationError(
            f"The target postgres needs psycopg: {error}.", hint="Install it: pip install 'marketing-ibis[postgres]'"
        ) from error
    return open_postgres(settings)


def _open_redshift(settings: Mapping[str, object]) -> Target:
    from marketing_ibis.engines.redshift.target import open_redshift

    return open_redshift(settings)


DIALECTS: Mapping[str, Callable[[], Dialect]] = MappingProxyType(
    {"duckdb": _duckdb_dialect, "postgres": _postgres_dialect, "redshift": _redshift_dialect}
)
"""Makers of dialects by the name that ``--target`` takes; each imports its compiler when it is called."""

TARGETS: Mapping[str, Callable[..., Target]] = MappingProxyType(
    {"duckdb": _open_duckdb, "postgres": _open_postgres, "redshift": _open_redshift}
)
"""Openers by the name of an engine; each takes that engine's settings: a path, or the keys of a profile's output."""
