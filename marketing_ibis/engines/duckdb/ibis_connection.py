"""Read a DuckDB file with Ibis, and let it go while a build writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from marketing_ibis.engines.base import IN_MEMORY, Attachment
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb import errors
from marketing_ibis.engines.duckdb.attaching import attach_databases
from marketing_ibis.engines.duckdb.compiler import COMPILER
from marketing_ibis.engines.duckdb.dialect import duckdb_dialect
from marketing_ibis.engines.duckdb.limits import Limits
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.engines.ibis_connection import missing_table
from marketing_ibis.errors import TargetUnavailable

CATALOG = "warehouse"
"""The name that expressions have for the attached file."""


class DuckDBBackend(Backend):  # type: ignore[misc]  # Ibis ships no types
    """Ibis' backend with the SQL of builds."""

    compiler = COMPILER


@dataclass(frozen=True, slots=True)
class DuckDBConnection:
    """A database in memory with the file attached read-only: it can be detached, and expressions remain valid."""

    backend: DuckDBBackend
    path: str

    def attach(self) -> None:
        """Open the file for reading.

        Raises:
            TargetUnavailable: another process writes it, or it is not a DuckDB database.
        """
        place = duckdb_dialect().literal(self.path)
        try:
            self.backend.con.execute(f"ATTACH {place} AS {CATALOG} (READ_ONLY)")
        except duckdb.Error as error:
            raise errors.unavailable(self.path, error) from error

    def table(self, relation: Relation) -> ir.Table:
        """Return a table of the file, with the types that DuckDB describes."""
        dialect, attached = duckdb_dialect(), replace(relation, database=relation.database or CATALOG)
        try:
            # Ibis 12 reads columns with a method that DuckDB 2 deprecates.
            rows = self.backend.con.execute(f"DESCRIBE {dialect.relation(attached)}").fetchall()
        except duckdb.CatalogException as error:
            raise missing_table(relation) from error
        schema = ibis.schema({str(row[0]): dialect.type_name(str(row[1])) for row in rows})
        namespace = ops.Namespace(catalog=attached.database, database=relation.schema)
        return ops.DatabaseTable(relation.name, schema=schema, source=self.backend, namespace=namespace).to_expr()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Detach the file inside: DuckDB writes no file that is open for reading."""
        self.backend.con.execute(f"DETACH {CATALOG}")
        try:
            yield
        finally:
            self.attach()

    def close(self) -> None:
        """Close the database in memory, which releases the file."""
        self.backend.disconnect()


def connect_ibis(
    path: str, attachments: Sequence[Attachment] = (), limits: Limits = MappingProxyType({})
) -> DuckDBConnection:
    """Open an existing file for reading with Ibis, with the files that are attached to it.

    ``limits`` are settings of memory, threads and disk.

    Raises:
        TargetUnavailable: there is no such file, another process writes it, or it is not a DuckDB database.
    """
    if path == IN_MEMORY or not Path(path).is_file():
        raise TargetUnavailable(
            f"There is no database {path}.", hint="Fill one with `seed --from DIR`, or choose another: database=..."
        )
    target = open_duckdb(limits=limits)
    connection = DuckDBConnection(DuckDBBackend.from_connection(target.connection), path)
    connection.attach()
    attach_databases(target.connection, attachments)
    return connection
