"""Redshift: a cluster or a Serverless work group, through Amazon's driver."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self, cast

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.erasing import OTHER_OWNER, erase_each
from marketing_ibis.engines.existing_objects import Occupant, by_name
from marketing_ibis.engines.folded_names import FoldedNames
from marketing_ibis.engines.insert_rows import insert_statements
from marketing_ibis.engines.redshift.catalog import (
    attachment_queries,
    columns_of,
    content_query,
    occupants_query,
    owned_query,
    relations_elsewhere,
    relations_in,
    schemas_query,
)
from marketing_ibis.engines.redshift.dialect import redshift_dialect
from marketing_ibis.engines.redshift.errors import TEMPORARY_FAILURES, ConnectionLost, StatementCutShort
from marketing_ibis.engines.redshift.lock import LOCK_TABLE, SchemaLock
from marketing_ibis.engines.redshift.login import import_driver
from marketing_ibis.engines.redshift.profile_login import read_login, read_retries
from marketing_ibis.engines.redshift.session import Session
from marketing_ibis.engines.redshift.streaming import streamed
from marketing_ibis.engines.target import (
    BATCH_ROWS,
    Contents,
    Erasure,
    ReadOptions,
    RelationKind,
    T,
    batches_of,
    existing_kinds,
)
from marketing_ibis.errors import MarketingIbisError, RunFailed, TargetUnavailable, UsageError

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from marketing_ibis.engines.plain_rows import PlainRows

LABEL = "marketing_ibis"
KINDS = {"r": "table", "v": "view"}
RETRIES = 4
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 30.0
LOCK_WAIT_SECONDS = 600.0

log = logging.getLogger("marketing_ibis")


@contextmanager
def _retries_logged_once() -> Iterator[None]:
    """Drop stamina's events of our own retries, which are logged with the name of the model."""
    logger = logging.getLogger("stamina")

    def is_not_ours(record: logging.LogRecord) -> bool:
        return getattr(record, "stamina.callable", None) != LABEL

    logger.addFilter(is_not_ours)
    try:
        yield
    finally:
        logger.removeFilter(is_not_ours)


