"""Interrupt the main thread, as Ctrl-C, a supervisor or a time limit does."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 0.3


@contextmanager
def alarm(raised: BaseException) -> Iterator[None]:
    """Raise in the main thread after ``SECONDS``."""

    def handle(number: int, frame: FrameType | None) -> None:
        raise raised

    earlier = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, earlier)
