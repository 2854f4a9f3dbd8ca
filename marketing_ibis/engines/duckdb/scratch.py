"""A temporary database that tables of others are brought into: as views over attached files, or as copies."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.target import DuckDBTarget, open_duckdb
from marketing_ibis.errors import TargetUnavailable

__all__ = ["DuckDBTarget", "attach_file", "copy_batches", "create_view_over", "open_scratch"]

INCOMING = "marketing_ibis_incoming"


def open_scratch(folder: Path) -> DuckDBTarget:
    """Open a new database in ``folder``: in a file, not in memory, it can be larger than that."""
    return open_duckdb(folder / "scratch.duckdb")


def attach_file(target: DuckDBTarget, path: Path, name: str) -> None:
    """Attach a database file, which other processes may read at the same time.

    Raises:
        TargetUnavailable: another process is writing the file.
    """
    dialect = target.dialect
    try:
        target.connection.execute(f"ATTACH {dialect.literal(str(path))} AS {dialect.identifier(name)} (READ_ONLY)")
    except duckdb.Error as error:
        raise TargetUnavailable(
            f"Cannot open {path} for reading: {str(error).splitlines()[0]}",
            hint="Run again when the process that is writing it has finished.",
        ) from error


def create_view_over(target: DuckDBTarget, view: Relation, name: str, relation: Relation) -> None:
    """Create a view over a table or view of the file that is attached as ``name``."""
    dialect = target.dialect
    origin = f"{dialect.identifier(name)}.{dialect.relation(relation)}"
    target.execute(dialect.create_view(view, f"SELECT * FROM {origin}"))


def copy_batches(target: DuckDBTarget, table: Relation, schema: ibis.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Create a table from the rows of another database, which are in memory some at a time."""
    reader = pa.RecordBatchReader.from_batches(schema.to_pyarrow(), batches)
    target.connection.register(INCOMING, reader)
    try:
        target.execute(f"CREATE TABLE {target.dialect.relation(table)} AS FROM {INCOMING}")
    finally:
        target.connection.unregister(INCOMING)
