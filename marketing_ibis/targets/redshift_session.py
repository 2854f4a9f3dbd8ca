"""One session on Redshift: statements go in, rows or a named failure come out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from marketing_ibis.dialects.redshift import gate
from marketing_ibis.errors import RunFailed, TargetUnavailable
from marketing_ibis.targets.redshift_failures import ConnectionLost, statement_failure
from marketing_ibis.targets.redshift_login import Login, import_driver


class Session:
    """A connection that is opened when it is first needed, and anew after it was lost."""

    def __init__(self, login: Login) -> None:
        self.login = login
        self.is_in_transaction = False
        self._connection: Any = None

    def connect(self) -> Any:
        """Return the open connection.

        Raises:
            TargetUnavailable: no connection came about.
        """
        if self._connection is None:
            if self.is_in_transaction:
                raise ConnectionLost("The connection to Redshift was lost within a transaction.")
            self._connection = self.login.connect()
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
                hint="Check role in profiles.yml.",
                is_temporary=error.is_temporary,
            ) from error

    def run(self, sql: str) -> Any:
        """Return the cursor of one statement, which passed the gate.

        Raises:
            RefusedByRedshift: AWS documents no such statement; nothing was sent.
            RunFailed: Redshift refused it, or the connection broke.
        """
        gate.require(sql, in_transaction=self.is_in_transaction)
        connection = self.connect()
        # What the server said of an earlier statement explains nothing of this one.
        connection.error = None
        try:
            cursor = connection.cursor()
            # Without parameters the driver leaves a per cent sign alone.
            cursor.execute(sql)
        except Exception as error:  # within a broken answer the driver fails in many ways
            failure = statement_failure(error, connection.error, self.login.secrets)
        else:
            return cursor
        if isinstance(failure, ConnectionLost):
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
        except RunFailed:
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
        """Commit what is run inside, or on an exception none of it."""
        self.begin()
        try:
            yield
        except Exception:
            self.roll_back()
            raise
        except BaseException:
            # Interrupted in the middle of an answer, the session understands nothing more.
            self.close()
            raise
        self.commit()

    def close(self) -> None:
        """End the session, and with it the transaction."""
        self.is_in_transaction = False
        self._part()

    def _part(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        # What goes wrong in parting concerns nobody any more.
        with contextlib.suppress(import_driver().Error, OSError):
            connection.close()
