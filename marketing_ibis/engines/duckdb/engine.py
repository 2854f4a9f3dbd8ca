"""What the package knows of DuckDB: one file, in this process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.engines.base import Engine, Places, Settings, attachments_of
from marketing_ibis.engines.duckdb.keys import IGNORED, KEYS, limits_of
from marketing_ibis.engines.profiling import Operator, Query

if TYPE_CHECKING:
    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.engines.ibis_connection import IbisConnection
    from marketing_ibis.engines.target import Target


def _dialect() -> Dialect:
    from marketing_ibis.engines.duckdb.dialect import duckdb_dialect

    return duckdb_dialect()


def _open(settings: Settings, *, read_only: bool = False) -> Target:
    from marketing_ibis.engines.duckdb.target import open_duckdb

    attachments, limits = attachments_of(settings), limits_of(settings)
    return open_duckdb(str(settings["path"]), read_only=read_only, attachments=attachments, limits=limits)


def _describe(settings: Settings) -> str:
    return str(settings["path"])


def _places(settings: Settings) -> Places:
    attached = {each.alias: _place(each.path) for each in attachments_of(settings)}
    return replace(_place(str(settings["path"])), attached=attached)


def _place(path: str) -> Places:
    file = Path(path)
    return Places(f"duckdb://{file.absolute().as_posix()}", file.stem)


def _profile(query: Query, select: str) -> tuple[Operator, ...]:
    from marketing_ibis.engines.duckdb.profiling import profile

    return profile(query, select)


def _describe_limits(query: Query) -> str:
    from marketing_ibis.engines.duckdb.limits import describe_limits

    return describe_limits(query)


def _connect_ibis(settings: Settings) -> IbisConnection:
    from marketing_ibis.engines.duckdb.ibis_connection import connect_ibis

    return connect_ibis(str(settings["path"]), attachments_of(settings), limits_of(settings))


DUCKDB = Engine(
    name="duckdb",
    title="DuckDB",
    dialect=_dialect,
    open=_open,
    profile=_profile,
    describe_limits=_describe_limits,
    connect_ibis=_connect_ibis,
    keys=KEYS,
    ignored_keys=IGNORED,
    describe=_describe,
    places=_places,
    database_file="warehouse.duckdb",
    supports_grants=False,
)
