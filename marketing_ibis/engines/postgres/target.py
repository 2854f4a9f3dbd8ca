"""PostgreSQL: a server, over psycopg."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import psycopg
from psycopg.pq import TransactionStatus

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.duckdb.files.csv_normalizing import plain_csv
from marketing_ibis.engines.erasing import OTHER_OWNER, erase_each
from marketing_ibis.engines.existing_objects import Grant, Occupant, by_name
from marketing_ibis.engines.insert_rows import rows_of
from marketing_ibis.engines.missing_readers import reader_hint
from marketing_ibis.engines.postgres import catalog, lock_retry, vacuuming
from marketing_ibis.engines.postgres.connection import Server, connect
from marketing_ibis.engines.postgres.dialect import postgres_dialect
from marketing_ibis.engines.postgres.joins import fills_new_table, join_as_usual, join_by_hash
from marketing_ibis.engines.target import Contents, Erasure, ReadOptions, RelationKind, T, batches_of
from marketing_ibis.errors import (
    MarketingIbisError,
    RunFailed,
    SourceError,
    TargetUnavailable,
    UsageError,
    ValueRefused,
)

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from marketing_ibis.engines.plain_rows import PlainRows

LOCK = 1_297_236_291
"""First key of our advisory locks, so that they do not collide with those of other programs."""
BLOCK = 1 << 20

VALUE_ERRORS = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.RaiseException)
"""Errors whose messages may quote values of rows: of casts, constraints, and functions that raise their own."""


class PostgresTarget:
    """A connection to a PostgreSQL database, in autocommit."""

    def __init__(self, connection: psycopg.Connection[Any], server: Server, dialect: Dialect) -> None:
        self.connection = connection
        self.server = server
        self.dialect = dialect

    @property
    def release(self) -> str:
        """Return nothing: who wrote the rows of a table is the same after an upgrade of the server."""
        return ""

    def execute(self, sql: str) -> int | None:
        """Run one statement and return the number of rows that it wrote, where PostgreSQL reports it."""
        with self._translate_errors(), self.whole_tables() if fills_new_table(sql) else nullcontext():
            # Binary results take the extended protocol, which refuses a second statement.
            row_count = self.connection.execute(sql.encode(), binary=True).rowcount
        return row_count if row_count >= 0 else None

    @contextmanager
    def whole_tables(self) -> Iterator[None]:
        """Have the planner join by hash."""
        with self._translate_errors():
            join_by_hash(self.connection)
        try:
            yield
        finally:
            join_as_usual(self.connection)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return every row of a SELECT."""
        # Streaming takes the extended protocol too.
        with self._translate_errors(), self.connection.cursor() as cursor, closing(cursor.stream(sql.encode())) as rows:
            return list(rows)

    def batches(self, sql: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a SELECT while the server sends them."""
        with self._translate_errors(), self.connection.cursor() as cursor, closing(cursor.stream(sql.encode())) as rows:
            yield from batches_of(rows, schema)

    def relations(self, schema: str, database: str = "") -> Mapping[str, RelationKind]:
        """Return the tables and views of ``schema``; PostgreSQL reads no other database than the connected one."""
        if database:
            self._check_connected(database)
        rows = self.query(
            "SELECT relname, relkind IN ('v', 'm') FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'f', 'v', 'm')"
            f" AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = {self._literal(schema)})"
        )
        return {str(name): "view" if is_view else "table" for name, is_view in rows}

    def _check_connected(self, database: str) -> None:
        ((current,),) = self.query("SELECT pg_catalog.current_database()")
        if current != database:
            raise SourceError(
                f"PostgreSQL cannot read the database {database} over a connection to {current}.",
                hint="Import its tables with postgres_fdw (IMPORT FOREIGN SCHEMA) or load a copy, and set table to"
                ' "schema.table" of them.',
            )

    def columns(self, relation: Relation) -> Mapping[str, str]:
        """Return a relation's columns with Ibis' names of their types, in order."""
        rows = self.query(catalog.columns_query(self.dialect, relation))
        return {str(name): self.dialect.type_name(str(kind)) for name, kind in rows}

    def occupants(self, schema: str, names: Collection[str]) -> Mapping[str, Occupant]:
        """Return what exists under each name: upper and lower case differ."""
        occupants = []
        for name, letter, comment, oid, additions, grants in self.query(
            catalog.occupants_query(self.dialect, schema, names)
        ):
            relation, kind = Relation(schema, str(name)), catalog.KINDS.get(str(letter), "relation")
            columns = self.query(catalog.columns_query(self.dialect, relation))
            column_types = tuple((str(column), str(dtype)) for column, dtype in columns)
            attachments = tuple(map(str, additions))  # type: ignore[call-overload]
            table_grants = tuple(Grant(*map(str, parts)) for parts in grants)  # type: ignore[attr-defined]
            occupants.append(
                Occupant(relation, kind, str(comment), column_types, attachments, int(str(oid)), table_grants)
            )
        return by_name(occupants, names, ignore_case=False)

    def versions(self, relations: Mapping[Relation, Sequence[str]]) -> Mapping[Relation, object]:
        """Return OID, number of rows and who wrote them; of a view or a table of another server what is in them."""
        versions: dict[Relation, object] = {}
        for relation, oid, is_heap in self._existing(relations):
            if is_heap:
                rows = self.query(catalog.row_versions_query(self.dialect, relation))
            else:
                rows = self.query(catalog.content_query(self.dialect, relation, relations[relation]))
            versions[relation] = (oid, *rows)
        return versions

    def contents(self, relations: Mapping[Relation, Sequence[str]]) -> Mapping[Relation, Contents]:
        """Return the rows of each relation and a sum of their hashes."""
        contents = {}
        for relation, *_ in self._existing(relations):
            query = catalog.content_query(self.dialect, relation, relations[relation])
            ((rows, digest),) = self.query(query)
            contents[relation] = Contents(cast("int", rows), str(digest))
        return contents

    def _existing(self, relations: Iterable[Relation]) -> Iterator[tuple[Relation, object, object]]:
        """Yield those of ``relations`` that exist, with their OID and whether their rows tell who wrote them."""
        by_name: dict[tuple[object, object], list[Relation]] = {}
        for relation in relations:
            # A name with the connected database is that of the same table.
            by_name.setdefault((relation.schema, relation.name), []).append(relation)
        query = catalog.versions_query(self.dialect, [same[0] for same in by_name.values()]) if by_name else ""
        for schema, name, oid, is_heap in self.query(query) if query else ():
            for relation in by_name[schema, name]:
                yield relation, oid, is_heap

    def dependent_views(self, schema: str) -> Mapping[str, tuple[Relation, ...]]:
        """Return the views whose definition depends on each relation of ``schema``."""
        rows = self.query(
            "SELECT DISTINCT held.relname, place.nspname, reader.relname FROM pg_catalog.pg_depend AS d"
            " JOIN pg_catalog.pg_rewrite AS rule ON rule.oid = d.objid"
            " JOIN pg_catalog.pg_class AS reader ON reader.oid = rule.ev_class"
            " JOIN pg_catalog.pg_namespace AS place ON place.oid = reader.relnamespace"
            " JOIN pg_catalog.pg_class AS held ON held.oid = d.refobjid AND held.oid <> reader.oid"
            " JOIN pg_catalog.pg_namespace AS home ON home.oid = held.relnamespace"
            " WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass"
            " AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass"
            f" AND home.nspname = {self._literal(schema)} ORDER BY 1, 2, 3"
        )
        views: dict[str, tuple[Relation, ...]] = {}
        for table, view_schema, view in rows:
            views[str(table)] = (*views.get(str(table), ()), Relation(str(view_schema), str(view)))
        return views

    def create_schema(self, schema: str) -> None:
        """Create ``schema`` unless it is there: PostgreSQL asks for the right to do so even then."""
        if not self.query(f"SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = {self._literal(schema)}"):
            self.execute(f"CREATE SCHEMA {self.dialect.identifier(schema)}")

    def load_files(self, paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions, relation: Relation) -> int:
        """Create the table ``relation`` from the rows of files, in one COPY, and return their number."""
        table = self.dialect.relation(relation)
        columns = [f"{self.dialect.identifier(name)} {self.dialect.column_type(kind)}" for name, kind in schema.items()]
        with plain_csv(paths, schema, options) as plain:
            self.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
            try:
                rows = self._copy(plain, f"COPY {table} FROM STDIN (FORMAT csv)")
            except RunFailed as error:
                raise SourceError(
                    f"{', '.join(map(str, paths))} cannot be loaded: {error.message}",
                    hint="Correct the file; nothing was loaded.",
                ) from error
        # The planner knows nothing of a new table, and the models follow before the server looks by itself.
        self.execute(f"ANALYZE {table}")
        return rows

    def append_rows(self, relation: Relation, rows: pa.Table | PlainRows) -> None:
        """Add rows to a table in one COPY, and let the planner know them, as the dependent models run at once."""
        table, names = self.dialect.relation(relation), ", ".join(map(self.dialect.identifier, rows.column_names))
        with (
            self._translate_errors(),
            self.connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy,
        ):
            for row in rows_of(rows):
                copy.write_row(row)
        self.execute(f"ANALYZE {table}")

    def _copy(self, plain: Path, statement: str) -> int:
        with self._translate_errors(), self.connection.cursor() as cursor:
            with plain.open("rb") as file, cursor.copy(statement.encode()) as copy:
                while block := file.read(BLOCK):
                    copy.write(block)
            return int(cursor.rowcount)

    def view_of_files(self, paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions) -> str:
        """Refuse: the server does not see files of this machine."""
        raise UsageError(
            f"PostgreSQL cannot read {paths[0]} in place: --link works on DuckDB only.",
            hint="Load the files: `seed --from DIR` without --link.",
        )

    @contextmanager
    def exclusive(self, *schemas: str, read: Sequence[str] = ()) -> Iterator[None]:
        """Hold advisory locks; the server releases them when the connection ends, however it ends."""
        with ExitStack() as locks:
            for schema in sorted(set(schemas)):
                locks.enter_context(self._lock_schema(schema))
            for schema in sorted({*read} - {*schemas}):
                locks.enter_context(self._lock_schema(schema, "_shared"))
            yield

    @contextmanager
    def _lock_schema(self, schema: str, mode: str = "") -> Iterator[None]:
        keys = f"{LOCK}, pg_catalog.hashtext({self._literal(schema)})"
        ((is_locked,),) = self.query(f"SELECT pg_catalog.pg_try_advisory_lock{mode}({keys})")
        if not is_locked:
            activity = "writing" if mode else "using"
            raise TargetUnavailable(
                f"Another command is {activity} schema {schema} in {self.server}{self._lock_holder(schema)}.",
                hint="Wait for it to finish, then run again.",
                is_temporary=True,
            )
        try:
            yield
        finally:
            if not self.connection.closed:
                self.query(f"SELECT pg_catalog.pg_advisory_unlock{mode}({keys})")

    def _lock_holder(self, schema: str) -> str:
        rows = self.query(
            "SELECT a.usename, a.pid FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_activity AS a USING (pid)"
            f" WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = {LOCK}"
            " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"
            f" AND l.objid::bigint = pg_catalog.hashtext({self._literal(schema)})::bigint & 4294967295"
        )
        return f" (user {rows[0][0]}, PID {rows[0][1]})" if rows else ""

    @contextmanager
    def transaction(self, replaced: Sequence[Relation] = ()) -> Iterator[None]:
        """Commit what is executed inside, or on an exception none of it.

        All tables are locked in one statement: one after another, each meets readers that hold the next.
        """
        self.execute("BEGIN")
        try:
            self.execute(f"SET LOCAL lock_timeout = '{lock_retry.LOCK_TIMEOUT}'")
            if replaced:
                self.execute(f"LOCK TABLE {', '.join(map(self.dialect.relation, replaced))}")
            yield
        except BaseException:
            if not self.connection.closed:
                self.execute("ROLLBACK")
            raise
        try:
            self.execute("COMMIT")
        except TargetUnavailable as error:
            raise TargetUnavailable(
                f"{error.message} This happened during COMMIT: either everything was published or nothing.",
                hint="Run again when the server is back; that is safe in both cases.",
                is_temporary=True,
            ) from error

    def attempt(self, name: str, work: Callable[[], T]) -> T:
        """Do ``work`` again while others hold a lock that it needs; a connection that is lost ends the run."""
        return lock_retry.retry_while_locked(work, self._longest_session, lock_retry.RETRY_SECONDS)

    def _longest_session(self) -> str:
        """Name the session that has read for the longest time."""
        rows = self.query(
            "SELECT a.usename, a.pid FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_activity AS a USING (pid)"
            " WHERE l.locktype = 'relation' AND l.granted AND a.datname = pg_catalog.current_database()"
            " AND a.pid <> pg_catalog.pg_backend_pid() ORDER BY a.xact_start LIMIT 1"
        )
        return f". Longest-running session: user {rows[0][0]}, PID {rows[0][1]}" if rows else ""

    def erase_deleted(self, erasure: Erasure) -> str:
        """Rewrite the tables, one after the other: each is locked for everyone else in the meantime."""
        self.execute(f"SET lock_timeout = '{lock_retry.LOCK_TIMEOUT}'")
        return erase_each(self, erasure, vacuuming.COMMAND, self._rewrite)

    def _rewrite(self, statement: str, relation: Relation) -> str:
        """Rewrite a table and return why rows are left: that of another owner is skipped without an error."""
        name = self.dialect.literal(self.dialect.relation(relation))
        file = f"SELECT pg_catalog.pg_relation_filenode({name}::regclass)"
        before = self.query(file)
        with vacuuming.counting_kept_rows(self.connection) as kept_rows:
            self.attempt("vacuum", lambda: self.execute(statement))
        if self.query(file) == before:
            return OTHER_OWNER
        if not any(kept_rows):
            return ""
        holder = "".join(f" (user {user}, PID {pid})" for user, pid in self.query(vacuuming.OLDEST_TRANSACTION))
        return f"a transaction that began before the deletion is open{holder}"

    @contextmanager
    def session(self) -> Iterator[Self]:
        """Lend a second connection."""
        with type(self)(connect(self.server), self.server, self.dialect) as target:
            yield target

    def close(self) -> None:
        """Close the connection."""
        # A lost connection cannot be closed properly, and need not be.
        with suppress(psycopg.Error):
            self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _literal(self, text: str) -> str:
        return self.dialect.literal(text)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Turn psycopg's errors into ours, and close a connection whose answer was not read to its end."""
        try:
            yield
        except psycopg.Error as error:
            self._close_unless_idle()
            raise self._explain(error) from error
        except GeneratorExit:
            # The rest of the rows is not needed; psycopg has cancelled the query and read the response.
            self._close_unless_idle()
            raise
        except BaseException:
            self.close()
            raise

    def _close_unless_idle(self) -> None:
        status = self.connection.info.transaction_status
        if status not in (TransactionStatus.IDLE, TransactionStatus.INTRANS, TransactionStatus.INERROR):
            self.close()

    def _explain(self, error: psycopg.Error) -> MarketingIbisError:
        reason = error.diag.message_primary or str(error).strip() or type(error).__name__
        if self.connection.closed:
            return TargetUnavailable(
                f"The connection to {self.server} was lost: {reason.splitlines()[0]}",
                hint="Tables that were not yet published are unchanged. Run again when the server is back.",
                is_temporary=True,
            )
        if isinstance(error, lock_retry.LOCK_ERRORS):
            return lock_retry.LockUnavailable(reason)
        if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
            return TargetUnavailable(
                f"{self.server} is read-only: {reason}.",
                hint="Name the primary server in profiles.yml, or have default_transaction_read_only turned off.",
            )
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            return TargetUnavailable(
                f"User {self.server.user} may not do this in {self.server}: {reason}.",
                hint="Have an administrator grant it: USAGE and SELECT on the sources, CREATE on the database or, where"
                " the schema of the models is there, ALL on it; the user must own the tables to be replaced.",
            )
        if isinstance(error, psycopg.errors.DependentObjectsStillExist):
            return RunFailed(f"{reason}: {error.diag.message_detail}")
        return ValueRefused(reason) if isinstance(error, VALUE_ERRORS) else RunFailed(reason, hint=reader_hint(reason))


def open_postgres(settings: Mapping[str, object]) -> PostgresTarget:
    """Connect to the server that the settings of a profile name.

    Raises:
        TargetUnavailable: it cannot be reached, or refuses.
    """
    server = Server.of(settings)
    return PostgresTarget(connect(server), server, postgres_dialect())
