"""Small tables with NULLs and rows that repeat, in the stand-in and in DuckDB, for queries that are nested deeply."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import ibis
import ibis.expr.types as ir

from tests.engines.redshift.standin import StandIn
from tests.postgres_server import fresh_database

Rows = tuple[tuple[object, ...], ...]
T_ROWS: Rows = (("a", 1), ("b", 2), ("c", 3), (None, 2))
U_ROWS: Rows = (("a", 1), ("a", 2), ("b", 2), ("b", 2), ("d", 5), (None, 1))
W_ROWS: Rows = (("a", 1), ("a", 0), ("b", 2), ("b", 1), ("e", 5))
TABLES = {"t": T_ROWS, "u": U_ROWS, "w": W_ROWS}
T, U, W = (ibis.table({"g": "string", "x": "int64"}, name=name, database="nest") for name in TABLES)


@contextmanager
def open_stand_in() -> Iterator[StandIn]:
    with fresh_database() as uri, StandIn.open(uri) as session:
        for name, rows in TABLES.items():
            session.load("nest", name, rows, {"g": "VARCHAR(9)", "x": "BIGINT"})
        yield session


def open_duckdb() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA nest")
    for name, rows in TABLES.items():
        connection.execute(f"CREATE TABLE nest.{name} (g VARCHAR, x BIGINT)")
        connection.executemany(f"INSERT INTO nest.{name} VALUES (?, ?)", rows)
    return connection


def duckdb_rows(connection: duckdb.DuckDBPyConnection, expression: ir.Table) -> list[tuple[object, ...]]:
    return connection.execute(str(ibis.to_sql(expression, dialect="duckdb"))).fetchall()
