"""Build every published table of the demo shop with SQL written by hand for DuckDB: what `run` is measured against.

The statements are in `benchmarks/floor/`, in the order of their names. The fit of the lifetime value and the removal
effects are computed by the project's own functions, on both sides. Intermediate tables are in memory and not published.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Protocol

import duckdb

STATEMENTS = Path(__file__).with_suffix("")
SOURCES = {
    "customers": ("first_name", "last_name"),
    "orders": ("user_id", "order_date", "status", "cycle_name"),
    "payments": ("order_id", "payment_method", "amount", "cycle_name"),
}
"""The source tables, each with the columns that decide which row of a repeated id stays."""
SETTINGS = ("preserve_insertion_order = false", "block_allocator_memory = '4GB'")
REMOVAL_EFFECTS = Path(__file__).parent.parent / "dataflows" / "lib" / "removal_effects.py"
FEW = 100
"""Up to so many rows are inserted one by one, without importing PyArrow."""
SCHEMA, PUBLISHED = "floor", "dbt_marketing"
TOLERANCE = 1e-9
"""The most by which two doubles may differ, relative to 1 or to the larger: the floor adds doubles in any order."""
GROUPS = "SELECT * FROM scratch.clv_groups ORDER BY 1, 2, 3, 4, 5, 6, 7, 8"
"""The groups, in the order in which `run` gives them to the same function."""
TO_EXPECT = """
SELECT * FROM (SELECT DISTINCT frequency, age_days FROM scratch.buyers)
CROSS JOIN (SELECT r, alpha, a, b FROM clv_fit WHERE status = 'fitted')
ORDER BY 1, 2, 3, 4, 5, 6
"""
Row = dict[str, object]


class Database(Protocol):
    """What an engine does for the floor."""

    @property
    def double(self) -> str:
        """Its name of the type of doubles."""

    def start(self, as_of: date) -> None:
        """Have two empty schemas, one for the tables and ``scratch``, and ``getvariable('as_of')``."""

    def run_file(self, file: Path) -> None:
        """Run the statements of a file."""

    def execute(self, sql: str) -> object:
        """Run statements."""

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a SELECT."""

    def records(self, sql: str) -> list[Row]:
        """Return the rows of a SELECT as dictionaries."""

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows to a table."""

    def column_types(self, table: str) -> list[tuple[str, str]]:
        """Return the names of a table's columns with their types, in order."""

    def prepare_to_compare(self) -> None:
        """Have the settings that a comparison of large tables needs."""


@dataclass(frozen=True, slots=True)
class DuckDB:
    """A DuckDB database; intermediate tables are in memory."""

    connection: duckdb.DuckDBPyConnection
    double: str = "DOUBLE"

    def start(self, as_of: date) -> None:
        """Have two empty schemas, one for the tables and ``scratch``, and ``getvariable('as_of')``."""
        self.execute("ATTACH ':memory:' AS scratch")
        self.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}; SET schema = '{SCHEMA}'")
        self.connection.execute("SET VARIABLE as_of = $1::DATE", [as_of])

    def run_file(self, file: Path) -> None:
        """Run the statements of a file."""
        self.execute(file.read_text("utf-8"))

    def execute(self, sql: str) -> object:
        """Run statements."""
        return self.connection.execute(sql)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a SELECT."""
        return self.connection.execute(sql).fetchall()

    def records(self, sql: str) -> list[Row]:
        """Return the rows of a SELECT as dictionaries."""
        result = self.connection.execute(sql)
        names = [name for name, *_ in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows to a table: a few by themselves, many as columns."""
        names = list(rows[0])
        if len(rows) <= FEW:
            marks = ", ".join("?" * len(names))
            self.connection.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", [list(row.values()) for row in rows]
            )
            return
        import pyarrow

        added = pyarrow.Table.from_pylist(list(rows))  # noqa: F841
        self.connection.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(names)} FROM added")

    def column_types(self, table: str) -> list[tuple[str, str]]:
        """Return the names of a table's columns with their types, in order."""
        return [(str(name), str(kind)) for name, kind, *_ in self.query(f"DESCRIBE {table}")]

    def prepare_to_compare(self) -> None:
        """Do nothing: a comparison needs no settings of its own."""


def build(database: Database, as_of: date) -> Iterator[str]:
    """Build the tables in the schema ``floor`` of an open database, and yield the name of each step that is over."""
    database.start(as_of)
    for table, columns in SOURCES.items():
        database.execute(f"CREATE TEMP VIEW once_{table} AS {without_repeats(database, table, columns)}")
    for file in sorted(STATEMENTS.glob("*.sql")):
        database.run_file(file)
        yield file.stem
        for name, add in AFTER.get(file.stem, {}).items():
            add(database, as_of)
            yield name


def without_repeats(database: Database, table: str, columns: Sequence[str]) -> str:
    """Return a query of a source's rows with an id, one per id; ids that ascend need no sort for that."""
    rows = f"FROM dbt_production.{table} WHERE id IS NOT NULL"
    ascend = database.query(f"SELECT bool_and(id > before) FROM (SELECT id, lag(id) OVER () AS before {rows})")
    if ascend != [(False,)]:
        return f"SELECT * {rows}"
    numbered = f"SELECT *, row_number() OVER (PARTITION BY id ORDER BY {', '.join(columns)}) AS place {rows}"
    return f"SELECT * FROM ({numbered}) WHERE place = 1"


def add_removal_effects(database: Database, as_of: date) -> None:
    """Fill attribution_markov."""
    transitions = database.records("SELECT * FROM scratch.transitions")
    database.insert("attribution_markov", module(REMOVAL_EFFECTS).credit_channels(transitions, as_of))


