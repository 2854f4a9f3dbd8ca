"""How Ibis' tests connect to either backend, and the tables that they read."""

from __future__ import annotations

import atexit
import contextlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import psycopg
from ibis.backends.tests.base import BackendTest
from psycopg.conninfo import conninfo_to_dict

from marketing_ibis.engines.redshift.ibis_backend import Backend
from tests.engines.redshift.proxy import Proxy
from tests.engines.redshift.standin import StandIn, install
from tests.engines.redshift.standin.lexer import split_statements
from tests.engines.redshift.standin.reader import capitals_count
from tests.engines.redshift.standin.translate import translate_statement
from tests.postgres_server import fresh_database

LOADED = re.compile(r"COPY (\w+) FROM '/data/(\S+\.csv)' WITH \((.*)\)", re.DOTALL)


@cache
def database() -> str:
    """Return the URI of an empty database, which exists until the process ends."""
    opened = contextlib.ExitStack()
    uri = opened.enter_context(fresh_database())
    # Registered after the server's own, so that it runs before.
    atexit.register(opened.close)
    return uri


@cache
def proxy() -> Proxy:
    """Return the way to the stand-in for Amazon's driver."""
    opened = contextlib.ExitStack()
    catalogue = opened.enter_context(StandIn.open(database()))
    way = opened.enter_context(Proxy(database(), translate=translated_for(catalogue.columns)))
    atexit.register(opened.close)
    return way


def translated_for(columns: Callable[[str | None, str], Mapping[str, str]]) -> Callable[[str], str]:
    """Return what translates one statement; names in quotes keep their capitals."""

    def translate(sql: str) -> str:
        with capitals_count():
            return ";\n".join(_translated(statement, columns) for statement in split_statements(sql))

    return translate


def _translated(statement: str, columns: Callable[[str | None, str], Mapping[str, str]]) -> str:
    if re.match(r"SET enable_case_sensitive_identifier\b", statement):
        return "SELECT 1 WHERE FALSE"
    if re.match(r"(FETCH|CLOSE)\b", statement):
        return statement
    if declared := re.match(r"(DECLARE \w+ CURSOR FOR)\s+(.*)", statement, re.DOTALL):
        return f"{declared[1]} {translate_statement(declared[2], columns)}"
    if re.match(r"CREATE TEMP TABLE\b", statement):
        made = translate_statement(statement.replace(" TEMP ", " ", 1), columns)
        return made.replace("CREATE ", "CREATE TEMP ", 1)
    return translate_statement(statement, columns)


EXTERNAL = """
    SET allow_system_table_mods = on;
    CREATE VIEW pg_catalog.svv_external_schemas AS SELECT ''::text AS schemaname WHERE FALSE;
    CREATE VIEW pg_catalog.svv_external_tables AS SELECT ''::text AS schemaname, ''::text AS tablename WHERE FALSE
"""


def load(script: Path, data: Path) -> None:
    """Run Ibis' script for PostgreSQL; a statement that needs an absent extension is skipped."""
    with psycopg.connect(database(), autocommit=True) as connection:
        install(connection)
        connection.execute(EXTERNAL)
        for statement in filter(None, map(str.strip, script.read_text("utf-8").split(";"))):
            with contextlib.suppress(psycopg.Error):
                _run(connection, statement, data)


def _run(connection: psycopg.Connection[Any], statement: str, data: Path) -> None:
    copied = LOADED.search(statement)
    if copied is None:
        connection.execute(statement.encode())
        return
    table, file, options = copied.groups()
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN WITH ({options})".encode()) as copy:
        copy.write((data / "csv" / file).read_bytes())


class _Tests(BackendTest):  # type: ignore[misc]
    deps = ("psycopg",)
    supports_structs = False
    returned_timestamp_unit = "s"

    def _load_data(self, **_: Any) -> None:
        load(self.script_dir / "postgres.sql", self.data_dir)


class PostgresTests(_Tests):
    """Ibis' own PostgreSQL backend."""

    supports_map = True
    rounding_method = "half_to_even"
    driver_supports_multiple_statements = True

    @classmethod
    def name(cls) -> str:
        return "postgres"

    @staticmethod
    def connect(*, tmpdir: Any, worker_id: str, **options: Any) -> ibis.BaseBackend:
        del tmpdir, worker_id
        place = conninfo_to_dict(database())
        names = {"host": place["host"], "user": place["user"], "database": place["dbname"], "port": place.get("port")}
        return ibis.postgres.connect(**{key: value for key, value in names.items() if value}, **options)


class RedshiftTests(_Tests):
    """`ibis.redshift`, in a session in which capitals count: Ibis' tables have some."""

    supports_arrays = False
    # As the stand-in and DuckDB; AWS' page of ROUND is silent.
    rounding_method = "away_from_zero"

    @classmethod
    def name(cls) -> str:
        return "redshift"

    @staticmethod
    def connect(*, tmpdir: Any, worker_id: str, **options: Any) -> ibis.BaseBackend:
        del tmpdir, worker_id
        opened = proxy()
        place = {"host": opened.host, "port": opened.port, "user": opened.user, "database": opened.database}
        return Backend().connect(**place, ssl=False, case_sensitive=True, **options)
