"""Keep a second build out of a schema, by a lock that Redshift releases when its session ends."""

from __future__ import annotations

import logging
import time
import uuid

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.redshift.errors import ConnectionLost
from marketing_ibis.engines.redshift.session import Session
from marketing_ibis.errors import RunFailed, TargetUnavailable

LOCK_TABLE = "marketing_ibis_lock"
"""Is in the schema of the models; contains one row, the build that last had the lock."""

QUIET_SECONDS = 2.0
"""A build that waits longer than this says what it waits for."""

log = logging.getLogger("marketing_ibis")


class SchemaLock:
    """An ACCESS EXCLUSIVE lock on a table of the schema, held in a transaction of a session of its own.

    LOCK waits for the current holder, and the end of the session releases it, however it ends:
    https://docs.aws.amazon.com/redshift/latest/dg/r_LOCK.html. If the session was lost and the lock is acquired again,
    the row in the table shows whether another build had it in between.
    """

    def __init__(self, session: Session, dialect: Dialect, schema: str, wait_seconds: float) -> None:
        self.session = session
        self.schema = schema
        self.wait_seconds = wait_seconds
        self.holder = uuid.uuid4().hex
        self._table = dialect.relation(Relation(schema, LOCK_TABLE))
        self._holder = dialect.literal(self.holder)

    def acquire(self) -> None:
        """Wait for the lock and sign for it.

        Raises:
            TargetUnavailable: another build holds it, and still does when the wait is over.
        """
        deadline = time.monotonic() + self.wait_seconds
        self.session.roll_back()
        while True:
            self._lock(deadline)
            self.session.run(f"DELETE FROM {self._table}")
            self.session.run(f"INSERT INTO {self._table} VALUES ({self._holder})")
            self.session.commit()
            # What is written under the lock is seen by others when it is let go, so it must be taken again.
            self._lock(deadline)
            if self._is_signed():
                return
            self.session.roll_back()

    def confirm(self) -> None:
        """Make sure that no other build had the lock since it was acquired.

        Raises:
            RunFailed: one had it, or has it.
        """
        try:
            self.session.rows("SELECT 1")
        except ConnectionLost:
            self.session.roll_back()
            self._lock(time.monotonic() + self.wait_seconds)
            if not self._is_signed():
                raise RunFailed(
                    f"The lock on schema {self.schema} was lost with its session, and another build has run since.",
                    hint="Run again when it is done.",
                    is_temporary=True,
                ) from None

    def release(self) -> None:
        """Let the next build in."""
        self.session.close()

    def _is_signed(self) -> bool:
        return [list(row) for row in self.session.rows(f"SELECT holder FROM {self._table}")] == [[self.holder]]

    def _lock(self, deadline: float) -> None:
        if not self._lock_within(min(QUIET_SECONDS, deadline - time.monotonic())):
            seconds_left = max(deadline - time.monotonic(), 0)
            if seconds_left:
                log.warning(
                    "Another command is writing schema %s; waiting up to %.0f s for it.", self.schema, seconds_left
                )
            # Without any time left, the statement that begins the transaction would be the one to time out.
            if not seconds_left or not self._lock_within(seconds_left):
                raise TargetUnavailable(
                    f"Another command has been writing schema {self.schema} for {self.wait_seconds:.0f} seconds.",
                    hint="Run again when it is done. If none is running, end the session that locks the table "
                    f"{self._table}: SELECT pid FROM svv_transactions, then SELECT pg_terminate_backend(pid).",
                    is_temporary=True,
                )

    def _lock_within(self, seconds: float) -> bool:
        """Start a transaction with the lock; return whether it was acquired in time."""
        # Of 0, Redshift would wait for ever.
        self.session.run(f"SET statement_timeout TO {max(int(seconds * 1000), 1)}")
        self.session.begin()
        try:
            self.session.run(f"LOCK TABLE {self._table}")
        except RunFailed as error:
            self.session.roll_back()
            # "Query (150) canceled on user's request" is how Redshift reports a timeout.
            if "cancel" in error.message:
                return False
            raise
        self.session.run("SET statement_timeout TO 0")
        return True
