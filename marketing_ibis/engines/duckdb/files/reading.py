"""Read the files of a table strictly: a SELECT that fails on the first wrong cell, and what is wrong with it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.engines.duckdb.files.bad_cell import BadCell
from marketing_ibis.engines.duckdb.files.bad_cells import KEYS_AS_TEXT, MOST_CELLS, BadCells
from marketing_ibis.engines.duckdb.files.cells import Reading, kind_of, read_as
from marketing_ibis.engines.duckdb.files.headers import HEADER_HINT, are_names
from marketing_ibis.engines.duckdb.files.missing_columns import MissingColumn, MissingColumns
from marketing_ibis.engines.duckdb.files.opening import OpenFile, Opening, open_one
from marketing_ibis.engines.duckdb.files.reasons import reason
from marketing_ibis.engines.target import ReadOptions
from marketing_ibis.errors import SourceError, close_matches, missing_optional

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt

OTHER_DELIMITERS = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma"}
"""What programs write between fields, and how --delimiter calls it."""
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
    """A file and how its declared columns are read."""

    file: OpenFile
    cells: tuple[Cell, ...]
    options: ReadOptions
    other_columns: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """The file."""
        return self.file.path

    @property
    def select(self) -> str:
        """The SELECT of the declared columns, which fails on the first wrong cell."""
        values = ",\n  ".join(f"{cell.value} AS {_quote(cell.name)}" for cell in self.cells)
        return f"SELECT\n  {values}\nFROM {self.file.reader}"


@dataclass(frozen=True, slots=True)
class DataFiles:
    """The files of one table."""

    files: tuple[DataFile, ...]

    @property
    def select(self) -> str:
        """The SELECT of the rows of all files, which fails on the first wrong cell."""
        return "\nUNION ALL\n".join(file.select for file in self.files)

    @property
    def title(self) -> str:
        """The files as messages call them."""
        first = self.files[0].path
        return str(first) if len(self.files) == 1 else f"{first} and {len(self.files) - 1} more"

    @property
    def copied(self) -> Path | None:
        """The first file of which a temporary copy is read."""
        return next((file.path for file in self.files if file.file.is_copy), None)


@contextmanager
def open_files(
    connection: duckdb.DuckDBPyConnection,
    dialect: Dialect,
    paths: Sequence[Path],
    schema: ibis.Schema,
    options: ReadOptions,
) -> Iterator[DataFiles]:
    """Yield how to read ``paths`` as ``schema``; temporary copies of them go when the context ends.

    A timestamp belongs to a day of the business, as ``options`` say. Columns may be in any order and those that
    ``schema`` lacks are not read. An empty field of a csv is NULL in every column, quoted or not: exports do not agree
    on what the quotes would mean.

    Raises:
        SourceError: a file is empty, unreadable, has other columns than the first, or a column's type cannot be read as
            declared; MissingColumns of those that it lacks.
        ConfigurationError: the settings list an optional column that a file does not have.
    """
    with ExitStack() as stack:

        def new_folder() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory()))

        opening = Opening(connection, dialect, options.file_format, options.table, frozenset(schema), new_folder)
        files: list[DataFile] = []
        for path in paths:
            file = open_one(path, opening)
            if files:
                refuse_other_columns(files[0].file, file)
            files.append(_data_file(dialect, file, schema, options))
        yield DataFiles(tuple(files))


def _data_file(dialect: Dialect, file: OpenFile, schema: ibis.Schema, options: ReadOptions) -> DataFile:
    path, types = file.path, file.types
    missing = [name for name in schema if name not in types]
    if missing and set(missing) <= set(options.optional):
        raise missing_optional(str(path), missing[0])
    if missing:
        # The wrong delimiter makes one name of the header, and every column is missing for the same reason.
        delimiter = _other_delimiter(types)
        pairs = [(missing[0], delimiter)] if delimiter else [(name, _rename_hint(name, file)) for name in missing]
        if not delimiter and len(missing) == len(schema) and not _shows_names(file):
            pairs = [(missing[0], HEADER_HINT)]
        raise MissingColumns([MissingColumn(path, name, hint) for name, hint in pairs])
    cells = tuple(_cell(path, name, types[name], dtype, dialect, options) for name, dtype in schema.items())
    return DataFile(file, cells, options, tuple(name for name in types if name not in schema))


def refuse_other_columns(first: OpenFile, other: OpenFile) -> None:
    """Refuse a file whose columns differ from those of the table's first file; their order does not matter.

    Objects of JSON may lack what is NULL, so only declared columns count there.
    """
    if "json" in (first.kind, other.kind) or set(first.types) == set(other.types):
        return
    missing = [name for name in first.types if name not in other.types]
    added = [name for name in other.types if name not in first.types]
    if len(missing) == len(first.types) and not _shows_names(other):
        raise SourceError(f"{other.path} has other columns than {first.path}.", hint=HEADER_HINT)
    differences = (f"no column {', '.join(missing)}" * bool(missing), f"more columns: {', '.join(added)}" * bool(added))
    raise SourceError(
        f"{other.path} has other columns than {first.path}: {'; '.join(filter(None, differences))}.",
        hint="The files of one table must have the same columns: correct it, or move it away. Nothing was loaded.",
    )


def check_cells(connection: duckdb.DuckDBPyConnection, files: DataFiles) -> None:
    """Read every cell of the files.

    Raises:
        SourceError: naming the file, line, column and value of the first wrong cells.
    """
    wrong_cells: list[BadCell] = []
    count = 0
    for file in files.files:
        try:
            _check_file(connection, file)
        except BadCells as error:
            wrong_cells += error.cells
            count += error.count
    if wrong_cells:
        raise BadCells(wrong_cells, count)


def _check_file(connection: duckdb.DuckDBPyConnection, file: DataFile) -> None:
    counts = ", ".join(f"count({_quote(cell.name)})" for cell in file.cells)
    try:
        connection.execute(f"SELECT {counts} FROM ({file.select})").fetchall()
    except duckdb.Error as error:
        raise _explain(connection, file, reason(error)) from error


def _explain(connection: duckdb.DuckDBPyConnection, file: DataFile, error: str) -> SourceError:
    """Return what is wrong in a file that could not be read: file, line or row, column and value."""
    if broken := file.file.broken_structure(error):
        return broken
    bad, count = _bad_cells(connection, file)
    if not bad:
        return file.file.mixed_line_ends() or _unreadable(file.path, error)
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
    places = file.file.places({row for row, *_ in wrong_cells}) if wrong_cells else {}
    return [
        BadCell(
            f"{file.path}, {places[row]}",
            cell.name,
            value,
            cell.reading.expectation_for(value),
            is_key=cell.name in file.options.keys,
            is_personal=cell.name in file.options.personal,
        )
        for row, cell, value in wrong_cells
    ], count


def _other_delimiter(columns: Iterable[str]) -> str:
    """Return the hint for a file whose header is parsed as one name."""
    names = list(columns)
    for delimiter, name in OTHER_DELIMITERS.items():
        if len(names) == 1 and delimiter in names[0]:
            return f"Its fields are separated by {name}s: add --delimiter {name}, or export it again with commas."
    return ""


def _shows_names(file: OpenFile) -> bool:
    """Return whether the names of a file without any declared column are shown: they may be the first row."""
    return file.kind in ("parquet", "json") or (are_names(file.types) and not file.path.is_symlink())


def _rename_hint(name: str, file: OpenFile) -> str:
    """Return which columns of a file may be meant by the missing ``name``, or those that it has."""
    columns = file.types
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


def _cell(
    path: Path, name: str, actual_type: str, declared_type: dt.DataType, dialect: Dialect, options: ReadOptions
) -> Cell:
    kind = kind_of(dialect, declared_type, options.zones_of(name), options.file_format)
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
            f" arg_min(CAST({column} AS VARCHAR), number_of_row, {MOST_CELLS}) FROM {file.file.numbered}"
            f" WHERE {column} IS NOT NULL AND NOT coalesce({cell.reading.is_valid}, false)"
        ).fetchone()
    except duckdb.Error:
        # The file's structure is broken, not this column: the caller reports the engine's own message.
        return 0, (), ()
    return (row[0], row[1] or (), row[2] or ()) if row else (0, (), ())


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
