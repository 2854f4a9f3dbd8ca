"""Connect to a PostgreSQL server, or say what is in the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from marketing_ibis.engines.postgres.keys import DEFAULT_PORT
from marketing_ibis.engines.secret import reveal
from marketing_ibis.errors import TargetUnavailable

CONNECT_TIMEOUT = 10
"""Seconds, as in dbt."""
LIBPQ_SETTINGS = (
    "host", "port", "user", "password", "dbname", "sslmode", "sslcert", "sslkey", "sslrootcert", "keepalives_idle",
)  # fmt: skip
"""Settings that libpq knows under the same name."""
PRINTABLE_SETTINGS = ("host", "port", "dbname", "user", "schema")
"""Settings that messages show."""
SHORT = 2
"""Characters up to which a value may be part of any word."""
CAUSES = (
    (
        "password authentication failed|no password supplied",
        "the password was rejected",
        "Correct user and password in profiles.yml, or the environment variables that it names.",
    ),
    ("failed to resolve host|could not translate host", "there is no such host", "Correct host in profiles.yml."),
    (
        "Connection refused|No such file or directory",
        "no server is listening there",
        "Start the server, or correct host and port in profiles.yml.",
    ),
    (
        "timeout|timed out",
        "the server does not respond",
        "Check host, port and firewall; connect_timeout in profiles.yml says how long to wait.",
    ),
    (
        "too many (clients|connections)|remaining connection slots",
        "the server has no free connections",
        "Run again when other sessions have ended.",
    ),
    (
        "(system|server) is (starting up|shutting down|in recovery mode)|not yet accepting connections",
        "the server is starting, stopping or recovering",
        "Run again when it accepts connections.",
    ),
    (
        "server closed the connection unexpectedly|[Cc]onnection reset|terminating connection",
        "the server closed the connection",
        "Run again when the server is back.",
    ),
    ('database ".*" does not exist', "there is no such database", "Create it, or correct dbname in profiles.yml."),
    ('role ".*" does not exist', "there is no such user", "Create it, or correct user in profiles.yml."),
    (
        "no pg_hba.conf entry",
        "the server does not accept this user from this machine",
        "Add an entry to its pg_hba.conf, or correct user, dbname and sslmode in profiles.yml.",
    ),
    ("SSL", "the server does not support this sslmode", "Correct sslmode in profiles.yml."),
)
"""What libpq says, what it means, and what to do; the first that fits."""
TEMPORARY = re.compile(
    "Connection refused|No such file or directory|timeout|timed out|too many (clients|connections)"
    "|remaining connection slots|(system|server) is (starting up|shutting down|in recovery mode)"
    "|not yet accepting connections|server closed the connection unexpectedly|[Cc]onnection reset"
    "|terminating connection|Temporary failure in name resolution|Network is unreachable|No route to host"
)
"""What libpq says of a server that may be there later."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect, and as whom; shown without the rest."""

    host: str
    port: int
    database: str
    user: str
    settings: Mapping[str, object] = field(repr=False)

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> Server:
        """Return the server that the settings of a profile name."""
        port = int(str(settings.get("port") or DEFAULT_PORT))
        return cls(str(settings["host"]), port, str(settings["dbname"]), str(settings["user"]), settings)

    def without_values(self, text: str) -> str:
        """Return a message with the names of keys in place of what they hold, but for what says where the server is."""
        values = [(str(reveal(value)), key) for key, value in self.settings.items() if key not in PRINTABLE_SETTINGS]
        for value, key in sorted(values, reverse=True, key=lambda pair: len(pair[0])):
            if len(value) > SHORT:
                text = text.replace(value, f"<{key}>")
        return text

    def __str__(self) -> str:
        return f"database {self.database} on {self.host}:{self.port}"


def connect(server: Server) -> psycopg.Connection[Any]:
    """Return a new connection in autocommit, with our settings.

    Raises:
        TargetUnavailable: saying why there is none.
    """
    settings = server.settings
    libpq_settings = {key: reveal(settings[key]) for key in LIBPQ_SETTINGS if settings.get(key) is not None}
    try:
        connection = psycopg.connect(
            **libpq_settings,
            connect_timeout=settings.get("connect_timeout") or CONNECT_TIMEOUT,
            application_name="marketing_ibis",
            client_encoding="utf8",
            autocommit=True,
            # Statements that the client prepares do not survive a connection pool.
            prepare_threshold=None,
        )
    except psycopg.Error as error:
        raise unavailable(server, str(error)) from error
    try:
        _prepare(connection, settings)
    except psycopg.Error as error:
        connection.close()
        message = server.without_values(error.diag.message_primary or str(error))
        raise TargetUnavailable(
            f"{server} rejects the settings of the profile: {message}.",
            hint="Correct role or search_path in profiles.yml.",
        ) from error
    return connection


def _prepare(connection: psycopg.Connection[Any], settings: Mapping[str, object]) -> None:
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET client_min_messages = warning")
    _notice_our_end(connection)
    if settings.get("search_path"):
        connection.execute("SELECT set_config('search_path', %s, false)", [settings["search_path"]])
    if settings.get("role"):
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(str(settings["role"]))))


def _notice_our_end(connection: psycopg.Connection[Any]) -> None:
    """Have the server end a long statement when this process is gone: it would hold the lock of the next build.

    Servers before 14 cannot, nor can those on Windows.
    """
    with suppress(psycopg.errors.InvalidParameterValue):
        connection.execute(
            "SELECT set_config(name, '1s', false) FROM pg_catalog.pg_settings"
            " WHERE name = 'client_connection_check_interval'"
        )


def unavailable(server: Server, text: str) -> TargetUnavailable:
    """Return what libpq's message ``text`` means."""
    place = f"Cannot connect to {server} as {server.user}"
    is_temporary = TEMPORARY.search(text) is not None
    for words, cause, hint in CAUSES:
        if re.search(words, text):
            return TargetUnavailable(f"{place}: {cause}.", hint=hint, is_temporary=is_temporary)
    # The server may speak another language than these words: its own are told.
    last_line = text.strip().splitlines()[-1].strip() if text.strip() else "no reason was given"
    message = server.without_values(last_line)
    return TargetUnavailable(
        f"{place}: {message}", hint="Correct the output in profiles.yml.", is_temporary=is_temporary
    )
