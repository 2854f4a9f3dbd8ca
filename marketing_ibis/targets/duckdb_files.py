"""Read csv and parquet files strictly: a SELECT that fails on the first wrong cell, and what is wrong with it."""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import duckdb

from marketing_ibis.dialects import Dialect
from marketing_ibis.errors import SourceError, nearest

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt

INTEGER = r"\s*[+-]?[0-9]{1,19}\s*"
DAY = r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*"
INSTANT = (
    r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?\s*(Z|[+-][0-9]{2}(:?[0-9]{2})?)?\s*"
)
WANTED = {"integer": "a whole number", "date": "a day written YYYY-MM-DD", "text": "text"}
LONGEST_QUOTE = 60
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

    Raises:
        SourceError: the file is empty, unreadable, lacks a column, or a column's type cannot be read as declared.
    """
    read = _open_parquet if path.suffix == ".parquet" else _open_csv
    reader, numbered, types = read(connection, dialect, path)
    for name in schema:
        if name not in types:
            raise SourceError(f"{path} has no column {name}.", hint=nearest(name, types))
    cells = tuple(_cell(path, name, types[name], dtype, time_zone) for name, dtype in schema.items())
    return DataFile(path, reader, numbered, cells)


def explain(connection: duckdb.DuckDBPyConnection, file: DataFile, error: str) -> SourceError:
    """Return what is wrong in a file that could not be read: file, line or row, column and value."""
    if file.path.suffix != ".parquet":
        broken = _broken_line(file.path)
        if broken:
            return broken
    found = [bad for cell in file.cells if (bad := _first_bad(connection, file, cell))]
    if not found:
        return SourceError(f"{file.path} cannot be read: {error}")
    row, cell, value = min(found, key=lambda bad: bad[0])
    place = f"row {row}" if file.path.suffix == ".parquet" else f"line {_line_of(file.path, row)}"
    return SourceError(
        f"{file.path}, {place}, column {cell.name}: {_shortened(value)} is not {WANTED[cell.wanted]}.",
        hint="Correct the file and seed again; nothing was loaded.",
    )


def _open_csv(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect, path: Path
) -> tuple[str, str, Mapping[str, str]]:
    header = _header(path)
    columns = ", ".join(f"{dialect.literal(name)}: 'VARCHAR'" for name in header)
    reader = (
        f"read_csv({dialect.literal(_no_pattern(path))}, columns = {{{columns}}}, header = true, auto_detect = false,"
        """ delim = ',', quote = '"', escape = '"', strict_mode = true)"""
    )
    numbered = f"(SELECT *, row_number() OVER () AS number_of_row FROM {reader})"
    return reader, numbered, dict.fromkeys(header, "VARCHAR")


def _open_parquet(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect, path: Path
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


def _header(path: Path) -> list[str]:
    try:
        with _text(path) as text:
            header = next(csv.reader(text, strict=True), [])
    except UnicodeDecodeError as error:
        raise _broken_line(path) or SourceError(f"{path} is not UTF-8.") from error
    except (csv.Error, OSError, EOFError) as error:
        raise SourceError(f"{path} cannot be read: {error}.") from error
    if not header:
        raise SourceError(f"{path} is empty.", hint="It must start with a line of column names.")
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise SourceError(f"{path} has the column {twice[0]} twice.", hint="Rename one of them.")
    return header


def _cell(path: Path, name: str, actual: str, wanted: dt.DataType, time_zone: str) -> Cell:
    column = _quoted(name)
    if wanted.is_integer():
        kind, reading = "integer", _integer(column, actual)
    elif wanted.is_date():
        kind, reading = "date", _day(column, actual, time_zone)
    else:
        kind, reading = "text", (("true", f"CAST({column} AS VARCHAR)") if _is_scalar(actual) else None)
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
    if "INT" in actual:
        return fits, value
    # A column with gaps comes as doubles from many tools: whole ones are read, a fraction of a cent is an error.
    if actual in ("DOUBLE", "FLOAT"):
        return f"({column} = trunc({column}) AND abs({column}) <= {SAFE_INTEGER})", value
    return (f"({column} = trunc({column}) AND {fits})", value) if actual.startswith("DECIMAL") else None


def _day(column: str, actual: str, time_zone: str) -> tuple[str, str] | None:
    zone = f"'{time_zone}'"
    local = f"CAST(timezone({zone}, CAST({column} AS TIMESTAMPTZ)) AS DATE)"
    if actual == "DATE":
        return "true", column
    if actual.startswith("TIMESTAMP"):
        return "true", local
    if actual != "VARCHAR":
        return None
    is_day = f"(regexp_full_match({column}, '{DAY}') AND TRY_CAST({column} AS DATE) IS NOT NULL)"
    is_instant = f"(regexp_full_match({column}, '{INSTANT}') AND TRY_CAST({column} AS TIMESTAMPTZ) IS NOT NULL)"
    return f"({is_day} OR {is_instant})", f"CASE WHEN {is_day} THEN CAST({column} AS DATE) ELSE {local} END"


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


def _broken_line(path: Path) -> SourceError | None:
    """Return what is wrong with the structure of a csv: bytes that are no UTF-8, a row too long or too short."""
    last = 1
    try:
        with _text(path) as text:
            reader = csv.reader(text, strict=True)
            width = len(next(reader, []))
            last = reader.line_num
            for row in reader:
                if row and len(row) != width:
                    return SourceError(
                        f"{path}, line {last + 1}: {len(row)} fields where the header has {width}.",
                        hint="Quote fields that hold a comma; nothing was loaded.",
                    )
                last = reader.line_num
    except UnicodeDecodeError:
        return SourceError(
            f"{path}, line {_line_not_utf8(path)}: not UTF-8.", hint="Save the file as UTF-8; nothing was loaded."
        )
    except csv.Error as error:
        return SourceError(f"{path}, line {last + 1}: {error}.", hint="Correct the quotes; nothing was loaded.")
    return None


def _line_not_utf8(path: Path) -> int:
    with _binary(path) as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _line_of(path: Path, row: int) -> int:
    """Return the line on which a data row starts, counted as an editor does."""
    with _text(path) as text:
        reader = csv.reader(text, strict=True)
        next(reader)
        number, end = 0, reader.line_num
        for fields in reader:
            number += bool(fields)
            if number == row:
                break
            end = reader.line_num
        return end + 1


def _text(path: Path) -> TextIO:
    # Fields of any length: the limit of the csv module is for other uses.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    return io.TextIOWrapper(_binary(path), encoding="utf-8-sig", newline="")


def _binary(path: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.GzipFile(path) if path.suffix == ".gz" else path.open("rb")


def _no_pattern(path: Path) -> str:
    """Return the path with the characters escaped that DuckDB would read as a pattern of many files."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in str(path.resolve()))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _shortened(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}...")


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]
