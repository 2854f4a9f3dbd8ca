"""Open a file of any kind: the SQL that reads its rows, with the names and types of its columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.engines.duckdb.files import csv_diagnostics, json_lines, worksheets
from marketing_ibis.engines.duckdb.files.kinds import FileKind, kind_of_file
from marketing_ibis.engines.duckdb.files.transcoding import write_utf8
from marketing_ibis.errors import SourceError
from marketing_ibis.model.file_format import FileFormat

TEXT = "VARCHAR"


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that DuckDB reads.

    ``reader`` is the SQL of its rows, ``numbered`` the same with a column ``number_of_row``. ``types`` are DuckDB's, by
    column. ``is_copy`` says that a temporary copy is read.
    """

    path: Path
    form: FileFormat
    reader: str
    numbered: str
    types: Mapping[str, str]
    is_copy: bool = False

    @property
    def kind(self) -> FileKind:
        """What the file is."""
        return kind_of_file(self.path)

    def places(self, rows: Collection[int]) -> dict[int, str]:
        """Return the line or row of each of the data ``rows``, as an editor or a workbook counts them."""
        if self.kind == "csv":
            lines = csv_diagnostics.lines_of(self.path, self.form, rows)
        elif self.kind == "json":
            lines = json_lines.lines_of(self.path, rows)
        else:
            return {row: f"row {row}" for row in rows}
        return {row: f"line {line}" for row, line in lines.items()}

    def broken_structure(self, error: str) -> SourceError | None:
        """Return what is wrong with the structure of a file that DuckDB could not read for the reason ``error``."""
        if self.kind == "csv":
            return csv_diagnostics.broken_line(self.path, self.form)
        is_syntax = self.kind == "json" and "JSON" in error
        return json_lines.broken_json(self.path, error) if is_syntax else None

    def mixed_line_ends(self) -> SourceError | None:
        """Return the first line of a csv that ends in other characters than the header."""
        return csv_diagnostics.inconsistent_line_end(self.path, self.form) if self.kind == "csv" else None


@dataclass(frozen=True, slots=True)
class Opening:
    """What opening a file needs: ``names`` are the columns that are read, "all" where it is to be every one.

    ``folder`` returns one for temporary copies; ``table`` is the name of the table that the file is for.
    """

    connection: duckdb.DuckDBPyConnection
    dialect: Dialect
    form: FileFormat
    table: str
    names: Collection[str]
    folder: Callable[[], Path]


def open_one(path: Path, opening: Opening) -> OpenFile:
    """Open a file.

    Raises:
        SourceError: the file is empty or unreadable.
    """
    return OPENERS[kind_of_file(path)](path, opening)


def _open_csv(path: Path, opening: Opening) -> OpenFile:
    form, dialect = opening.form, opening.dialect
    header = csv_diagnostics.read_header(path, form)
    # Other columns may have names that are empty, differ in case only, or are wanted below: they go by number.
    names = [name if name in opening.names else f"column {number}" for number, name in enumerate(header, start=1)]
    columns = ", ".join(f"{dialect.literal(name)}: '{TEXT}'" for name in names)
    text = path if form.is_utf8 else write_utf8(path, form, opening.folder())
    # Without new_line, lines that end in different ways are an error; with it, strict mode drops rows in silence.
    # Fields beyond the header's are an error unless empty: those the engine lets pass in every mode.
    reader = (
        f"read_csv({dialect.literal(_no_pattern(text))}, columns = {{{columns}}}, header = true, auto_detect = false,"
        f""" delim = {dialect.literal(form.delimiter)}, quote = '"', escape = '"', strict_mode = true)"""
    )
    return OpenFile(path, form, reader, _numbered(reader), dict.fromkeys(header, TEXT), not form.is_utf8)


def _open_parquet(path: Path, opening: Opening) -> OpenFile:
    literal = opening.dialect.literal(_no_pattern(path))
    reader = f"read_parquet({literal})"
    try:
        columns = opening.connection.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
    except duckdb.Error as error:
        raise SourceError(
            f"{path} is not a readable parquet file: {str(error).splitlines()[0]}",
            hint="Export it again, or load a csv.",
        ) from error
    numbered = f"(SELECT *, file_row_number + 1 AS number_of_row FROM read_parquet({literal}, file_row_number = true))"
    return OpenFile(path, opening.form, reader, numbered, {str(row[0]): str(row[1]) for row in columns})


def _open_json(path: Path, opening: Opening) -> OpenFile:
    literal = opening.dialect.literal(_no_pattern(path))
    names = json_lines.names_in(opening.connection, literal, path)
    reader = json_lines.reader_of(opening.dialect, literal, names, opening.form)
    return OpenFile(path, opening.form, reader, _numbered(reader), dict.fromkeys(names, TEXT))


def _open_workbook(path: Path, opening: Opening) -> OpenFile:
    dialect = opening.dialect
    copy, names = worksheets.write_sheet(path, opening.table, opening.form, opening.folder())
    columns = [
        f"{dialect.identifier(worksheets.column_name(position))} AS {dialect.identifier(name)}"
        for position, name in enumerate(names)
        if name in opening.names
    ]
    file = f"read_parquet({dialect.literal(_no_pattern(copy))})"
    listing = ", ".join([*columns, worksheets.ROW_NUMBER])
    numbered = f"(SELECT {listing} FROM {file})"
    return OpenFile(path, opening.form, numbered, numbered, dict.fromkeys(names, TEXT), is_copy=True)


OPENERS: Mapping[FileKind, Callable[[Path, Opening], OpenFile]] = {
    "csv": _open_csv,
    "parquet": _open_parquet,
    "json": _open_json,
    "xlsx": _open_workbook,
}


def _numbered(reader: str) -> str:
    return f"(SELECT *, row_number() OVER () AS number_of_row FROM {reader})"


def _no_pattern(path: Path) -> str:
    """Return the path with the characters escaped that DuckDB would read as a pattern of many files."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in str(path.resolve()))
