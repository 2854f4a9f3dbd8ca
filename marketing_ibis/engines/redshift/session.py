"""One session on Redshift: statements go in, rows or a named failure come out."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from marketing_ibis.engines.redshift import gate
from marketing_ibis.engines.redshift.errors import ConnectionLost, answer_in, statement_failure
from marketing_ibis.engines.redshift.login import Login
from marketing_ibis.errors import RunFailed, TargetUnavailable

CUT_SHORT = "is_cut_short"
"""Marks a connection of the driver that was closed within an answer."""


def guarded(connection: Any) -> Any:
    """Return a connection that closes itself when a query is cut short, also one on the driver's own cursor.

    The driver's own cursors would go on reading where they stopped.
    """
    execute = connection.execute

    def guarded_execute(*arguments: Any, **options: Any) -> Any:
        try:
            return execute(*arguments, **options)
        except BaseException as error:
            # The driver raises what the server reported once it has read all of the answer, and not before.
            if answer_in(error) is None:
                setattr(connection, CUT_SHORT, True)
                _close(connection)
            raise

    connection.execute = guarded_execute
    return connection


def _close(connection: Any) -> None:
    # The connection may be broken in any way, and is given up all the same.
    with contextlib.suppress(Exception):
        connection.close()


class Session:
    """A connection that is opened when it is first needed, and again after it was lost or abandoned.

    Once a query is cut short within its answer, the driver would return the rest of that answer to the next query.
    So whatever interrupts a query, Ctrl-C included, ends the connection; only an error that the server reported and
    that the driver read to its end does not.
    """

    def __init__(self, login: Login) -> None:
        self.login = login
        self.is_in_transaction = False
        self._connection: Any = None
        # The driver's connections must not be used by two threads at a time.
        self._lock = threading.RLock()

    @property
    def is_open(self) -> bool:
        """Whether there is a connection that was not cut short."""
        return self._connection is not None and not getattr(self._connection, CUT_SHORT, False)

    def connect(self) -> Any:
        """Return the open connection.

        Raises:
            TargetUnavailable: no connection came about.
        """
        with self._lock:
            if not self.is_open:
                self._connection = None
            if self._connection is None:
                if self.is_in_transaction:
                    raise ConnectionLost("The connection to Redshift was lost within a transaction.")
                self._connection = guarded(self.login.connect())
                self._set_up()
            return self._connection

    def _set_up(self) -> None:
        try:
            for statement in self.login.session:
                self.run(statement)
        except RunFailed as error:
            self.close()
            raise TargetUnavailable(
                f"The session cannot be set up: {error.message}",
                hint=f"Check role in {self.login.advice.place}.",
                is_temporary=error.is_temporary,
            ) from error
        except BaseException:
            # A session without its role or time zone must not be used.
            self.close()
            raise

    def run(self, sql: str) -> Any:
        """Return the cursor of one statement, which passed the gate.

        Raises:
            RefusedByRedshift: AWS documents no such statement; nothing was sent.
            RunFailed: Redshift refused it, or the connection broke.
        """
        gate.require(sql, in_transaction=self.is_in_transaction)
        with self._lock:
            connection = self.connect()
            try:
                # What the server said of an earlier statement explains nothing of this one.
                connection.error = None
                cursor = connection.cursor()
                # Without parameters the driver leaves a per cent sign alone.
                cursor.execute(sql)
            except Exception as error:  # within a broken answer the driver fails in many ways
                failure = statement_failure(error, connection.error, self.login.secrets, self.login.advice)
                # The driver raises what the server reported once it has read all of the answer, and not before.
                is_read_to_its_end = answer_in(error) is not None
            except BaseException:
                self._part()
                raise
            else:
                return cursor
            if isinstance(failure, ConnectionLost) or not is_read_to_its_end:
                self._part()
        raise failure

    def rows(self, sql: str) -> Sequence[Sequence[object]]:
        """Return every row of a query."""
        rows: Sequence[Sequence[object]] = self.run(sql).fetchall()
        return rows

    def begin(self) -> None:
        """Start a transaction."""
        self.run("BEGIN")
        self.is_in_transaction = True

    def commit(self) -> None:
        """Commit the transaction.

        Raises:
            ConnectionLost: the answer was lost; the transaction may have been committed.
        """
        try:
            self.run("COMMIT")
        except BaseException:
            self.roll_back()
            raise
        self.is_in_transaction = False

    def roll_back(self) -> None:
        """Undo the transaction, if there is one; a lost connection has undone it."""
        is_open, self.is_in_transaction = self.is_in_transaction, False
        if is_open and self._connection is not None:
            self.run("ROLLBACK")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is run inside, or on an exception none of it; within another transaction as a part of that."""
        if self.is_in_transaction:
            yield
            return
        try:
            self.begin()
            yield
        except Exception:
            self.roll_back()
            raise
        except BaseException:
            # It is unknown how much of the transaction has arrived.
            self.close()
            raise
        self.commit()

    def close(self) -> None:
        """End the session, and with it the transaction."""
        self.is_in_transaction = False
        self._part()

    def _part(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            _close(connection)
