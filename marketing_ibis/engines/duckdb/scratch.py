"""A temporary database that tables of others are brought into: as views over attached files, or as copies."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import ibis
import pyarrow as pa

from marketing_ibis.engines.base import Attachment, Settings
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.attaching import attach_databases
from marketing_ibis.engines.duckdb.keys import limits_of
from marketing_ibis.engines.duckdb.target import DuckDBTarget, open_duckdb

__all__ = ["DuckDBTarget", "attach_files", "copy_batches", "create_view_over", "open_scratch"]

INCOMING = "marketing_ibis_incoming"


def open_scratch(folder: Path, *settings: Settings) -> DuckDBTarget:
    """Open a new database in ``folder``: in a file, not in memory, it can be larger than that.

    It has the limits of the targets with ``settings``, of the last one that sets a limit.
    """
    limits = {name: value for each in settings for name, value in limits_of(each).items()}
    return open_duckdb(folder / "scratch.duckdb", limits=limits)


def attach_files(target: DuckDBTarget, attachments: Iterable[Attachment]) -> None:
    """Attach database files, which other processes may read at the same time.

    Raises:
        TargetUnavailable: another process is writing a file.
        ConfigurationError: two files have one alias.
    """
    attach_databases(target.connection, attachments)


def create_view_over(target: DuckDBTarget, view: Relation, relation: Relation) -> None:
    """Create a view over a table or view of a file that is attached."""
    target.execute(target.dialect.create_view(view, f"SELECT * FROM {target.dialect.relation(relation)}"))


def copy_batches(target: DuckDBTarget, table: Relation, schema: ibis.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Create a table from the rows of another database, which are in memory some at a time."""
    reader = pa.RecordBatchReader.from_batches(schema.to_pyarrow(), batches)
    target.connection.register(INCOMING, reader)
    try:
        target.execute(f"CREATE TABLE {target.dialect.relation(table)} AS FROM {INCOMING}")
    finally:
        target.connection.unregister(INCOMING)