def module(file: Path) -> ModuleType:
    """Return a module of the project that needs no other, without importing its package."""
    spec = spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def add_fit(database: Database, as_of: date) -> None:
    """Fill clv_fit, unless its SQL refused."""
    if database.query("SELECT count(*) FROM clv_fit") != [(0,)]:
        return
    from dataflows.lib.clv_rows import fit_clv

    database.insert("clv_fit", [asdict(fit) for fit in fit_clv(database.records(GROUPS), as_of)])


def add_expected_purchases(database: Database, as_of: date) -> None:
    """Fill the purchases that customer_clv expects."""
    if database.query("SELECT count(*) FROM clv_fit WHERE status = 'fitted'") == [(0,)]:
        return
    from dataflows.lib.clv_rows import expect_purchases

    database.insert("scratch.clv_purchases", expect_purchases(database.records(TO_EXPECT)))


AFTER: Mapping[str, Mapping[str, Callable[[Database, date], None]]] = {
    "04_touchpoints": {"removal_effects": add_removal_effects},
    "11_clv_groups": {"clv_fit": add_fit, "clv_purchases": add_expected_purchases},
}
"""What Python computes after a file of statements."""


def tables(database: Database, schema: str) -> set[str]:
    """Return the names of the tables and views of a schema, in the database that is used."""
    names = database.query(
        "SELECT table_name FROM information_schema.tables"
        f" WHERE table_catalog = current_database() AND table_schema = '{schema}'"
    )
    return {str(name) for (name,) in names}


def differences(database: Database, only: Collection[str] = ()) -> list[str]:
    """Return how the tables that `run` published differ from those of the floor; none if they are equal."""
    database.prepare_to_compare()
    mine, theirs = tables(database, SCHEMA), tables(database, PUBLISHED)
    expected = {name for name in theirs if not name.startswith(("int_", "build_"))}
    if only:
        mine, expected = mine & {*only}, expected & {*only}
    messages = [f"{name}: only one side has it" for name in sorted(mine ^ expected)]
    for name in sorted(mine & expected):
        messages += difference(database, f"{SCHEMA}.{name}", f"{PUBLISHED}.{name}")
    return messages


def difference(database: Database, mine: str, theirs: str) -> list[str]:
    """Compare two tables row by row: all columns but doubles exactly, doubles within the tolerance."""
    columns = [database.column_types(name) for name in (mine, theirs)]
    if columns[0] != columns[1]:
        return [f"{mine}: columns differ: {sorted(set(columns[0]) ^ set(columns[1]))}"]
    doubles = [name for name, type_name in columns[0] if type_name == database.double]
    exact = [name for name, type_name in columns[0] if type_name != database.double]
    names = ", ".join(exact)
    messages = []
    for left, right in ((mine, theirs), (theirs, mine)):
        rows = database.query(f"SELECT {names} FROM {left} EXCEPT ALL SELECT {names} FROM {right} LIMIT 1")
        messages += [
            f"{left} has a row that {right} does not have: {dict(zip(exact, row, strict=True))}" for row in rows
        ]
    if messages or not doubles:
        return messages
    # Rows that are equal but for the last digits of doubles have the same place when both are sorted.
    order = ", ".join((*exact, *(f"round({name} * 1e6)" for name in doubles)))
    left, right = (f"SELECT *, row_number() OVER (ORDER BY {order}) AS place FROM {name}" for name in (mine, theirs))
    counts = [
        f"count(*) FILTER (WHERE (mine.{name} IS NULL) <> (theirs.{name} IS NULL) OR abs(mine.{name} - theirs.{name})"
        f" > {TOLERANCE} * greatest(1, abs(mine.{name}), abs(theirs.{name})))"
        for name in doubles
    ]
    (numbers,) = database.query(f"SELECT {', '.join(counts)} FROM ({left}) mine JOIN ({right}) theirs USING (place)")
    return [f"{mine}.{name} differs in {rows} rows" for name, rows in zip(doubles, numbers, strict=True) if rows]


@contextmanager
def opened(database: str, threads: int | None) -> Iterator[DuckDB]:
    """Open a database for the floor."""
    with duckdb.connect(database, config={"threads": threads} if threads else {}) as connection:
        for setting in SETTINGS:
            connection.execute(f"SET {setting}")
        yield DuckDB(connection)


def build_and_check(database: Database, as_of: date, *, is_profiled: bool, is_checked: bool) -> None:
    """Build the floor; print the seconds of each step, and compare with what `run` published, if that is asked for.

    Raises:
        SystemExit: there are differences.
    """
    before = time.process_time(), time.perf_counter()
    for step in build(database, as_of):
        now = time.process_time(), time.perf_counter()
        if is_profiled:
            print(f"{step:24} {now[0] - before[0]:6.3f} CPU s {now[1] - before[1]:6.3f} s")
        before = now
    if is_checked and (messages := differences(database)):
        sys.exit("\n".join(messages))


def main() -> None:
    """Build the floor in a database that has the sources."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in every command, before SciPy is loaded
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="a DuckDB file with the sources in dbt_production")
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--check", action="store_true", help=f"compare the tables with those of `run` in {PUBLISHED}")
    parser.add_argument("--profile", action="store_true", help="print the seconds of each step")
    options = parser.parse_args()
    with opened(options.database, options.threads) as database:
        build_and_check(database, options.as_of, is_profiled=options.profile, is_checked=options.check)


if __name__ == "__main__":
    main()
