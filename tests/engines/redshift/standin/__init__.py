"""A stand-in for Redshift: PostgreSQL that runs Redshift's SQL with Redshift's meaning, or refuses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import sql as psql

from tests.engines.redshift.standin.errors import Untranslatable
from tests.engines.redshift.standin.lexer import split_statements
from tests.engines.redshift.standin.remembered import translate_once
from tests.engines.redshift.standin.translate import translate

__all__ = ["Rows", "StandIn", "Untranslatable", "install", "translate"]

SHIMS = ("shims.sql", "shims_dates.sql", "late_views.sql")


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query returns: names and types of its columns, and the rows."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def install(connection: psycopg.Connection[Any]) -> None:
    """Create Redshift's functions in a database, unless it has them."""
    if connection.execute("SELECT to_regnamespace('redshift') IS NOT NULL").fetchone() == (True,):
        return
    folder = Path(__file__).parent
    connection.execute("\n".join((folder / name).read_text("utf-8") for name in SHIMS))


@dataclass(frozen=True, slots=True)
class StandIn(AbstractContextManager["StandIn"]):
    """A session with the stand-in."""

    connection: psycopg.Connection[Any]

    @classmethod
    def open(cls, uri: str) -> StandIn:
        """Connect to a PostgreSQL server of version 16 or later, as a superuser, and install what is missing."""
        connection = psycopg.connect(uri, autocommit=True)
        connection.execute("SET timezone TO 'UTC'")
        install(connection)
        return cls(connection)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the session."""
        self.connection.close()

    def execute(self, sql: str) -> None:
        """Execute statements of Redshift."""
        for statement in self.translated(sql):
            self.connection.execute(statement)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.fetch(sql).rows

    def fetch(self, sql: str) -> Rows:
        """Return the rows of a query with the names and types of its columns."""
        (statement,) = self.translated(sql)
        return self.fetch_translated(statement)

    def fetch_translated(self, statement: str) -> Rows:
        """Return the rows of a query that was translated before."""
        cursor = self.connection.execute(statement)
        described = cursor.description or []
        names = tuple(column.name for column in described)
        return Rows(names, tuple(column.type_display for column in described), cursor.fetchall())

    def load(
        self, schema: str, table: str, data: pa.Table | Iterable[Sequence[Any]], columns: Mapping[str, str]
    ) -> None:
        """Create a table of Redshift types and fill it with an Arrow table or with rows in the columns' order."""
        names = [name.lower() for name in columns]
        types = ", ".join(f'"{name}" {type_}' for name, type_ in zip(names, columns.values(), strict=True))
        self.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"; CREATE TABLE "{schema}"."{table}" ({types})')
        rows = _rows(data.select(list(columns))) if isinstance(data, pa.Table) else data
        target = psql.SQL("COPY {}.{} ({}) FROM STDIN").format(
            psql.Identifier(schema), psql.Identifier(table), psql.SQL(", ").join(map(psql.Identifier, names))
        )
        with self.connection.cursor() as cursor, cursor.copy(target) as copy:
            for row in rows:
                copy.write_row(row)

    def columns(self, schema: str | None, table: str) -> dict[str, str]:
        """Return a table's columns and their types, in order; empty if there is no such table."""
        name = f'"{schema}"."{table}"' if schema else f'"{table}"'
        found = self.connection.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            (name,),
        )
        return dict(found.fetchall())

    def translated(self, sql: str) -> Iterator[str]:
        """Yield statements of Redshift as the server takes them, each for the tables that are there by then."""
        for statement in split_statements(sql):
            yield translate_once(statement, self.columns)


def _rows(data: pa.Table) -> Iterable[tuple[Any, ...]]:
    columns = [column.to_pylist() for column in data.columns]
    return zip(*columns, strict=True)
