"""Limit the memory and threads of a database, and what large statements spill to disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from marketing_ibis.engines.duckdb.keys import MEMORY_LIMIT, TEMP_DIRECTORY
from marketing_ibis.engines.profiling import Query
from marketing_ibis.errors import ConfigurationError, MarketingIbisError, OutOfMemory
from marketing_ibis.guide import guide_page

Limits = Mapping[str, str | int]
"""Settings of DuckDB by name; those that are missing follow from the machine."""
PLACE = f"under settings of the output in profiles.yml ({guide_page('docs/configuration.md')})"
USED = re.compile(r"\(([\d.]+ \w+)/([\d.]+ \w+) used\)")
SPILLING = re.compile("max_temp_directory_size|temp directory is disabled")
DISK_FULL = re.compile(r'"[^"]*duckdb_temp_[^"]*".*: (No space left on device|Disk quota exceeded)')


def apply_limits(connection: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    """Set what a database may use.

    Raises:
        ConfigurationError: the folder cannot be used, or DuckDB rejects a value.
    """
    for name, value in limits.items():
        if name == TEMP_DIRECTORY:
            _prepare_folder(Path(str(value)))
            if connection.execute(f"SELECT current_setting('{name}')").fetchall() == [(value,)]:
                continue  # Another connection of this process may spill there already; then it cannot be set again.
        try:
            connection.execute(f"SET {name} = $value", {"value": value})
            if name == MEMORY_LIMIT:
                connection.execute("SELECT database_name FROM duckdb_databases()").fetchall()  # which needs some memory
        except duckdb.Error as error:
            raise ConfigurationError(
                f"DuckDB rejects the setting {name}: {str(error).splitlines()[0]}", hint=f"Correct {name} {PLACE}."
            ) from error


def _prepare_folder(folder: Path) -> None:
    """Create a folder to spill to: DuckDB would create only its last part, and delete it with all that is in it.

    Rows of customers are written there, so only its owner may read a new one.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The folder {folder} to spill to cannot be created: {error.strerror}.",
            hint=f"Correct {TEMP_DIRECTORY} {PLACE}.",
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigurationError(
            f"The folder {folder} to spill to is not writable.",
            hint=f"Correct its permissions, or {TEMP_DIRECTORY} {PLACE}.",
        )


def describe_limits(query: Query) -> str:
    """Return what a database may use, as DuckDB has it from the settings or from the machine."""
    names = ("memory_limit", "threads", TEMP_DIRECTORY, "max_temp_directory_size")
    values = ", ".join(f"current_setting('{name}')" for name in names)
    ((memory, threads, folder, size),) = query(f"SELECT {values}")
    return f"memory {memory}, threads {threads}, spills to {folder}, up to {size}"


@contextmanager
def explaining_memory() -> Iterator[None]:
    """Raise OutOfMemory instead of any other error that the lack of memory has caused; also a decorator."""
    try:
        yield
    except (MarketingIbisError, duckdb.Error) as error:
        cause: BaseException | None = error
        while cause and not isinstance(cause, OutOfMemory):
            if isinstance(cause, duckdb.Error) and (explained := out_of_memory(cause)):
                raise explained from error
            cause = cause.__cause__ or cause.__context__
        raise


def out_of_memory(error: duckdb.Error) -> OutOfMemory | None:
    """Return why a statement needs more memory or disk than it may use; None for an error of another kind."""
    text = str(error)
    if isinstance(error, duckdb.IOException) and (full := DISK_FULL.search(text)):
        return _full_folder(full[1])
    if not isinstance(error, duckdb.OutOfMemoryException):
        return None
    used = USED.search(text)
    amounts = f"{used[1]} of {used[2]} used" if used else text.splitlines()[0]
    if SPILLING.search(text):
        return _full_folder(amounts)
    return OutOfMemory(
        f"DuckDB ran out of memory: {amounts}.",
        hint=f"Raise memory_limit or lower threads {PLACE}. The published tables are unchanged.",
    )


def _full_folder(reason: str) -> OutOfMemory:
    return OutOfMemory(
        f"The folder that DuckDB spills to is full: {reason}.",
        hint=f"Free space there, or change {TEMP_DIRECTORY}, max_temp_directory_size or memory_limit {PLACE}. The"
        " published tables are unchanged.",
    )
