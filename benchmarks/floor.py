"""Build every published table of the demo shop with SQL written by hand for DuckDB: what `run` is measured against.

The statements are in `benchmarks/floor/`, in the order of their names. The fit of the lifetime value and the removal
effects are computed by the project's own functions, on both sides. Intermediate tables are in memory and not published.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

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
TO_EXPECT = """
FROM (SELECT DISTINCT frequency, age_days FROM scratch.buyers)
CROSS JOIN (SELECT r, alpha, a, b FROM clv_fit WHERE status = 'fitted')
"""


def build(connection: duckdb.DuckDBPyConnection, as_of: date) -> Iterator[str]:
    """Build the tables in the schema ``floor`` of an open database, and yield the name of each step that is over."""
    connection.execute("ATTACH ':memory:' AS scratch")
    connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}; SET schema = '{SCHEMA}'")
    connection.execute("SET VARIABLE as_of = $1::DATE", [as_of])
    for table, columns in SOURCES.items():
        connection.execute(f"CREATE TEMP VIEW once_{table} AS {without_repeats(connection, table, columns)}")
    for file in sorted(STATEMENTS.glob("*.sql")):
        connection.execute(file.read_text("utf-8"))
        yield file.stem
        for name, add in AFTER.get(file.stem, {}).items():
            add(connection, as_of)
            yield name


def without_repeats(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> str:
    """Return a query of a source's rows with an id, one per id; ids that ascend need no sort for that."""
    rows = f"FROM dbt_production.{table} WHERE id IS NOT NULL"
    ascend = connection.execute(f"SELECT bool_and(id > before) FROM (SELECT id, lag(id) OVER () AS before {rows})")
    if ascend.fetchall() != [(False,)]:
        return rows
    return f"{rows} QUALIFY row_number() OVER (PARTITION BY id ORDER BY {', '.join(columns)}) = 1"


def add_removal_effects(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Fill attribution_markov."""
    transitions = records(connection, "FROM scratch.transitions")
    insert(connection, "attribution_markov", module(REMOVAL_EFFECTS).credit_channels(transitions, as_of))


def records(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, object]]:
    """Return rows as dictionaries."""
    result = connection.execute(query)
    names = [name for name, *_ in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def module(file: Path) -> ModuleType:
    """Return a module of the project that needs no other, without importing its package."""
    spec = spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def add_fit(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Fill clv_fit, unless its SQL refused, from groups in the order in which `run` gives them to the same function."""
    if connection.execute("SELECT count(*) FROM clv_fit").fetchall() != [(0,)]:
        return
    from dataflows.lib.clv_rows import fit_clv

    groups = records(connection, "FROM scratch.clv_groups ORDER BY ALL")
    insert(connection, "clv_fit", [asdict(fit) for fit in fit_clv(groups, as_of)])


def add_expected_purchases(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Fill the purchases that customer_clv expects."""
    if connection.execute("SELECT count(*) FROM clv_fit WHERE status = 'fitted'").fetchall() == [(0,)]:
        return
    from dataflows.lib.clv_rows import expect_purchases

    rows = expect_purchases(records(connection, f"{TO_EXPECT} ORDER BY ALL"))
    insert(connection, "scratch.clv_purchases", rows)


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[dict[str, object]]) -> None:
    """Add rows to a table: a few by themselves, many as columns."""
    names = list(rows[0])
    if len(rows) <= FEW:
        marks = ", ".join("?" * len(names))
        connection.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", [list(row.values()) for row in rows]
        )
        return
    import pyarrow

    added = pyarrow.Table.from_pylist(list(rows))  # noqa: F841
    connection.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(names)} FROM added")


AFTER = {
    "04_touchpoints": {"removal_effects": add_removal_effects},
    "11_clv_groups": {"clv_fit": add_fit, "clv_purchases": add_expected_purchases},
}
"""What Python computes after a file of statements."""


def tables(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    """Return the names of the tables and views of a schema."""
    names = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY 1", [schema]
    )
    return [name for (name,) in names.fetchall()]


def differences(connection: duckdb.DuckDBPyConnection, only: Collection[str] = ()) -> list[str]:
    """Return how the tables that `run` published differ from those of the floor; none if they are equal."""
    mine, theirs = set(tables(connection, SCHEMA)), set(tables(connection, PUBLISHED))
    expected = {name for name in theirs if not name.startswith(("int_", "build_"))}
    if only:
        mine, expected = mine & {*only}, expected & {*only}
    messages = [f"{name}: only one side has it" for name in sorted(mine ^ expected)]
    for name in sorted(mine & expected):
        messages += difference(connection, f"{SCHEMA}.{name}", f"{PUBLISHED}.{name}")
    return messages


def difference(connection: duckdb.DuckDBPyConnection, mine: str, theirs: str) -> list[str]:
    """Compare two tables row by row: all columns but doubles exactly, doubles within the tolerance."""
    columns = [
        connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE {name})").fetchall()
        for name in (mine, theirs)
    ]
    if columns[0] != columns[1]:
        return [f"{mine}: columns differ: {sorted(set(columns[0]) ^ set(columns[1]))}"]
    doubles = [name for name, type_name in columns[0] if type_name == "DOUBLE"]
    exact = [name for name, type_name in columns[0] if type_name != "DOUBLE"]
    names = ", ".join(exact)
    messages = []
    for left, right in ((mine, theirs), (theirs, mine)):
        rows = connection.execute(
            f"SELECT {names} FROM {left} EXCEPT ALL SELECT {names} FROM {right} LIMIT 1"
        ).fetchall()
        messages += [
            f"{left} has a row that {right} does not have: {dict(zip(exact, row, strict=True))}" for row in rows
        ]
    if messages or not doubles:
        return messages
    # Rows that are equal but for the last digits of doubles have the same place when both are sorted.
    order = ", ".join((*exact, *(f"round({name}, 6)" for name in doubles)))
    left, right = (f"SELECT *, row_number() OVER (ORDER BY {order}) AS place FROM {name}" for name in (mine, theirs))
    for name in doubles:
        far = (
            f"(mine.{name} IS NULL) <> (theirs.{name} IS NULL) OR abs(mine.{name} - theirs.{name})"
            f" > {TOLERANCE} * greatest(1, abs(mine.{name}), abs(theirs.{name}))"
        )
        pairs = f"({left}) mine JOIN ({right}) theirs USING (place)"
        rows = connection.execute(f"SELECT mine.{name}, theirs.{name} FROM {pairs} WHERE {far} LIMIT 1").fetchall()
        messages += [f"{mine}.{name} differs: {row}" for row in rows]
    return messages


@contextmanager
def opened(database: str, threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database for the floor."""
    with duckdb.connect(database, config={"threads": threads} if threads else {}) as connection:
        for setting in SETTINGS:
            connection.execute(f"SET {setting}")
        yield connection


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
    with opened(options.database, options.threads) as connection:
        before = time.process_time(), time.perf_counter()
        for step in build(connection, options.as_of):
            now = time.process_time(), time.perf_counter()
            if options.profile:
                print(f"{step:24} {now[0] - before[0]:6.3f} CPU s {now[1] - before[1]:6.3f} s")
            before = now
        messages = differences(connection) if options.check else []
    if messages:
        sys.exit("\n".join(messages))


if __name__ == "__main__":
    main()
