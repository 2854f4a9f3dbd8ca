"""Have Ctrl-C stop a statement of DuckDB at once, and tell it as what it is."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

INTERRUPTED = "Query interrupted"
"""When DuckDB takes the signal from Python itself, it raises a plain RuntimeError with this text."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt where DuckDB raises that a statement was interrupted; also a decorator."""
    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except RuntimeError as error:
        if str(error) != INTERRUPTED:
            raise
        raise KeyboardInterrupt from None


class Watch:
    """Interrupts all open connections when SIGINT comes.

    Python's own handler runs when DuckDB gives back the thread that it computes in, which may take minutes, and never
    in other threads. So the signal is read from the file that the interpreter writes it to.
    """

    def __init__(self) -> None:
        self.connections: list[duckdb.DuckDBPyConnection] = []
        self._writer: socket.socket | None = None

    def add(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Interrupt ``connection`` too, from now on."""
        self.connections.append(connection)
        if self._writer is None and _can_handle_signals():
            self._begin()

    def remove(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Leave ``connection`` alone from now on."""
        if connection in self.connections:
            self.connections.remove(connection)
        if self._writer and not self.connections and _can_handle_signals():
            signal.set_wakeup_fd(-1)
            self._writer.close()
            self._writer = None

    def _begin(self) -> None:
        receiver, sender = socket.socketpair()
        sender.setblocking(False)
        previous = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
        if previous != -1:
            # An event loop has asked before.
            signal.set_wakeup_fd(previous, warn_on_full_buffer=False)
            receiver.close()
            sender.close()
            return
        self._writer = sender
        threading.Thread(target=self._look, args=(receiver,), name="ctrl-c", daemon=True).start()

    def _look(self, receiver: socket.socket) -> None:
        with receiver:
            while signals := receiver.recv(64):
                if signal.SIGINT in signals:
                    for connection in list(self.connections):
                        connection.interrupt()


WATCH = Watch()
"""Of this process: there is one file that signals are written to."""


def _can_handle_signals() -> bool:
    """Whether this thread can ask for signals, and SIGINT means that the user stops the program."""
    is_main = threading.current_thread() is threading.main_thread()
    return is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
