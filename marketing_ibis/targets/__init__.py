"""The engines that tables are built on: the only modules that hold a connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.targets.base import Target
from marketing_ibis.targets.duckdb import open_duckdb


def _open_postgres(settings: Mapping[str, object]) -> Target:
    try:
        from marketing_ibis.targets.postgres import open_postgres  # its driver is installed on request
    except ImportError as error:
        raise ConfigurationError(
            f"The target postgres needs psycopg: {error}.", hint="Install it: pip install 'marketing-ibis[postgres]'"
        ) from error
    return open_postgres(settings)


def _open_redshift(settings: Mapping[str, object]) -> Target:
    from marketing_ibis.targets.redshift import open_redshift

    return open_redshift(settings)


TARGETS: Mapping[str, Callable[..., Target]] = MappingProxyType(
    {"duckdb": open_duckdb, "postgres": _open_postgres, "redshift": _open_redshift}
)
"""Openers by the name of an engine; each takes that engine's settings: a path, or the keys of a profile's output."""

__all__ = ["TARGETS", "Target", "open_duckdb"]
