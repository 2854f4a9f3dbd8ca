"""Where a program's source tables come from: expressions that it passes, or the database of the project's target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import ibis.expr.types as ir

from marketing_ibis.api.binding import with_types
from marketing_ibis.build.amounts import inexact_amounts, may_be_inexact
from marketing_ibis.build.numeric_texts import invalid_strings
from marketing_ibis.build.planning import published_relations
from marketing_ibis.build.preflight import check_source
from marketing_ibis.cli.session import Session
from marketing_ibis.engines.ibis_connection import IbisConnection
from marketing_ibis.errors import SourceError, UsageError, missing_optional, nearest
from marketing_ibis.model import Source
from marketing_ibis.model.time_zones import TimeZones

MEMTABLE = "Make an Ibis table of it: ibis.memtable(data_frame), or connection.table(name)."


class SourceTables(Protocol):
    """Tables by the source that they are."""

    def table(self, source: Source) -> ir.Table:
        """Return the table of a source, whose columns are checked.

        Raises:
            SourceError: there is none, or it has other columns than declared.
        """

    def prepare_build(self, session: Session) -> AbstractContextManager[None]:
        """Have the sources in the database that ``session`` builds in, which may be written inside."""

    def close(self) -> None:
        """Close the connection that these tables were opened with, if any."""


@dataclass(frozen=True, slots=True)
class PassedTables:
    """Tables that a program passes, by the name of their source."""

    tables: Mapping[str, ir.Table]

    def table(self, source: Source) -> ir.Table:
        """Return the table of a source.

        Raises:
            SourceError: the program passed none.
        """
        if source.name not in self.tables:
            raise SourceError(
                f"The source {source.name} is missing.",
                hint=f'Pass its table: sources={{"{source.name}": table, ...}}.',
            )
        return self.tables[source.name]

    @contextmanager
    def prepare_build(self, session: Session) -> Iterator[None]:
        """Copy the tables into the database that is built in, as ``seed --from`` loads files.

        Raises:
            SourceError: the program did not pass all sources.
            UsageError: a table that seeding did not make has the name of a source.
        """
        from marketing_ibis.cli.steps.seeding import Load, seed_from_files

        with TemporaryDirectory() as folder:
            for source in session.dataflow.sources.values():
                path = Path(folder) / f"{source.declaration.table}.parquet"
                with_types(self.table(source), source.schema).to_parquet(path)
            seed_from_files(session, Path(folder), Load())
        yield

    def close(self) -> None:
        """Do nothing: the connections belong to the program."""


def check_passed_tables(tables: object, sources: Mapping[str, Source], zones: TimeZones) -> PassedTables:
    """Return the tables that a program passes, each with the columns that its source declares.

    Raises:
        UsageError: they are not Ibis tables by name, a source is unknown, or they are on different connections.
        SourceError: a table has other columns than declared.
    """
    if not isinstance(tables, Mapping):
        raise UsageError(
            f"sources is {_describe(tables)}, not a mapping.", hint='Write sources={"raw_orders": table, ...}.'
        )
    for name, table in tables.items():
        if name not in sources:
            raise UsageError(f"{name} in sources is not a source.", hint=nearest(str(name), sources))
        if not isinstance(table, ir.Table):
            raise UsageError(f"The source {name} is {_describe(table)}, not an Ibis table.", hint=MEMTABLE)
        check_columns(name, sources[name], table, zones)
    _check_backends(tables)
    return PassedTables(dict(tables))


def check_columns(label: str, source: Source, table: ir.Table, zones: TimeZones) -> None:
    """Stop where a table has other columns than its source declares.

    Raises:
        SourceError: naming the column, and the type found; or amounts of a mapped table are not whole cents.
        ConfigurationError: the settings list an optional column that it does not have.
    """
    types = {name: str(dtype) for name, dtype in table.schema().items()}
    for column in source.declaration.contract.columns:
        if column.optional and column.name not in types:
            raise missing_optional(f"The source table {label}", column.name)
    declaration = source.declaration
    declared_types = {name: str(dtype) for name, dtype in source.schema.items()}
    check_source(label, declared_types, types, zones, declaration.settings)
    for amount in declaration.amounts:
        # A table without a connection has no rows yet.
        if may_be_inexact(types[amount.column]) and table._find_backends()[0]:
            summary = amount.summarize(table).to_pyarrow().to_pylist()[0]
            if summary["amounts"]:
                raise inexact_amounts(label, amount.column, amount.setting, summary["amounts"], summary["example"])
    for text in declaration.numeric_texts:
        if table._find_backends()[0]:
            summary = text.summarize(table).to_pyarrow().to_pylist()[0]
            if summary["strings"]:
                raise invalid_strings(text, label, summary["strings"], summary["example"])


def _check_backends(tables: Mapping[str, ir.Table]) -> None:
    """Stop at tables of two connections, which no engine can join."""
    owners: dict[int, str] = {}
    for name, table in tables.items():
        for backend in table._find_backends()[0]:
            owners.setdefault(id(backend), name)
    if len(owners) > 1:
        first, second, *_ = owners.values()
        raise UsageError(
            f"The sources {first} and {second} are on different connections, so they cannot be joined.",
            hint="Copy one of them: ibis.memtable(table.to_pyarrow()).",
        )


def _describe(value: object) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"


@dataclass(slots=True)
class TargetTables:
    """The source tables in the database of a project's target; the connection is opened for the first of them."""

    session: Session
    _connection: IbisConnection | None = field(default=None)

    def table(self, source: Source) -> ir.Table:
        """Return the table of a source in the target's database.

        Raises:
            SourceError: it does not exist, or has other columns than declared.
            ConfigurationError: nothing says where the database is.
            TargetUnavailable: it cannot be reached or opened.
        """
        session = self.session
        relation = published_relations(session.dataflow, session.schemas)[source.name]
        table = self.connection().table(relation)
        check_columns(str(relation), source, table, session.project.zones)
        return table

    def connection(self) -> IbisConnection:
        """Return the connection, opened on first use."""
        if self._connection is None:
            destination = self.session.destination
            self._connection = destination.engine.connect_ibis(destination.settings)
        return self._connection

    @contextmanager
    def prepare_build(self, session: Session) -> Iterator[None]:
        """Let the build write the database inside: its sources are there."""
        if self._connection is None:
            yield
            return
        with self._connection.paused():
            yield

    def close(self) -> None:
        """Close the connection; expressions over its tables can no longer run."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
