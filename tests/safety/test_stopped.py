"""Ctrl-C in the middle of a statement: one line of output, the published tables unchanged, the next run cleans up."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import NoReturn

import duckdb
import psycopg
import pytest
from click.testing import Result

from marketing_ibis.cli import CANCELLED, CANCELLED_CODE, Commands
from tests.engines.postgres.warehouse import settings_of
from tests.invocation import invoke
from tests.postgres_server import fresh_database
from tests.shop import SHOP, make_shop

PAIRED = """stg_sales.cross_join(stg_sales.filter(stg_sales.id < 2_000).select(other="cents"))
            found = found.filter((found.cents * found.other) % 7 == 3)
            return found.agg(n=found.count(), cents=found.cents.sum().fill_null(0))"""
SLOW = SHOP["totals"].replace(
    "return stg_sales.agg(n=stg_sales.count(), cents=stg_sales.cents.sum())", f"found = {PAIRED}"
)
"""Takes a minute with MANY sales, in steps short enough for DuckDB to notice an interrupt in between."""
MANY = {"duckdb": 5_000_000, "postgres": 200_000}
PATIENCE = 20.0
Query = Callable[[str], list[tuple[object, ...]]]


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[Query]:
    with fresh_database() as uri, psycopg.connect(uri, autocommit=True) as connection:
        keys = {"type": "postgres", **settings_of(uri)}
        lines = "".join(f"      {key}: {value!s}\n" for key, value in keys.items())
        (folder / "profiles.yml").write_text(f"shop:\n  outputs:\n    prod:\n{lines}")
        connection.execute("CREATE SCHEMA dbt_production")
        connection.execute(
            "CREATE TABLE dbt_production.sales AS SELECT id, id * 100 AS cents FROM generate_series(1, 3) id"
        )

        def query(sql: str) -> list[tuple[object, ...]]:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

        yield query


def on_file(file: Path) -> Query:
    def query(sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(file)) as connection:
            return connection.execute(sql).fetchall()

    return query


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path, totals=SLOW).root


@pytest.fixture
def query(engine: str, shop: Path) -> Iterator[Query]:
    if engine == "duckdb":
        yield on_file(shop / "warehouse.duckdb")
    else:
        with postgres(shop) as asked:
            yield asked


@contextlib.contextmanager
def running(shop: Path, engine: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a run that cannot outlive the test."""
    database = ["--database", "warehouse.duckdb"] if engine == "duckdb" else []
    command = [sys.executable, "-m", "marketing_ibis", "run", "-t", engine, "--as-of", "2024-05-15", *database, *words]
    with subprocess.Popen(command, cwd=shop, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def run(shop: Path, engine: str, *words: str) -> Result:
    """Run to the end: the process does not matter."""
    database = ("--database", str(shop / "warehouse.duckdb")) if engine == "duckdb" else ("--profiles-dir", str(shop))
    where = ("--project-dir", str(shop), "--target-path", str(shop / "target"), *database)
    return invoke("run", "-t", engine, "--as-of", "2024-05-15", *where, *words)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another Ctrl-C")
@pytest.mark.parametrize("threads", ["1", "2"])
def test_ctrl_c_within_a_statement(shop: Path, engine: str, query: Query, threads: str) -> None:
    run(shop, engine, "--threads", threads)
    kept = query("SELECT * FROM dbt_marketing.totals")
    query(f"INSERT INTO dbt_production.sales SELECT i, i FROM generate_series(10, {MANY[engine]}) AS t(i)")
    with running(shop, engine, "--threads", threads, "--log-format", "json") as process:
        assert process.stdout
        begun = next(event for line in process.stdout if (event := json.loads(line))["data"].get("model") == "totals")
        assert begun["event"] == "model_started"
        time.sleep(0.5)
        os.kill(process.pid, signal.SIGINT)
        out, message = process.communicate(timeout=PATIENCE)
    assert (process.returncode, message) == (130, f"{CANCELLED}\n")
    event = json.loads(out.splitlines()[-1])
    assert (event["event"], event["message"], event["data"]["exit_code"]) == ("command_failed", CANCELLED, 130)
    assert query("SELECT * FROM dbt_marketing.totals") == kept
    query("DELETE FROM dbt_production.sales WHERE id >= 10")
    assert run(shop, engine).stderr == ""
    left = "SELECT table_name FROM information_schema.tables WHERE table_name LIKE '%candidate'"
    assert query(left) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another Ctrl-C")
def test_ctrl_c_at_any_time_shows_no_traceback(shop: Path) -> None:
    for wait in (0.3, 0.6, 0.9):
        with running(shop, "duckdb") as process:
            time.sleep(wait)
            os.kill(process.pid, signal.SIGINT)
            _, message = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in message
        assert process.returncode in (0, 130)


def interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt


@pytest.mark.parametrize("method", ["parse_args", "resolve_command"])
def test_ctrl_c_while_the_call_is_read_has_the_same_code(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    monkeypatch.setattr(Commands, method, interrupted)
    assert "Aborted" not in invoke("ls", code=CANCELLED_CODE).output


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another Ctrl-C")
def test_ctrl_c_within_a_callback_is_not_lost() -> None:
    program = """
        import sys, time, weakref
        from marketing_ibis.__main__ import interrupt_again

        class Module: ...

        def callback(reference):
            raise KeyboardInterrupt

        sys.unraisablehook = interrupt_again
        module = Module()
        reference = weakref.ref(module, callback)
        del module
        try:
            time.sleep(20)
        except KeyboardInterrupt:
            print("stopped")
    """
    command = [sys.executable, "-c", dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert (done.stdout, done.stderr) == ("stopped\n", "")
