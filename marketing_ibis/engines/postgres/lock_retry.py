"""Give way to readers: a transaction that waits for a lock releases its own locks, and tries again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import psycopg

from marketing_ibis.engines.target import T
from marketing_ibis.errors import RunFailed

LOCK_TIMEOUT = "200ms"
"""How long a publishing transaction waits for one lock, and makes new readers wait behind it.

Well below deadlock_timeout, one second by default: of a reader and a build that wait for each other
the build gives way, and the reader does not notice.
"""
RETRY_SECONDS = 600.0
"""How long publishing is tried: as long as a build waits for another one on Redshift."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 2.0
LOCK_ERRORS = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


class LockUnavailable(RunFailed):
    """A lock that is needed is held by another session."""


def retry_while_locked(work: Callable[[], T], lock_holder: Callable[[], str], seconds: float) -> T:
    """Return what ``work`` gives; do it again for ``seconds`` seconds where others hold a lock that it needs.

    Raises:
        RunFailed: they still hold it; the message names the ``lock_holder``.
    """
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return work()
        except LockUnavailable as error:
            if time.monotonic() >= deadline:
                raise RunFailed(
                    f"timed out after {seconds:g} s waiting for locks on the tables to be replaced{lock_holder()}.",
                    hint="End that session: pg_stat_activity shows it as active or idle in transaction.",
                    is_temporary=True,
                ) from error
        # Not in step with a reader that comes again and again.
        time.sleep(random.uniform(0.5, 1.0) * pause)  # noqa: S311
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
