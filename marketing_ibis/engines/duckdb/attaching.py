"""Attach database files to a connection, for reading."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from marketing_ibis.engines.base import Attachment
from marketing_ibis.engines.duckdb import errors
from marketing_ibis.engines.duckdb.dialect import duckdb_dialect
from marketing_ibis.errors import ConfigurationError

ATTACHED = "SELECT lower(database_name), path FROM duckdb_databases()"


def attach_databases(connection: duckdb.DuckDBPyConnection, attachments: Iterable[Attachment]) -> None:
    """Attach files for reading, as other processes may at the same time; one that is attached already stays.

    Raises:
        TargetUnavailable: another process writes a file, or it is not a DuckDB database.
        ConfigurationError: a file does not exist, or its alias is in use.
    """
    paths = {str(name): path for name, path in connection.execute(ATTACHED).fetchall()}
    for attachment in attachments:
        alias, file = attachment.alias, Path(attachment.path).absolute()
        if not file.is_file():
            raise ConfigurationError(
                f"There is no database file {file}, which is to be attached as {alias}.",
                hint="Correct its path under attach in profiles.yml, or remove it there.",
            )
        if alias.lower() not in paths:
            _attach(connection, alias, file)
            paths[alias.lower()] = str(file)
        elif Path(paths[alias.lower()] or "").resolve() != file.resolve():
            raise ConfigurationError(
                f"{file} cannot be attached as {alias}: another database has that name.",
                hint="Choose another alias for it under attach in profiles.yml.",
            )


def _attach(connection: duckdb.DuckDBPyConnection, alias: str, file: Path) -> None:
    dialect = duckdb_dialect()
    place = f"{dialect.literal(str(file))} AS {dialect.identifier(alias)}"
    try:
        # Without its type DuckDB would read an SQLite file, too, by an extension that may be installed.
        connection.execute(f"ATTACH {place} (TYPE duckdb, READ_ONLY)")
    except duckdb.Error as error:
        raise errors.unavailable(file, error) from error
