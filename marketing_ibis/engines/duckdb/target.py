"""DuckDB: one file, in this process."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Self, cast

import duckdb

from marketing_ibis.atomic_write import earlier_names, random_name
from marketing_ibis.engines.base import IN_MEMORY, Attachment
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.duckdb import catalog, errors
from marketing_ibis.engines.duckdb.appending import add_rows
from marketing_ibis.engines.duckdb.attaching import attach_databases
from marketing_ibis.engines.duckdb.dialect import duckdb_dialect
from marketing_ibis.engines.duckdb.file_formats import refuse_other_formats
from marketing_ibis.engines.duckdb.interrupts import WATCH, interruptible
from marketing_ibis.engines.duckdb.limits import Limits, apply_limits, explaining_memory
from marketing_ibis.engines.existing_objects import Occupant, by_name
from marketing_ibis.engines.folded_names import FoldedNames
from marketing_ibis.engines.target import BATCH_ROWS, Contents, Erasure, ReadOptions, RelationKind, T, existing_kinds
from marketing_ibis.errors import (
    MarketingIbisError,
    RunFailed,
    SourceError,
    TargetUnavailable,
    UsageError,
)

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from marketing_ibis.engines.plain_rows import PlainRows

NO_EXTENSIONS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""Opens a file as what it is: DuckDB would fetch an extension for an SQLite file or an address, and write to that."""
COPY = "marketing_ibis_copy"
"""What the copy of a database is called while it is written."""
SETTINGS = (
    # Models may use installed extensions; none is downloaded.
    "autoload_known_extensions = true",
    # Row order is no part of a table's contract, and keeping it costs memory.
    "preserve_insertion_order = false",
    # What a cast of an instant to a day gives must not depend on where the build runs.
    "TimeZone = 'UTC'",
)
FILE_SETTINGS = (
    # Address space kept for buffers between statements: releasing and allocating it again cost a tenth of a large run.
    # It is reserved at once, as much as DuckDB may use, so several databases in memory together could not have it.
    "block_allocator_memory = '4GB'",
)


