"""Connect Ibis to a PostgreSQL server with the settings of a profile."""

from __future__ import annotations

from collections.abc import Mapping

from ibis.backends.postgres import Backend

from marketing_ibis.engines.ibis_connection import BackendConnection
from marketing_ibis.engines.postgres.compiler import COMPILER
from marketing_ibis.engines.postgres.connection import Server, connect


class PostgresBackend(Backend):  # type: ignore[misc]  # Ibis ships no types
    """Ibis' backend with the SQL of builds: text in code point order, whole days and whole numbers."""

    compiler = COMPILER


def connect_ibis(settings: Mapping[str, object]) -> BackendConnection:
    """Open a connection of Ibis.

    Raises:
        TargetUnavailable: the server cannot be reached, or refuses.
    """
    return BackendConnection(PostgresBackend.from_connection(connect(Server.of(settings))))
