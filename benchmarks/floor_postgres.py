"""Build every published table of the demo shop with SQL written by hand for PostgreSQL.

The statements are those of `benchmarks/floor/`, translated, but for the files that `benchmarks/floor/postgres/` has in
their place. Intermediate tables are not logged and not published. Text is compared as the database has it, so that the
database must have the collation C for the rows that `run` gives.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from benchmarks.floor import SCHEMA, STATEMENTS, Row, build_and_check
from benchmarks.floor_sql import postgres_statements

OWN_STATEMENTS = STATEMENTS / "postgres"
SETTINGS = ("work_mem = '256MB'", "max_parallel_workers_per_gather = 0", "client_min_messages = warning")
"""Memory for hashing and sorting a million orders; workers save seconds, and take more CPU seconds."""
LOOKED_AT = {
    "01_facts": ("facts",),
    "09_other_methods": ("other_methods",),
    "09_picks": ("favorites", "preferred"),
    "09_scored": ("scored",),
}
"""The tables of which the planner must know what is in them, by the file that fills them."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A PostgreSQL database, over a connection in autocommit."""

    connection: psycopg.Connection[Any]
    double: str = "double precision"

    def start(self, as_of: date) -> None:
        """Have two empty schemas, one for the tables and ``scratch``, and ``getvariable('as_of')``."""
        for schema in (SCHEMA, "scratch"):
            self.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")
        self.execute(f"SET search_path = {SCHEMA}, scratch")
        self.execute(
            "CREATE FUNCTION scratch.getvariable(name TEXT) RETURNS DATE IMMUTABLE LANGUAGE sql"
            f" RETURN DATE '{as_of.isoformat()}'"
        )

    def run_file(self, file: Path) -> None:
        """Run the statements of a file, or of the one that takes its place, and look at its tables."""
        own = OWN_STATEMENTS / file.name
        statements = [own.read_text("utf-8")] if own.exists() else postgres_statements(file.read_text("utf-8"))
        for statement in statements:
            self.execute(statement)
        for table in LOOKED_AT.get(file.stem, ()):
            self.execute(f"ANALYZE scratch.{table}")

    def execute(self, sql: str) -> object:
        """Run statements."""
        return self.connection.execute(sql.encode())

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a SELECT."""
        return self.connection.execute(sql.encode()).fetchall()

    def records(self, sql: str) -> list[Row]:
        """Return the rows of a SELECT as dictionaries."""
        return self.connection.cursor(row_factory=dict_row).execute(sql.encode()).fetchall()

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows to a table."""
        copied = f"COPY {table} ({', '.join(rows[0])}) FROM STDIN"
        with self.connection.cursor() as cursor, cursor.copy(copied.encode()) as copy:
            for row in rows:
                copy.write_row(list(row.values()))

    def column_types(self, table: str) -> list[tuple[str, str]]:
        """Return the names of a table's columns with their types, in order; strings are of one type."""
        schema, name = table.split(".")
        columns = self.query(
            "SELECT column_name, data_type FROM information_schema.columns"
            f" WHERE table_schema = '{schema}' AND table_name = '{name}' ORDER BY ordinal_position"
        )
        return [(str(column), "text" if kind == "character varying" else str(kind)) for column, kind in columns]

    def prepare_to_compare(self) -> None:
        """Join by hash: the planner expects few rows of a query that numbers them, which views do."""
        self.execute("SET enable_nestloop = off")


def open_database(address: str) -> Postgres:
    """Connect to a database, with the settings of the floor."""
    database = Postgres(psycopg.connect(address, autocommit=True))
    for setting in SETTINGS:
        database.execute(f"SET {setting}")
    return database


def main() -> None:
    """Build the floor in a database that has the sources."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="URI of a database with the sources in dbt_production")
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--check", action="store_true", help="compare the tables with those of `run`")
    parser.add_argument("--profile", action="store_true", help="print the seconds of each step")
    options = parser.parse_args()
    database = open_database(options.database)
    with database.connection:
        build_and_check(database, options.as_of, is_profiled=options.profile, is_checked=options.check)


if __name__ == "__main__":
    main()
