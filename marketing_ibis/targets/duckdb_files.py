"""Read csv and parquet files strictly: a SELECT that fails on the first wrong cell, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from marketing_ibis.dialects import Dialect
from marketing_ibis.errors import SourceError, nearest
from marketing_ibis.targets.csv_lines import broken_line, line_of, read_header, unlike_line

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt

INTEGER = r"\s*[+-]?[0-9]{1,19}\s*"
DAY = r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*"
INSTANT = (
    r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?\s*(Z|[+-][0-9]{2}(:?[0-9]{2})?)?\s*"
)
AMOUNT = re.compile(r"\s*[+-]?[0-9]+\.([0-9]{2}|[1-9])\s*")
OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What other programs write between fields, and how it is called."""
WANTED = {"integer": "a whole number", "date": "a day written YYYY-MM-DD", "text": "text"}
LONGEST_QUOTE = 60
LONGEST_REASON = 200
UNTYPED = '"NULL"'
"""Type of a parquet column in which every value is NULL, where the writer did not know better."""
SAFE_INTEGER = 2**53
"""Doubles above it no longer tell neighbouring integers apart."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How one column is read: ``value`` fails where ``is_valid`` is false."""

    name: str
    wanted: str
    is_valid: str
    value: str


@dataclass(frozen=True, slots=True)
class DataFile:
    """A csv or parquet file and how its declared columns are read."""

    path: Path
    reader: str
    numbered: str
    cells: tuple[Cell, ...]

    @property
    def select(self) -> str:
        """The SELECT of the declared columns, which fails on the first wrong cell."""
        values = ",\n  ".join(f"{cell.value} AS {_quoted(cell.name)}" for cell in self.cells)
        return f"SELECT\n  {values}\nFROM {self.reader}"


def open_file(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect, path: Path, schema: ibis.Schema, time_zone: str
) -> DataFile:
    """Return how to read ``path`` as ``schema``; timestamps become days of ``time_zone``.

    Columns stand in any order and those that ``schema`` lacks are not read. An empty field of a csv is NULL in every
    column, quoted or not: exports do not agree on what the quotes would mean.

    Raises:
        SourceError: the file is empty, unreadable, lacks a column, or a column's type cannot be read as declared.
    """
    read = _open_parquet if path.suffix == ".parquet" else _open_csv
    reader, numbered, types = read(connection, dialect, path, schema)
    for name in schema:
        if name not in types:
            raise SourceError(f"{path} has no column {name}.", hint=_other_delimiter(types) or nearest(name, types))
    zone = dialect.literal(time_zone)
    cells = tuple(_cell(path, name, types[name], dtype, zone) for name, dtype in schema.items())
    return DataFile(path, reader, numbered, cells)


def check(connection: duckdb.DuckDBPyConnection, file: DataFile) -> None:
    """Read every cell of a file.

    Raises:
        SourceError: naming the file, line, column and value of the first wrong cell.
    """
    counts = ", ".join(f"count({_quoted(cell.name)})" for cell in file.cells)
    try:
        connection.execute(f"SELECT {counts} FROM ({file.select})").fetchall()
    except duckdb.Error as error:
        raise explain(connection, file, reason(error)) from error


def explain(connection: duckdb.DuckDBPyConnection, file: DataFile, error: str) -> SourceError:
    """Return what is wrong in a file that could not be read: file, line or row, column and value."""
    is_csv = file.path.suffix != ".parquet"
    broken = broken_line(file.path) if is_csv else None
    if broken:
        return broken
    found = [bad for cell in file.cells if (bad := _first_bad(connection, file, cell))]
    if not found:
        return (unlike_line(file.path) if is_csv else None) or _unexplained(file.path, error)
    row, cell, value = min(found, key=lambda bad: bad[0])
    place = f"line {line_of(file.path, row)}" if is_csv else f"row {row}"
    return SourceError(
        f"{file.path}, {place}, column {cell.name}: {_shortened(value)} is not {WANTED[cell.wanted]}.",
        hint=f"{_cents(cell, str(value))}Correct the file and seed again; nothing was loaded.",
    )


def _cents(cell: Cell, value: str) -> str:
    """Return how an amount is written, where one may have been meant; 1.0 is what many tools make of a whole number."""
    if cell.wanted != "integer" or not AMOUNT.fullmatch(value):
        return ""
    return f"An amount of money is a whole number of cents, {Decimal(value) * 100:.0f} for {value.strip()}. "


def _other_delimiter(columns: Iterable[str]) -> str:
    """Return what separates the fields of a file whose header is taken for one name."""
    names = list(columns)
    for delimiter in OTHER_DELIMITERS:
        if len(names) == 1 and delimiter in names[0]:
            return f"Its fields are separated by {OTHER_DELIMITERS[delimiter]}: export it again with commas."
    return ""


def _unexplained(path: Path, error: str) -> SourceError:
    # The engine quotes the whole line, which may be megabytes, and advises on settings that nobody can set here.
    lines = [line for line in error.splitlines() if line and not line.startswith(("Original Line", "Possible"))]
    reason = " ".join(lines[:2])[:LONGEST_REASON]
    return SourceError(f"{path} cannot be read: {reason}", hint="Export it again; nothing was loaded.")


