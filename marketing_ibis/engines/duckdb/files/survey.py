"""Look into files without loading them: columns that are not declared, timestamps without a zone, wrong cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from marketing_ibis.engines.duckdb.dialect import duckdb_dialect
from marketing_ibis.engines.duckdb.files import reading
from marketing_ibis.engines.duckdb.interrupts import interruptible
from marketing_ibis.engines.target import ReadOptions

if TYPE_CHECKING:
    import ibis


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file has besides the rows that are loaded.

    ``naive`` counts the timestamps without a zone of each column that has any; ``other_columns`` are not declared.
    """

    naive: Mapping[str, int]
    other_columns: tuple[str, ...]


def survey(path: Path, schema: ibis.Schema, options: ReadOptions) -> Survey:
    """Return what a file has besides the rows that are loaded.

    Raises:
        SourceError: the file cannot be read.
    """
    with _open(path, schema, options) as (connection, file):
        naive_cells = [cell for cell in file.cells if cell.reading.naive != "false"]
        naive: dict[str, int] = {}
        if naive_cells:
            counts = ", ".join(f"count(*) FILTER ({cell.reading.naive})" for cell in naive_cells)
            row = connection.execute(f"SELECT {counts} FROM {file.reader}").fetchone() or ()
            naive = {cell.name: count for cell, count in zip(naive_cells, row, strict=True) if count}
        return Survey(naive, file.other_columns)


def check_columns(path: Path, schema: ibis.Schema, options: ReadOptions) -> None:
    """Look for the declared columns of a file, without reading its rows.

    Raises:
        SourceError: the file cannot be read; MissingColumns of those that it lacks.
    """
    with _open(path, schema, options):
        pass


def check_file(path: Path, schema: ibis.Schema, options: ReadOptions) -> None:
    """Read every cell of a file.

    Raises:
        SourceError: the file cannot be read; BadCells of the cells that are wrong.
    """
    with _open(path, schema, options) as (connection, file):
        reading.check_cells(connection, file)


@contextmanager
def _open(
    path: Path, schema: ibis.Schema, options: ReadOptions
) -> Iterator[tuple[duckdb.DuckDBPyConnection, reading.DataFile]]:
    with interruptible(), duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        yield connection, reading.open_file(connection, duckdb_dialect(), path, schema, options)
