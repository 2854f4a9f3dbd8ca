"""Look into files without loading them: columns that are not declared, timestamps without a zone, wrong cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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


def survey(paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions) -> Survey:
    """Return what the files of a table have besides the rows that are loaded.

    Raises:
        SourceError: a file cannot be read.
    """
    with _open(paths, schema, options) as (connection, files):
        naive: Counter[str] = Counter()
        for file in files.files:
            naive.update(_count_naive(connection, file))
        other_columns = dict.fromkeys(name for file in files.files for name in file.other_columns)
        return Survey(naive, tuple(other_columns))


def _count_naive(connection: duckdb.DuckDBPyConnection, file: reading.DataFile) -> Mapping[str, int]:
    cells = [cell for cell in file.cells if cell.reading.naive != "false"]
    if not cells:
        return {}
    counts = ", ".join(f"count(*) FILTER ({cell.reading.naive})" for cell in cells)
    row = connection.execute(f"SELECT {counts} FROM {file.file.reader}").fetchone() or ()
    return {cell.name: count for cell, count in zip(cells, row, strict=True) if count}


def check_columns(paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions) -> None:
    """Look for the declared columns of the files, without reading their rows.

    Raises:
        SourceError: a file cannot be read; MissingColumns of those that it lacks.
    """
    with _open(paths, schema, options):
        pass


def check_files(paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions) -> None:
    """Read every cell of the files.

    Raises:
        SourceError: a file cannot be read; BadCells of the cells that are wrong.
    """
    with _open(paths, schema, options) as (connection, files):
        reading.check_cells(connection, files)


@contextmanager
def _open(
    paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions
) -> Iterator[tuple[duckdb.DuckDBPyConnection, reading.DataFiles]]:
    with interruptible(), duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        with reading.open_files(connection, duckdb_dialect(), paths, schema, options) as files:
            yield connection, files