class RedshiftTarget:
    """A session on Redshift that is reopened when it is lost."""

    def __init__(
        self, session: Session, dialect: Dialect, *, retries: int, first_wait: float, lock_wait: float
    ) -> None:
        self.dialect = dialect
        self._session = session
        self._retries = retries
        self._first_wait = first_wait
        self._lock_wait = lock_wait
        self._locks: list[SchemaLock] = []

    @property
    def release(self) -> str:
        """Return nothing: FNV_HASH follows a published definition."""
        return ""

    def execute(self, sql: str) -> int | None:
        """Run one statement and return the number of rows that it wrote, where Redshift reports it."""
        row_count = int(self._session.run(sql).rowcount)
        return row_count if row_count >= 0 else None

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return every row of a SELECT."""
        return [tuple(row) for row in self._session.rows(sql)]

    def batches(self, sql: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a SELECT while a cursor of the server provides them."""
        rows = (tuple(row) for batch in streamed(self._session, sql, BATCH_ROWS) for row in batch)
        yield from batches_of(rows, schema)

    def whole_tables(self) -> AbstractContextManager[None]:
        """Do nothing: Redshift plans for reading tables as a whole."""
        return nullcontext()

    def relations(self, schema: str, database: str = "") -> Mapping[str, RelationKind]:
        """Return the tables and views of ``schema``, without the table that builds lock."""
        query = relations_elsewhere(self.dialect, schema, database) if database else relations_in(self.dialect, schema)
        rows = self.query(query)
        kinds: list[tuple[str, RelationKind]] = [(str(name), "view" if kind == "v" else "table") for name, kind in rows]
        return FoldedNames((name, kind) for name, kind in kinds if name != LOCK_TABLE)

    def columns(self, relation: Relation) -> Mapping[str, str]:
        """Return a relation's columns with Ibis' names of their types, in order."""
        columns = columns_of(self.query, self.dialect, relation)
        return FoldedNames((name, self.dialect.type_name(kind)) for name, kind in columns)

    def occupants(self, schema: str, names: Collection[str]) -> Mapping[str, Occupant]:
        """Return what exists under each name, in upper or lower case."""
        occupants = []
        attachments = self._attachments(schema, names)
        for name, letter, comment, oid in self.query(occupants_query(self.dialect, schema, names)):
            relation = Relation(schema, str(name))
            kind = KINDS.get(str(letter), "relation")
            columns = tuple(columns_of(self.query, self.dialect, relation))
            table_attachments = tuple(attachments.get(str(name), ()))
            occupants.append(Occupant(relation, kind, str(comment or ""), columns, table_attachments, int(str(oid))))
        return by_name(occupants, names, ignore_case=True)

    def _attachments(self, schema: str, names: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return users' additions to each table, described in words."""
        attachments: dict[str, list[str]] = {}
        for sort, query in attachment_queries(self.dialect, schema, names).items():
            for table, name in sorted((str(table), str(name)) for table, name in self.query(query)):
                attachments.setdefault(table, []).append(f"{sort} {name}")
        return attachments

    def versions(self, relations: Mapping[Relation, Sequence[str]]) -> Mapping[Relation, object]:
        """Return the number of rows, and a sum over what is in them."""
        return {
            relation: self.query(content_query(self.dialect, relation, relations[relation]))
            for relation in existing_kinds(self, relations)
        }

    def contents(self, relations: Mapping[Relation, Sequence[str]]) -> Mapping[Relation, Contents]:
        """Return the rows of each relation and a sum of their hashes."""
        contents = {}
        for relation in existing_kinds(self, relations):
            ((rows, digest),) = self.query(content_query(self.dialect, relation, relations[relation]))
            contents[relation] = Contents(cast("int", rows), str(digest))
        return contents

    def dependent_views(self, schema: str) -> Mapping[str, tuple[Relation, ...]]:
        """Return none: late-binding views read by name, and what they read can be replaced."""
        return {}

    def load_files(
        self, paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions, relation: Relation
    ) -> NoReturn:
        """Refuse: Redshift reads files from S3 only."""
        raise UsageError(
            f"Redshift cannot read {paths[0]}.",
            hint="Load the source tables with COPY from S3, or seed another target: --target duckdb.",
        )

    def append_rows(self, relation: Relation, rows: pa.Table | PlainRows) -> None:
        """Add rows to a table with INSERT statements, which AWS advises only for few rows.

        https://docs.aws.amazon.com/redshift/latest/dg/c_best-practices-multi-row-inserts.html
        """
        for statement in insert_statements(self.dialect, relation, rows):
            for approved in self.dialect.approve((statement,), f"Rows cannot be added to {relation}"):
                self.execute(approved)

    def view_of_files(self, paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions) -> NoReturn:
        """Refuse: Redshift reads files from S3 only."""
        self.load_files(paths, schema, options, Relation("", ""))

    @contextmanager
    def transaction(self, replaced: Sequence[Relation] = ()) -> Iterator[None]:
        """Commit what is executed inside, or on an exception none of it."""
        with self._session.transaction():
            yield
            for lock in self._locks:
                lock.confirm()

    @_retries_logged_once()
    def attempt(self, name: str, work: Callable[[], T]) -> T:
        """Return what ``work`` gives; do it again, on a new session if the old is lost, after failures that pass."""
        import stamina

        attempts = self._retries + 1
        retrying = stamina.retry_context(
            on=TEMPORARY_FAILURES,
            attempts=attempts,
            timeout=None,
            wait_initial=self._first_wait,
            wait_max=LONGEST_WAIT_SECONDS,
            wait_jitter=min(self._first_wait, 1.0),
        )
        for trial in retrying.with_name(LABEL, (), {}):
            with trial:
                try:
                    self._label(name)
                    return work()
                except TEMPORARY_FAILURES as error:
                    if trial.num >= attempts:
                        raise _final_error(error, attempts) from None
                    wait, reason = trial.next_wait, error.message.rstrip(".")
                    log.warning(
                        "%s: %s. Trying again in about %.1f s (%d of %d).", name, reason, wait, trial.num, self._retries
                    )
                    raise
        raise AssertionError("an attempt either returns or raises")

    def _label(self, name: str) -> None:
        # A group that the profile names decides in which queue of the cluster the statements wait.
        for statement in self.dialect.open_session(self._session.login.query_group or f"{LABEL}: {name}"):
            self._session.run(statement)

    def create_schema(self, schema: str) -> None:
        """Create ``schema`` unless it is there."""
        # Looked up first: CREATE SCHEMA needs rights on the database, even where the schema exists.
        if not self.query(schemas_query(self.dialect, schema)):
            self._create(f"CREATE SCHEMA IF NOT EXISTS {self.dialect.identifier(schema)}")

    @contextmanager
    def exclusive(self, *schemas: str, read: Sequence[str] = ()) -> Iterator[None]:
        """Create the schemas ``schemas`` unless they are there, and keep other commands from writing them.

        Schemas that are ``read`` are not locked: Redshift has no lock that several sessions can share, and a user who
        reads a schema may not be allowed to create the table that is locked.
        """
        with ExitStack() as sessions:
            try:
                for schema in sorted(set(schemas)):
                    self.attempt("lock", partial(self._prepare, schema))
                    lock = SchemaLock(Session(self._session.login), self.dialect, schema, self._lock_wait)
                    sessions.callback(lock.release)
                    self.attempt("lock", lock.acquire)
                    self._locks.append(lock)
                yield
            finally:
                self._locks.clear()

    def _prepare(self, schema: str) -> None:
        self.create_schema(schema)
        if not self._has_lock_table(schema):
            table = self.dialect.relation(Relation(schema, LOCK_TABLE))
            self._create(f"CREATE TABLE IF NOT EXISTS {table} (holder VARCHAR(64))")

    def _has_lock_table(self, schema: str) -> bool:
        return any(name == LOCK_TABLE for name, _ in self.query(relations_in(self.dialect, schema)))

    def _create(self, statement: str) -> None:
        try:
            self.execute(statement)
        except StatementCutShort:
            raise
        except RunFailed as error:
            # Two builds that begin together make the same: the one that comes second looks again.
            if "already exists" in error.message or "unique constraint" in error.message:
                raise StatementCutShort(error.message) from error
            raise

    def erase_deleted(self, erasure: Erasure) -> str:
        """Vacuum the tables, one after the other, while other users work.

        The transactions of our locks began before the rows were deleted, and would keep them.
        https://docs.aws.amazon.com/redshift/latest/dg/r_VACUUM_command.html
        """
        for lock in self._locks:
            lock.release()
        return erase_each(self, erasure, "VACUUM DELETE ONLY {} TO 100 PERCENT", self._vacuum)

    def _vacuum(self, statement: str, relation: Relation) -> str:
        """Vacuum a table and return why it was not: Redshift skips that of another owner without an error."""
        (approved,) = self.dialect.approve((statement,), "Deleted rows cannot be erased")
        self.attempt("vacuum", lambda: self.execute(approved))
        return "" if self.query(owned_query(self.dialect, relation)) else OTHER_OWNER

    @contextmanager
    def session(self) -> Iterator[Self]:
        """Lend a second session, which opens when it is used."""
        target = type(self)(
            Session(self._session.login),
            self.dialect,
            retries=self._retries,
            first_wait=self._first_wait,
            lock_wait=self._lock_wait,
        )
        with target:
            yield target

    def close(self) -> None:
        """End the session."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _final_error(error: MarketingIbisError, attempts: int) -> MarketingIbisError:
    message = f"{error.message.rstrip('.')}. It was tried {attempts} times." if attempts > 1 else error.message
    if isinstance(error, TargetUnavailable):
        return TargetUnavailable(message, hint=error.hint, is_temporary=error.is_temporary)
    advice = "Check whether the cluster is restarting, paused or resizing." if isinstance(error, ConnectionLost) else ""
    hint = advice or "Check whether other programs write to the same tables, and run again when they are done."
    return RunFailed(message, hint=hint, is_temporary=error.is_temporary)


def open_redshift(
    settings: Mapping[str, object], *, first_wait: float = FIRST_WAIT_SECONDS, lock_wait: float = LOCK_WAIT_SECONDS
) -> RedshiftTarget:
    """Log in with the settings of a dbt profile of type redshift.

    ``first_wait`` is the seconds before the first retry, which double with each; ``lock_wait`` those that a build
    waits for another.

    Raises:
        ConfigurationError: a setting is missing or unknown.
        TargetUnavailable: the driver is not installed, or the cluster cannot be reached or refuses the login.
    """
    import_driver()
    session = Session(read_login(settings))
    session.connect()
    retries = read_retries(settings, RETRIES)
    return RedshiftTarget(session, redshift_dialect(), retries=retries, first_wait=first_wait, lock_wait=lock_wait)
