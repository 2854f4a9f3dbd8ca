"""SQLite's engine record: a local file, opened in this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.engines.base import Engine, Key, Places, Settings

if TYPE_CHECKING:
    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.engines.ibis_connection import IbisConnection
    from marketing_ibis.engines.target import Target


def _dialect() -> Dialect:
    from tests.engines.sqlite.dialect import sqlite_dialect

    return sqlite_dialect()


def _open(settings: Settings, *, read_only: bool = False) -> Target:
    from tests.engines.sqlite.target import open_sqlite

    return open_sqlite(Path(str(settings["path"])))


def _describe(settings: Settings) -> str:
    return str(settings["path"])


def _places(settings: Settings) -> Places:
    file = Path(str(settings["path"]))
    return Places(f"sqlite://{file.absolute().as_posix()}", file.stem)


def _connect_ibis(settings: Settings) -> IbisConnection:
    import ibis

    from marketing_ibis.engines.ibis_connection import BackendConnection

    return BackendConnection(ibis.sqlite.connect(str(settings["path"])))


SQLITE = Engine(
    name="sqlite",
    title="SQLite",
    dialect=_dialect,
    open=_open,
    connect_ibis=_connect_ibis,
    keys={"path": Key("path", required=True), "schema": Key()},
    describe=_describe,
    places=_places,
    filling="Load it with sqlite3",
    database_file="warehouse.sqlite",
    supports_grants=False,
)