def _open_csv(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect, path: Path, schema: ibis.Schema
) -> tuple[str, str, Mapping[str, str]]:
    header = read_header(path)
    # Other columns may have names that are empty, differ in case only, or are wanted below: they go by number.
    names = [name if name in schema else f"column {number}" for number, name in enumerate(header, start=1)]
    columns = ", ".join(f"{dialect.literal(name)}: 'VARCHAR'" for name in names)
    # Without new_line, lines that end in different ways are an error; with it, strict mode drops rows in silence.
    # Fields beyond the header's are an error unless empty: those the engine lets pass in every mode.
    reader = (
        f"read_csv({dialect.literal(_no_pattern(path))}, columns = {{{columns}}}, header = true, auto_detect = false,"
        """ delim = ',', quote = '"', escape = '"', strict_mode = true)"""
    )
    numbered = f"(SELECT *, row_number() OVER () AS number_of_row FROM {reader})"
    return reader, numbered, dict.fromkeys(header, "VARCHAR")


def _open_parquet(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect, path: Path, schema: ibis.Schema
) -> tuple[str, str, Mapping[str, str]]:
    literal = dialect.literal(_no_pattern(path))
    reader = f"read_parquet({literal})"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
    except duckdb.Error as error:
        raise SourceError(
            f"{path} is not a readable parquet file: {_first_line(error)}", hint="Export it again, or load a csv."
        ) from error
    numbered = f"(SELECT *, file_row_number + 1 AS number_of_row FROM read_parquet({literal}, file_row_number = true))"
    return reader, numbered, {str(row[0]): str(row[1]) for row in described}


def _cell(path: Path, name: str, actual: str, wanted: dt.DataType, zone: str) -> Cell:
    column = _quoted(name)
    if wanted.is_int64():
        kind, reading = "integer", _integer(column, actual)
    elif wanted.is_date():
        kind, reading = "date", _day(column, actual, zone)
    elif wanted.is_string():
        kind, reading = "text", (("true", f"CAST({column} AS VARCHAR)") if _is_scalar(actual) else None)
    else:
        raise SourceError(
            f"Column {name} of {path} is declared {wanted}: files give int64, date or string.",
            hint="Declare it so in the source, and cast it in staging.",
        )
    if reading is None:
        raise SourceError(
            f"Column {name} of {path} is {actual}, not {WANTED[kind]}.", hint="Export it with another type."
        )
    is_valid, value = reading
    guarded = f"CASE WHEN {column} IS NULL THEN NULL WHEN {is_valid} THEN {value} ELSE error('wrong {kind}') END"
    return Cell(name, kind, is_valid, guarded)


def _integer(column: str, actual: str) -> tuple[str, str] | None:
    value = f"CAST({column} AS BIGINT)"
    fits = f"TRY_CAST({column} AS BIGINT) IS NOT NULL"
    if actual == "VARCHAR":
        return f"(regexp_full_match({column}, '{INTEGER}') AND {fits})", value
    if "INT" in actual or actual == UNTYPED:
        return fits, value
    # A column with gaps comes as doubles from many tools: whole ones are read, a fraction of a cent is an error.
    if actual in ("DOUBLE", "FLOAT"):
        return f"({column} = trunc({column}) AND abs({column}) <= {SAFE_INTEGER})", value
    return (f"({column} = trunc({column}) AND {fits})", value) if actual.startswith("DECIMAL") else None


def _day(column: str, actual: str, zone: str) -> tuple[str, str] | None:
    local = _local_day(column, zone, "CAST")
    if actual in ("DATE", UNTYPED):
        return _in_calendar(f"CAST({column} AS DATE)"), f"CAST({column} AS DATE)"
    if actual.startswith("TIMESTAMP"):
        return _in_calendar(local), local
    if actual != "VARCHAR":
        return None
    is_day = f"(regexp_full_match({column}, '{DAY}') AND {_in_calendar(f'TRY_CAST({column} AS DATE)')})"
    instant = _in_calendar(_local_day(column, zone, "TRY_CAST"))
    is_instant = f"(regexp_full_match({column}, '{INSTANT}') AND {instant})"
    return f"({is_day} OR {is_instant})", f"CASE WHEN {is_day} THEN CAST({column} AS DATE) ELSE {local} END"


def _local_day(column: str, zone: str, cast: str) -> str:
    return f"CAST(timezone({zone}, {cast}({column} AS TIMESTAMPTZ)) AS DATE)"


def _in_calendar(day: str) -> str:
    # DuckDB knows years before 1 and after 9999 and an infinite day; other engines and Python do not.
    return f"coalesce({day} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31', false)"


def _is_scalar(actual: str) -> bool:
    return not actual.endswith("]") and not actual.startswith(("STRUCT", "MAP", "UNION", "BLOB"))


def _first_bad(connection: duckdb.DuckDBPyConnection, file: DataFile, cell: Cell) -> tuple[int, Cell, object] | None:
    column = _quoted(cell.name)
    try:
        row = connection.execute(
            f"SELECT number_of_row, {column} FROM {file.numbered}"
            f" WHERE {column} IS NOT NULL AND NOT coalesce({cell.is_valid}, false) ORDER BY 1 LIMIT 1"
        ).fetchone()
    except duckdb.Error:
        # The file's structure is broken, not this column: the caller tells the engine's own message.
        return None
    return (row[0], cell, row[1]) if row else None


def _no_pattern(path: Path) -> str:
    """Return the path with the characters escaped that DuckDB would read as a pattern of many files."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in str(path.resolve()))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _shortened(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}...")


def reason(error: duckdb.Error) -> str:
    """Return the engine's message without the statement it quotes below."""
    return str(error).split("\n\nLINE ")[0].strip()


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]
