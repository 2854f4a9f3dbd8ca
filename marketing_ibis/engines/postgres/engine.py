"""What the package knows of PostgreSQL: a server, over psycopg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.engines.base import Engine, Places, Settings, places_on_server
from marketing_ibis.engines.postgres.keys import DEFAULT_PORT, IGNORED, KEYS
from marketing_ibis.engines.profiling import Operator, Query
from marketing_ibis.errors import ConfigurationError

if TYPE_CHECKING:
    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.engines.ibis_connection import IbisConnection
    from marketing_ibis.engines.target import Target


def _dialect() -> Dialect:
    from marketing_ibis.engines.postgres.dialect import postgres_dialect

    return postgres_dialect()


def _open(settings: Settings, *, read_only: bool = False) -> Target:
    try:
        from marketing_ibis.engines.postgres.target import open_postgres  # its driver is installed on request
    except ImportError as error:
        raise _no_driver(error) from error
    return open_postgres(settings)


def _connect_ibis(settings: Settings) -> IbisConnection:
    try:
        from marketing_ibis.engines.postgres.ibis_connection import connect_ibis
    except ImportError as error:
        raise _no_driver(error) from error
    return connect_ibis(settings)


def _no_driver(error: ImportError) -> ConfigurationError:
    return ConfigurationError(
        f"The target postgres needs psycopg: {error}.", hint="Install it: pip install 'marketing-ibis[postgres]'"
    )


def _places(settings: Settings) -> Places:
    return places_on_server("postgres", settings, DEFAULT_PORT)


def _profile(query: Query, select: str) -> tuple[Operator, ...]:
    from marketing_ibis.engines.postgres.profiling import profile

    return profile(query, select)


POSTGRES = Engine(
    name="postgres",
    title="PostgreSQL",
    dialect=_dialect,
    open=_open,
    profile=_profile,
    connect_ibis=_connect_ibis,
    keys=KEYS,
    ignored_keys=IGNORED,
    places=_places,
    longest_name=63,
)
