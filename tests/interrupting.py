"""Interrupt the main thread, as Ctrl-C, a supervisor or a time limit does."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 0.2


@contextmanager
def alarm(raised: BaseException, once: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Raise in the main thread ``SECONDS`` after ``once`` became true, as when a server has received a query.

    On a busy machine a fixed time may be over before the query is sent, and anything else would be interrupted.
    """
    done = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        raise raised

    def ring() -> None:
        while not once():
            if done.wait(0.01):
                return
        if not done.wait(SECONDS):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)

    earlier = signal.signal(signal.SIGALRM, handle)
    bell = threading.Thread(target=ring)
    bell.start()
    try:
        yield
    finally:
        done.set()
        bell.join()
        signal.signal(signal.SIGALRM, earlier)
