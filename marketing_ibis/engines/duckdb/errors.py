"""Turn DuckDB's errors into ours: what happened to which file, and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from marketing_ibis.engines.duckdb.files.reasons import reason
from marketing_ibis.engines.duckdb.limits import out_of_memory
from marketing_ibis.errors import MarketingIbisError, RunFailed, TargetUnavailable, ValueRefused

IN_USE = re.compile("set lock on file|Conflicting lock|used by another process|already open")
"""A damaged block is not a lock, nor is a file called clock; Windows uses words of its own."""
NOT_DUCKDB = re.compile(
    "not a valid DuckDB database|is an existing extension|Serialization|Could not read enough bytes"
)
DAMAGED = re.compile("corrupt", re.IGNORECASE)
NEWER = re.compile(r"storage version|newer version of DuckDB")
AMBIGUOUS = re.compile(r'Ambiguous reference to catalog or schema "([^"]*)"')
NOT_WRITTEN = re.compile(
    r"(?:Failed to commit: Cannot open file|Could not (?:write|sync|truncate))[^\n]*: ([^:\n]+)$", re.M
)
"""What the operating system says of the database file, or of the log next to it, at the end of a line."""

VALUE_ERRORS = (duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException, duckdb.NotSupportedError)
"""Errors whose messages may quote values of rows: of casts, constraints and the arguments of functions.

What is not supported may be a time zone of a row.
"""


def unavailable(path: Path | str, error: duckdb.Error) -> TargetUnavailable:
    """Return why the file at ``path`` cannot be opened."""
    text = str(error)
    if IN_USE.search(text):
        holder = re.search(r"PID (\d+)", text)
        process = f" (PID {holder[1]})" if holder else ""
        return TargetUnavailable(
            f"The database {path} is in use by another process{process}.",
            hint="Wait for that build, or close the program that has the file open, then run again.",
            is_temporary=True,
        )
    if "different configuration" in text or "file handle conflict" in text:
        return TargetUnavailable(
            f"The database {path} is open in this process already.", hint="Close that connection first."
        )
    if NEWER.search(text):
        return TargetUnavailable(
            f"{path} was written by a newer version of DuckDB than {duckdb.__version__}, which is installed.",
            hint="It was left untouched. Install that version of duckdb, or choose another file with --database.",
        )
    if NOT_DUCKDB.search(text) or DAMAGED.search(text):
        return not_a_database(path)
    return TargetUnavailable(
        f"Cannot open the database {path}: {reason(error)}", hint="Choose another file with --database."
    )


def not_a_database(path: Path | str) -> TargetUnavailable:
    """Return why a file of another format cannot be opened."""
    return TargetUnavailable(
        f"{path} is not a DuckDB database, or it is damaged.",
        hint="It was left untouched. Choose another file with --database; `seed --from DIR` loads CSV files.",
    )


def failure(error: duckdb.Error) -> MarketingIbisError:
    """Return why a statement failed: the statement, or the state of the file or disk."""
    text = str(error)
    if explained := out_of_memory(error):
        return explained
    if name := AMBIGUOUS.search(text):
        return TargetUnavailable(
            f"The database file and a schema are both called {name[1]}, so DuckDB cannot distinguish them.",
            hint="Rename the file, or choose another one with --database.",
        )
    if isinstance(error, duckdb.DatabaseError) and (cause := NOT_WRITTEN.search(text)):
        return RunFailed(
            f"The database cannot be written: {cause[1].strip()}.",
            hint="The statement had no effect. Free space or correct the permissions, then run again.",
        )
    if DAMAGED.search(text) and "checksum" in text:
        return TargetUnavailable(
            f"The database is damaged: {reason(error)}",
            hint="Restore the file from a backup, or move it away, seed and build again.",
        )
    kind = ValueRefused if isinstance(error, VALUE_ERRORS) else RunFailed
    return kind(reason(error))
