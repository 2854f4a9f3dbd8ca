"""Recognize a database file by its first bytes."""

from __future__ import annotations

from pathlib import Path

from marketing_ibis.engines.duckdb import errors
from marketing_ibis.errors import TargetUnavailable

SQLITE = b"SQLite format 3"
"""How every SQLite file begins."""
DUCKDB, DUCKDB_OFFSET = b"DUCK", 8
"""What every DuckDB file contains after a checksum."""


def refuse_other_formats(path: Path) -> None:
    """Stop at a file that is not a DuckDB database.

    Raises:
        TargetUnavailable: it is of another format.
    """
    # DuckDB would open them all the same: SQLite by an extension that may be installed, a CSV file as a database in
    # memory, whose tables would be gone at the end.
    try:
        with path.open("rb") as file:
            beginning = file.read(len(SQLITE))
    except OSError:
        # A file that does not exist yet is created; DuckDB reports one that cannot be read.
        return
    if beginning == SQLITE:
        raise TargetUnavailable(
            f"{path} is an SQLite database, not a DuckDB database.",
            hint="It was left untouched. Choose another file with --database.",
        )
    if beginning and not beginning.startswith(DUCKDB, DUCKDB_OFFSET):
        raise errors.not_a_database(path)
