"""Read csv and parquet files strictly: a SELECT that fails on the first wrong cell, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.engines.duckdb.files.bad_cells import KEYS_AS_TEXT, MOST_CELLS, BadCell, BadCells
from marketing_ibis.engines.duckdb.files.cells import Reading, kind_of, read_as
from marketing_ibis.engines.duckdb.files.csv_diagnostics import (
    broken_line,
    inconsistent_line_end,
    lines_of,
    read_header,
)
from marketing_ibis.engines.duckdb.files.missing_columns import MissingColumn, MissingColumns
from marketing_ibis.engines.target import ReadOptions
from marketing_ibis.errors import SourceError, close_matches, missing_optional

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt

OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What other programs write between fields, and how it is called."""
KINDS = "boolean, date, decimal(p, s), float64, int64, string or timestamp"
"""The types that a column of a file can be declared with."""
LONGEST_REASON = 200
MOST_NAMES = 12
"""Columns of a file that a message shows."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How the cells of one column are read. ``value`` fails where none of the ways to read it fits."""

    name: str
    reading: Reading

    @property
    def value(self) -> str:
        """The SQL of a cell's value."""
        column = _quote(self.name)
        ways = " ".join(f"WHEN {way.condition} THEN {way.value}" for way in self.reading.branches)
        return f"CASE WHEN {column} IS NULL THEN NULL {ways} ELSE error('wrong cell') END"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A csv or parquet file and how its declared columns are read."""

    path: Path
    reader: str
    numbered: str
    cells: tuple[Cell, ...]
    options: ReadOptions
    other_columns: tuple[str, ...] = ()

    @property
    def select(self) -> str:
        """The SELECT of the declared columns, which fails on the first wrong cell."""
        values = ",\n  ".join(f"{cell.value} AS {_quote(cell.name)}" for cell in self.cells)
        return f"SELECT\n  {values}\nFROM {self.reader}"


def open_file(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect, path: Path, schema: ibis.Schema, options: ReadOptions
) -> DataFile:
    """Return how to read ``path`` as ``schema``; a timestamp belongs to a day of the business, as ``options`` say.

    Columns may be in any order and those that ``schema`` lacks are not read. An empty field of a csv is NULL in every
    column, quoted or not: exports do not agree on what the quotes would mean.

    Raises:
        SourceError: the file is empty, unreadable, or a column's type cannot be read as declared; MissingColumns of
            those that it lacks.
        ConfigurationError: the settings list an optional column that the file does not have.
    """
    opener = _open_parquet if path.suffix == ".parquet" else _open_csv
    reader, numbered, types = opener(connection, dialect, path, schema)
    missing = [name for name in schema if name not in types]
    if missing and set(missing) <= set(options.optional):
        raise missing_optional(str(path), missing[0])
    if missing:
        # The wrong delimiter makes one name of the header, and every column is missing for the same reason.
        delimiter = _other_delimiter(types)
        pairs = [(missing[0], delimiter)] if delimiter else [(name, _rename_hint(name, types)) for name in missing]
        raise MissingColumns([MissingColumn(path, name, hint) for name, hint in pairs])
    cells = tuple(_cell(path, name, types[name], dtype, dialect, options) for name, dtype in schema.items())
    other_columns = tuple(name for name in types if name not in schema)
    return DataFile(path, reader, numbered, cells, options, other_columns)


def check_cells(connection: duckdb.DuckDBPyConnection, file: DataFile) -> None:
    """Read every cell of a file.

    Raises:
        SourceError: naming the file, line, column and value of the first wrong cell.
    """
    counts = ", ".join(f"count({_quote(cell.name)})" for cell in file.cells)
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
    bad, count = _bad_cells(connection, file)
    if not bad:
        return (inconsistent_line_end(file.path) if is_csv else None) or _unreadable(file.path, error)
    return BadCells(bad, count)


def _bad_cells(connection: duckdb.DuckDBPyConnection, file: DataFile) -> tuple[list[BadCell], int]:
    """Return the first wrong cells of each column, in the order of the file, and how many there are in all."""
    wrong_cells: list[tuple[int, Cell, str]] = []
    count = 0
    for cell in file.cells:
        number, rows, values = _count_bad(connection, file, cell)
        count += number
        wrong_cells += [(row, cell, value) for row, value in zip(rows, values, strict=True)]
    wrong_cells.sort(key=lambda wrong_cell: wrong_cell[0])
    starts = {row for row, *_ in wrong_cells}
    is_csv = file.path.suffix != ".parquet"
    lines = lines_of(file.path, starts) if is_csv and starts else {row: row for row in starts}
    word = "line" if is_csv else "row"
    return [
        BadCell(
            f"{file.path}, {word} {lines[row]}",
            cell.name,
            value,
            cell.reading.expectation_for(value),
            is_key=cell.name in file.options.keys,
            is_personal=cell.name in file.options.personal,
        )
        for row, cell, value in wrong_cells
    ], count


def _other_delimiter(columns: Iterable[str]) -> str:
    """Return the delimiter of a file whose header is parsed as one name."""
    names = list(columns)
    for delimiter in OTHER_DELIMITERS:
        if len(names) == 1 and delimiter in names[0]:
            return f"Its fields are separated by {OTHER_DELIMITERS[delimiter]}: export it again with commas."
    return ""


def _rename_hint(name: str, columns: Mapping[str, str]) -> str:
    """Return which columns of a file may be meant by the missing ``name``, or those that it has."""
    close = close_matches(name, columns)
    if close:
        return f"Rename its column {' or '.join(close)} to {name} if that is meant."
    examples = list(columns)[:MOST_NAMES]
    return f"Its columns: {', '.join(examples)}{', ...' if len(columns) > len(examples) else ''}."


def _unreadable(path: Path, error: str) -> SourceError:
    # The engine quotes the whole line, which may be megabytes, and advises on settings that cannot be set here.
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
        columns = connection.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
    except duckdb.Error as error:
        raise SourceError(
            f"{path} is not a readable parquet file: {_first_line(error)}", hint="Export it again, or load a csv."
        ) from error
    numbered = f"(SELECT *, file_row_number + 1 AS number_of_row FROM read_parquet({literal}, file_row_number = true))"
    return reader, numbered, {str(row[0]): str(row[1]) for row in columns}


def _cell(
    path: Path, name: str, actual_type: str, declared_type: dt.DataType, dialect: Dialect, options: ReadOptions
) -> Cell:
    kind = kind_of(dialect, declared_type, options.zones)
    if kind is None:
        raise SourceError(
            f"Column {name} of {path} is declared {declared_type}, but a file can only contain {KINDS}.",
            hint="Declare it as one of these in the source, and cast it in staging.",
        )
    reading = read_as(kind, _quote(name), actual_type)
    if reading is None:
        key_hint = KEYS_AS_TEXT if name in options.keys and declared_type.is_integer() else ""
        raise SourceError(
            f"Column {name} of {path} is {actual_type}, not {kind.expected}.",
            hint=key_hint or "Export it with another type.",
        )
    return Cell(name, reading)


def _count_bad(
    connection: duckdb.DuckDBPyConnection, file: DataFile, cell: Cell
) -> tuple[int, Sequence[int], Sequence[str]]:
    """Return how many cells of a column are wrong, and the rows and values of the first."""
    column = _quote(cell.name)
    try:
        row = connection.execute(
            f"SELECT count(*), min(number_of_row, {MOST_CELLS}),"
            f" arg_min(CAST({column} AS VARCHAR), number_of_row, {MOST_CELLS}) FROM {file.numbered}"
            f" WHERE {column} IS NOT NULL AND NOT coalesce({cell.reading.is_valid}, false)"
        ).fetchone()
    except duckdb.Error:
        # The file's structure is broken, not this column: the caller reports the engine's own message.
        return 0, (), ()
    return (row[0], row[1] or (), row[2] or ()) if row else (0, (), ())


def _no_pattern(path: Path) -> str:
    """Return the path with the characters escaped that DuckDB would read as a pattern of many files."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in str(path.resolve()))


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def reason(error: duckdb.Error) -> str:
    """Return the engine's message without the statement it quotes below."""
    return str(error).split("\n\nLINE ")[0].strip()


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]
