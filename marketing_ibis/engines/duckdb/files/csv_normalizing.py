"""Turn the strictly read files of a table into one plain csv that any engine copies from."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.engines.duckdb.dialect import duckdb_dialect
from marketing_ibis.engines.duckdb.files import reading
from marketing_ibis.engines.duckdb.files.reasons import reason
from marketing_ibis.engines.duckdb.interrupts import interruptible
from marketing_ibis.engines.target import ReadOptions
from marketing_ibis.errors import SourceError

if TYPE_CHECKING:
    import ibis

SETTINGS = ("preserve_insertion_order = false", "TimeZone = 'UTC'")


@contextmanager
def plain_csv(paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions) -> Iterator[Path]:
    """Yield a file of the declared columns, in order and without a header; it goes when the context ends.

    Every value is quoted and NULL is an empty field, so that no string can be mistaken for NULL. The file is
    complete before it is yielded: no engine sees a row of a file that is wrong somewhere.

    Raises:
        SourceError: naming what is wrong with a file.
    """
    dialect = duckdb_dialect()
    with interruptible(), tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        for setting in SETTINGS:
            connection.execute(f"SET {setting}")
        plain = Path(folder) / "plain.csv"
        with reading.open_files(connection, dialect, paths, schema, options) as files:
            _write(connection, dialect, files, plain)
        yield plain


def _write(connection: duckdb.DuckDBPyConnection, dialect: Dialect, files: reading.DataFiles, plain: Path) -> None:
    try:
        connection.execute(
            f"COPY ({files.select}) TO {dialect.literal(str(plain))} (FORMAT csv, HEADER false, FORCE_QUOTE *)"
        )
    except duckdb.Error as error:
        reading.check_cells(connection, files)
        raise SourceError(f"{files.title} cannot be loaded: {reason(error)}") from error
