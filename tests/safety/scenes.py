"""A database to build in, on each engine: run a command, kill it, inspect the relations, watch what readers see."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import duckdb
import psycopg

from tests.engines.postgres.warehouse import settings_of
from tests.postgres_server import fresh_database
from tests.safety.launcher import Call, Ending, Launcher, notes_in
from tests.safety.watching import Query, Reader, State, look_at_once, standing

SOURCES = ("customers", "orders", "payments")
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
WITHOUT_FIT: set[str] = {"customer_clv", "int_clv_purchases"} if THOROUGH else set()
"""Models that have no rows in shops too small for a fit, so that no two days differ."""
MODELS_BUILT = () if THOROUGH else ("-s", "+stg_customer_activity +orders +attribution_markov +campaign_win_back")
"""What builds select: views of sources, of tables and of views, tables, and rows of Python, and few of each."""
PASSWORD = "correct-horse-battery"
PROFILE = """
shop:
  target: server
  outputs:
    server:
      type: postgres
      host: "{{ env_var('SHOP_HOST') }}"
      user: postgres
      password: "{{ env_var('SHOP_PASSWORD') }}"
      dbname: "{{ env_var('SHOP_DATABASE') }}"
"""
RETRY = ("retry",)
"""The command that builds where the last run did, without an option."""
_numbers = itertools.count()


Commands = tuple[tuple[str, ...], ...]


class Scene(Protocol):
    """A database in a separate folder."""

    engine: str
    folder: Path

    @property
    def place(self) -> tuple[str, ...]:
        """The options that name this database."""

    def call(self, *arguments: str, compiled: Commands = (), **when: object) -> Call:
        """Return a command of the package on this database."""

    def connected(self) -> contextlib.AbstractContextManager[Query]:
        """Yield a second connection, which only reads."""

    def run(self, launcher: Launcher, schema: str, names: tuple[str, ...], call: Call) -> tuple[Ending, list[State]]:
        """Run a command while another connection reads; return the states it saw, in order."""

    def reset(self) -> None:
        """Remove every schema of the project."""


def run(scene: Scene, launcher: Launcher, *arguments: str, code: int = 0, compiled: Commands = ()) -> Ending:
    """Run a command to its end and check its exit code."""
    ending = launcher.run(scene.call(*arguments, compiled=compiled))
    assert ending.code == code, ending.output
    assert "Traceback" not in ending.output
    return ending


def _call(
    scene: Scene,
    environment: dict[str, str],
    arguments: tuple[str, ...],
    compiled: Commands,
    when: dict[str, object],
) -> Call:
    where = () if arguments == RETRY else scene.place
    return Call(
        (*arguments, *where),
        str(scene.folder),
        compiled=tuple((*each, *scene.place) for each in compiled),
        environment=environment,
        **when,  # type: ignore[arg-type]
    )


def check_killed(ending: Ending, whole: Sequence[str], number: int) -> None:
    """Check that a command was killed before the statement of this number in a whole run, counted from 1.

    What an earlier kill left behind may add statements before it.
    """
    assert ending.was_killed, ending.output
    last, expected = ending.statements[-1], whole[number - 2]
    assert _beginning(last) == _beginning(expected), f"killed after {last}, not after {expected}"


def _beginning(statement: str) -> list[str]:
    """Return the first words of a statement, without the path of a file, whose name is another one each time."""
    return [word for word in statement.split()[:3] if "/" not in word]


def moment(call: Call) -> dict[str, Any]:
    """Return when a command is killed, and what is compiled beforehand."""
    return {
        "before": call.before,
        "published": call.published,
        "seconds": call.seconds,
        "compiled": call.compiled,
    }


def look(scene: Scene, schema: str) -> State:
    """Return the relations of a schema, except candidates and build metadata."""
    with scene.connected() as query:
        names = [name for name in standing(query, schema) if not name.endswith(("__candidate", "_history", "_state"))]
        return look_at_once(query, scene.engine, schema, names) if names else {}


def leftovers(scene: Scene) -> list[str]:
    """Return the candidates that were left behind."""
    with scene.connected() as query:
        both = standing(query, "dbt_marketing") + standing(query, "dbt_production")
    return [name for name in both if name.endswith("__candidate")]


class DuckDBScene:
    """A file: readers are in the building process, and read again after it has ended."""

    engine = "duckdb"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "warehouse.duckdb"

    @property
    def place(self) -> tuple[str, ...]:
        return ("--database", str(self.file))

    def call(self, *arguments: str, compiled: Commands = (), **when: object) -> Call:
        return _call(self, {}, arguments, compiled, when)

    @contextlib.contextmanager
    def connected(self) -> Iterator[Query]:
        # Read only: the next command must clean up after a crash, not this query.
        with duckdb.connect(str(self.file), read_only=True) as connection:
            yield lambda sql: connection.execute(sql).fetchall()

    def run(self, launcher: Launcher, schema: str, names: tuple[str, ...], call: Call) -> tuple[Ending, list[State]]:
        seen = self.folder / f"seen_{next(_numbers)}.jsonl"
        seen.touch()
        watch = (self.engine, schema, names, str(seen))
        ending = launcher.run(self.call(*call.arguments, **moment(call), watch=watch))
        return ending, notes_in(seen)

    def reset(self) -> None:
        for file in self.folder.glob("warehouse.duckdb*"):
            file.unlink()


class PostgresScene:
    """A database on a server, with readers in other processes."""

    engine = "postgres"

    def __init__(self, folder: Path, uri: str) -> None:
        self.folder = folder
        self.uri = uri
        (folder / "profiles.yml").write_text(PROFILE)
        settings = settings_of(uri)
        self.environment = {
            "SHOP_HOST": str(settings["host"]),
            "SHOP_DATABASE": str(settings["dbname"]),
            "SHOP_PASSWORD": PASSWORD,
        }

    @property
    def place(self) -> tuple[str, ...]:
        return ("--target", "postgres", "--profiles-dir", str(self.folder))

    def call(self, *arguments: str, compiled: Commands = (), **when: object) -> Call:
        return _call(self, self.environment, arguments, compiled, when)

    @contextlib.contextmanager
    def connected(self) -> Iterator[Query]:
        with psycopg.connect(self.uri, autocommit=True) as connection:

            def query(sql: str) -> list[tuple[object, ...]]:
                cursor = connection.execute(sql.encode())
                return cursor.fetchall() if cursor.description else []

            yield query

    def run(self, launcher: Launcher, schema: str, names: tuple[str, ...], call: Call) -> tuple[Ending, list[State]]:
        seen: list[State] = []
        with self.connected() as query:
            reader = Reader(query, self.engine, schema, names, seen.append)
            reader.start()
            try:
                ending = launcher.run(self.call(*call.arguments, **moment(call)))
            finally:
                reader.stop()
        return ending, seen

    def reset(self) -> None:
        with self.connected() as query:
            query("DROP SCHEMA IF EXISTS dbt_production CASCADE")
            query("DROP SCHEMA IF EXISTS dbt_marketing CASCADE")


@contextlib.contextmanager
def open_scene(engine: str, folder: Path) -> Iterator[Scene]:
    """Yield an empty database."""
    folder.mkdir(parents=True, exist_ok=True)
    if engine == "duckdb":
        yield DuckDBScene(folder)
    else:
        with fresh_database() as uri:
            yield PostgresScene(folder, uri)
