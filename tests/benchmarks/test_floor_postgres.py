"""The SQL written by hand for PostgreSQL gives the rows that the models give, and its CPU seconds are counted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from benchmarks import floor
from benchmarks.floor_postgres import Postgres, open_database
from benchmarks.floor_sql import postgres_statements
from benchmarks.postgres_server import TICKS, Server
from marketing_ibis.engines import ENGINES
from tests.postgres_server import fresh_database
from tests.sources import GOLDEN_AS_OF, Sources, golden_sources
from tests.warehouse import MODEL_SCHEMA, SOURCE_SCHEMA, build_tables, compiled_for

CLOSE = 0.1
"""CPU seconds that the other processes of an idle server take at most in a moment."""


def fill(database: Postgres, sources: Sources) -> None:
    """Load sources and the tables of the models, and build those of the floor."""
    dialect, dataflow = ENGINES["postgres"].dialect(), compiled_for(GOLDEN_AS_OF, sources.options)
    for schema in (SOURCE_SCHEMA, MODEL_SCHEMA):
        database.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")
    relations = {
        f"{SOURCE_SCHEMA}.{source.declaration.table}": (
            source.schema,
            [row._asdict() for row in getattr(sources, source.declaration.table)],
        )
        for source in dataflow.sources.values()
    } | {
        f"{MODEL_SCHEMA}.{name}": (dataflow.models[name].schema, rows)
        for name, rows in build_tables(sources, GOLDEN_AS_OF).items()
    }
    for relation, (schema, rows) in relations.items():
        columns = ", ".join(f"{name} {dialect.column_type(kind)}" for name, kind in schema.items())
        database.execute(f"CREATE TABLE {relation} ({columns})")
        if rows:
            database.insert(relation, rows)
    assert list(floor.build(database, GOLDEN_AS_OF))


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    with fresh_database() as uri:
        opened = open_database(uri)
        with opened.connection:
            fill(opened, golden_sources())
            yield opened


def test_golden_shop(database: Postgres) -> None:
    assert not floor.differences(database)


def test_a_difference_is_found(database: Postgres) -> None:
    with database.connection.transaction(force_rollback=True):
        database.execute("UPDATE floor.rfm_summary SET monetary_value = monetary_value * (1 + 1e-8) + 1e-8")
        (message,) = floor.differences(database, only=("rfm_summary", "orders"))
    assert "monetary_value" in message


def stat(pid: int) -> list[str]:
    """Return the fields of a process's `stat` behind its name."""
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()


def test_cpu_seconds_of_a_session_count_once_while_it_runs_and_afterwards() -> None:
    with fresh_database() as uri:
        with psycopg.connect(uri, autocommit=True) as connection:
            pid = connection.info.backend_pid
            server = Server(uri, int(stat(pid)[1]))
            before = server.cpu() - sum(map(int, stat(pid)[11:13])) / TICKS
            connection.execute("SELECT count(*) FROM generate_series(1, 3000000)")
            taken = sum(map(int, stat(pid)[11:13])) / TICKS
            assert taken > 2 * CLOSE
            assert server.cpu() - before == pytest.approx(taken, abs=CLOSE)
        deadline = time.monotonic() + 10
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.cpu() - before == pytest.approx(taken, abs=CLOSE)


def test_statements_are_translated_as_one_would_write_them() -> None:
    (sql,) = postgres_statements("""
        CREATE TABLE scratch.sums AS SELECT day, sum(CASE WHEN paid THEN cents ELSE 0 END) AS cents,
        sum((cents > 0)::UTINYINT) AS orders, cents // 5 AS fifth FROM facts GROUP BY ALL
    """)
    assert sql == (
        "CREATE UNLOGGED TABLE scratch.sums AS SELECT day, COALESCE(SUM(cents) FILTER(WHERE paid), 0) AS cents,"
        " COUNT(*) FILTER(WHERE cents > 0) AS orders, cents / 5 AS fifth FROM facts GROUP BY 1, 4"
    )