class Writers:
    """Admits one writer at a time to each database file, of all threads of this process."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def admit(self, file: str) -> Iterator[None]:
        """Write to ``file`` within the context.

        Raises:
            TargetUnavailable: another thread does.
        """
        with self._lock:
            if file in self._files:
                raise TargetUnavailable(
                    f"Another thread of this process is writing the database {file}.",
                    hint="Wait for it to finish, then run again.",
                    is_temporary=True,
                )
            self._files.add(file)
        try:
            yield
        finally:
            self._files.discard(file)


WRITERS = Writers()


class DuckDBTarget:
    """A connection to a DuckDB database file, or to one in memory."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, dialect: Dialect) -> None:
        self.connection = connection
        self.dialect = dialect
        # The rows of a connection are those of its newest statement, whichever thread asks for them.
        self._lock = threading.Lock()

    @property
    def release(self) -> str:
        """Return the release of DuckDB: another may compute other hashes."""
        return str(duckdb.__version__)

    @interruptible()
    def execute(self, sql: str) -> int | None:
        """Run one statement and return the rows it wrote, where DuckDB tells."""
        with self._translate_errors(), self._lock:
            result = self.connection.execute(self._parse_one(sql))
            names = [column[0] for column in result.description or ()]
            row = result.fetchone() if names == ["Count"] else None
        return row[0] if row else None

    @interruptible()
    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return every row of a SELECT."""
        with self._translate_errors(), self._lock:
            rows: list[tuple[object, ...]] = self.connection.execute(self._parse_one(sql)).fetchall()
        return rows

    def batches(self, sql: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a SELECT as DuckDB hands them over."""
        with (
            interruptible(),
            self._translate_errors(),
            closing(self.connection.sql(self._parse_one(sql)).to_arrow_reader(BATCH_ROWS)) as batches,
        ):
            yield from batches

    def whole_tables(self) -> AbstractContextManager[None]:
        """Do nothing: DuckDB plans for reading tables as a whole."""
        return nullcontext()

    def _parse_one(self, sql: str) -> duckdb.Statement:
        """Return the one statement that a string contains: DuckDB would run any number of them."""
        statements = self.connection.extract_statements(sql)
        if len(statements) != 1:
            raise RunFailed(f"{len(statements)} statements were given to DuckDB at once, and none was run.")
        return statements[0]

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Turn DuckDB's errors into ours, but for the one that ``interruptible`` explains."""
        try:
            yield
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise errors.failure(error) from error

    def relations(self, schema: str, database: str = "") -> Mapping[str, RelationKind]:
        """Return the tables and views of ``schema``, whose names DuckDB compares without their case."""
        if database:
            self._check_attached(database)
        rows = self.query(catalog.relations_query(self.dialect, schema, database))
        return FoldedNames((str(name), cast("RelationKind", kind)) for name, kind in rows)

    def _check_attached(self, database: str) -> None:
        rows = self.query("SELECT database_name, database_name = current_database() FROM duckdb_databases()")
        is_own = {str(name).lower(): is_target for name, is_target in rows}.get(database.lower())
        if is_own:
            raise SourceError(
                f"{database} is the database of the target itself, not one that is attached to it.",
                hint='Leave it out of the name of the table: "schema.table".',
            )
        if is_own is None:
            raise SourceError(
                f"The database {database} is not attached.",
                hint="Attach its file in the target's output in profiles.yml:"
                f" attach: [{{path: {database}.duckdb, alias: {database}}}].",
            )

    def columns(self, relation: Relation) -> Mapping[str, str]:
        """Return a relation's columns with Ibis' names of their types, in order."""
        rows = self.query(f"DESCRIBE {self.dialect.relation(relation)}")
        return {str(row[0]): self.dialect.type_name(str(row[1])) for row in rows}

    def occupants(self, schema: str, names: Collection[str]) -> Mapping[str, Occupant]:
        """Return what exists under each name, in upper or lower case."""
        occupants = []
        for table, kind, comment, attachments, number in self.query(catalog.occupants_query(self.dialect, schema)):
            relation = Relation(schema, str(table))
            if str(table).lower() not in {name.lower() for name in names}:
                continue
            columns = self.query(f"DESCRIBE {self.dialect.relation(relation)}") if kind == "table" else []
            column_types = tuple((str(row[0]), str(row[1])) for row in columns)
            extras = tuple(map(str, attachments))  # type: ignore[call-overload]
            occupants.append(Occupant(relation, str(kind), str(comment), column_types, extras, int(str(number))))
        return by_name(occupants, names, ignore_case=True)

    def versions(self, relations: Mapping[Relation, Sequence[str]]) -> Mapping[Relation, object]:
        """Return the number of rows, and a sum over what is in them; of a view over files when they were written."""
        kinds = existing_kinds(self, relations)
        return {
            relation: self.query(self._version(relation, relations[relation], kinds[relation])) for relation in kinds
        }

    def _version(self, relation: Relation, columns: Sequence[str], kind: RelationKind) -> str:
        if kind == "view":
            for (statement,) in self.query(catalog.view_statement_query(self.dialect, relation)):
                if file := catalog.only_file_read(str(statement)):
                    return catalog.files_query(file)
        return catalog.content_query(self.dialect, relation, columns)

    def contents(self, relations: Mapping[Relation, Sequence[str]]) -> Mapping[Relation, Contents]:
        """Return the rows of each relation and a sum of their hashes, which this release of DuckDB computes."""
        contents = {}
        for relation in existing_kinds(self, relations):
            ((rows, digest),) = self.query(catalog.content_query(self.dialect, relation, relations[relation]))
            contents[relation] = Contents(cast("int", rows), f"{digest} {self.release}")
        return contents

    def dependent_views(self, schema: str) -> Mapping[str, tuple[Relation, ...]]:
        """Return none: a view reads by name, and what it reads can be replaced."""
        return {}

    def create_schema(self, schema: str) -> None:
        """Create ``schema`` unless it is there."""
        self.execute(f"CREATE SCHEMA IF NOT EXISTS {self.dialect.identifier(schema)}")

    @interruptible()
    @explaining_memory()
    def load_files(self, paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions, relation: Relation) -> int:
        """Create the table ``relation`` from the rows of files and return their number."""
        from marketing_ibis.engines.duckdb.files import reading

        with reading.open_files(self.connection, self.dialect, paths, schema, options) as files:
            try:
                with self._rows_in_order():
                    return self.execute(f"CREATE TABLE {self.dialect.relation(relation)} AS\n{files.select}") or 0
            except RunFailed as error:
                reading.check_cells(self.connection, files)
                raise SourceError(f"{files.title} cannot be loaded: {error.message}") from error

    @interruptible()
    def append_rows(self, relation: Relation, rows: pa.Table | PlainRows) -> None:
        """Add rows to a table."""
        with self._translate_errors(), self._lock:
            add_rows(self.connection, self.dialect, relation, rows)

    @contextmanager
    def _rows_in_order(self) -> Iterator[None]:
        # A table in its file's order has ascending keys, if the file has, which staging takes as they are.
        self.connection.execute("SET preserve_insertion_order = true")
        try:
            yield
        finally:
            self.connection.execute("SET preserve_insertion_order = false")

    @interruptible()
    @explaining_memory()
    def view_of_files(self, paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions) -> str:
        """Read every cell of the files and return a SELECT over them, for a view."""
        from marketing_ibis.engines.duckdb.files import reading

        with reading.open_files(self.connection, self.dialect, paths, schema, options) as files:
            if files.copied:
                raise UsageError(
                    f"A view cannot read {files.copied} in place: it is a workbook, or not UTF-8.",
                    hint="Load the files: `seed --from DIR` without --link.",
                )
            reading.check_cells(self.connection, files)
            return files.select

    @contextmanager
    def exclusive(self, *schemas: str, read: Sequence[str] = ()) -> Iterator[None]:
        """Keep out other threads: the process that has the file open keeps every other process out."""
        ((file,),) = self.query("SELECT path FROM duckdb_databases() WHERE database_name = current_database()")
        with WRITERS.admit(str(file)) if file else nullcontext():
            yield

    @contextmanager
    def transaction(self, replaced: Sequence[Relation] = ()) -> Iterator[None]:
        """Commit what is executed inside, or on an exception none of it."""
        self.execute("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def attempt(self, name: str, work: Callable[[], T]) -> T:
        """Do ``work`` once: nothing that fails in this process passes by itself."""
        return work()

    def erase_deleted(self, erasure: Erasure) -> str:
        """Replace the file by a copy of what it contains: a checkpoint leaves deleted rows in unused blocks."""
        ((name, path),) = self.query(
            "SELECT database_name, path FROM duckdb_databases() WHERE database_name = current_database()"
        )
        if not path:
            return ""
        try:
            self._replace_by_copy(str(name), Path(str(path)).resolve(), erasure.note)
        except (RunFailed, TargetUnavailable, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error.message
            return f"The file {path} could not be rewritten, and may contain deleted rows in unused blocks: {reason}"
        return ""

    def _replace_by_copy(self, name: str, file: Path, note: Relation) -> None:
        copy = random_name(file)
        for earlier in earlier_names(file):
            # No other process has the file open. This copy has rows that may have been deleted since.
            earlier.unlink(missing_ok=True)
        try:
            self.execute(f"ATTACH {self.dialect.literal(str(copy))} AS {COPY}")
            with self._rows_in_order():
                self.execute(f"COPY FROM DATABASE {self.dialect.identifier(name)} TO {COPY}")
            self.execute(f"DROP TABLE IF EXISTS {COPY}.{self.dialect.relation(note)}")
            self.execute(f"DETACH {COPY}")
            # What is in the log of changes would be applied to the file that has its name next.
            self.execute("CHECKPOINT")
            shutil.copymode(file, copy)
            # The file is replaced while this process has it open, so that no other can write to the old one.
            copy.replace(file)
        finally:
            for leftover in (copy, copy.with_name(f"{copy.name}.wal")):
                leftover.unlink(missing_ok=True)

    @contextmanager
    def session(self) -> Iterator[Self]:
        """Lend a cursor: a second connection to the same database."""
        with type(self)(self.connection.cursor(), self.dialect) as target:
            yield target

    def close(self) -> None:
        """Close the connection; the last one to close checkpoints the file."""
        WATCH.remove(self.connection)
        # After Ctrl-C a statement in another thread may still run on a cursor: it ends with the process.
        with suppress(duckdb.Error):
            self.connection.close()

    def __enter__(self) -> Self:
        WATCH.add(self.connection)
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def open_duckdb(
    path: Path | str = IN_MEMORY,
    *,
    read_only: bool = False,
    attachments: Sequence[Attachment] = (),
    limits: Limits = MappingProxyType({}),
) -> DuckDBTarget:
    """Open or create the database file at ``path``, with other files attached for reading.

    ``limits`` are settings of memory, threads and disk. Any number of processes can have a file open ``read_only``,
    while none builds.

    Raises:
        TargetUnavailable: a file is held by another process, is no DuckDB database, or cannot be written.
        ConfigurationError: a file to be attached does not exist, its alias is in use, or a limit is rejected.
    """
    if "?" in str(path):
        # DuckDB puts the ending of its log before it, as in an address: `what.wal?/w.duckdb`.
        raise TargetUnavailable(
            f"DuckDB cannot open {path}: its path contains a question mark.",
            hint="Choose another file with --database.",
        )
    is_file = str(path) != IN_MEMORY
    if is_file and Path(path).exists() and not Path(path).is_file():
        # Opening a pipe would wait for ever.
        raise TargetUnavailable(f"{path} is not a file.", hint="Choose another file with --database.")
    if is_file:
        refuse_other_formats(Path(path))
    if is_file and not read_only:
        _make_folder(Path(path))
    try:
        connection = duckdb.connect(str(path), read_only=read_only and is_file, config=NO_EXTENSIONS)
    except duckdb.Error as error:
        raise errors.unavailable(path, error) from error
    for setting in (*SETTINGS, *(FILE_SETTINGS if is_file else ())):
        connection.execute(f"SET {setting}")
    target = DuckDBTarget(connection, duckdb_dialect())
    try:
        apply_limits(connection, limits)
        attach_databases(connection, attachments)
    except MarketingIbisError:
        target.close()
        raise
    return target


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TargetUnavailable(
            f"Cannot create the folder {path.parent} for the database: {error.strerror}.",
            hint="Choose another file with --database.",
        ) from error
