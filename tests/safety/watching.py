"""The state of a schema that a reader sees, in one statement or in one transaction of many."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence

Rows = list[tuple[object, ...]]
Query = Callable[[str], Rows]
State = dict[str, str]
"""The number of rows and a digest of them, by relation; or the reader's ``error``."""

DIGESTS = {"duckdb": "bit_xor(hash(t))", "postgres": "sum(hashtext(t::text)::numeric)"}

SHARES = (
    "CAST(attributed_customers AS DECIMAL(18, 6)) AS customers, CAST(attributed_revenue AS DECIMAL(18, 6)) AS revenue"
)
EXACT = {"attribution_models": f"attribution_model, channel, {SHARES}"}
"""What to digest if columns are sums of fractions, whose last digit depends on the order of the rows."""


def look_at_once(query: Query, engine: str, schema: str, names: Sequence[str]) -> State:
    """Return the state of all relations in one statement."""
    return _state(query(" UNION ALL ".join(_question(engine, schema, name) for name in names)))


def look_in_turn(query: Query, engine: str, schema: str, names: Sequence[str]) -> State:
    """Return the state with one statement per relation; the caller decides whether they are one transaction."""
    return _state([row for name in names for row in query(_question(engine, schema, name))])


def standing(query: Query, schema: str) -> list[str]:
    """Return the names of every table and view of a schema, candidates included."""
    rows = query(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}' ORDER BY 1")
    return [str(row[0]) for row in rows]


def _question(engine: str, schema: str, name: str) -> str:
    rows = f"(SELECT {EXACT[name]} FROM {schema}.{name})" if name in EXACT else f"{schema}.{name}"
    return f"SELECT '{name}' AS name, count(*) AS n, {DIGESTS[engine]} AS digest FROM {rows} AS t"


def _state(rows: Rows) -> State:
    return {str(name): f"{count} {digest}" for name, count, digest in rows}


class Reader:
    """A thread that reads repeatedly, in one statement and in several, and passes on each state that it sees."""

    def __init__(
        self, query: Query, engine: str, schema: str, names: Sequence[str], hand_on: Callable[[State], None]
    ) -> None:
        self.query = query
        self.look = (engine, schema, names)
        self.hand_on = hand_on
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._read, daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self.thread.start()

    def stop(self) -> None:
        """Finish the current read."""
        self.ending.set()
        self.thread.join()

    def _read(self) -> None:
        # A pause between reads, or the build would wait for the CPU.
        while not self.ending.wait(0.03):
            for look in (self._at_once, self._in_turn):
                try:
                    self.hand_on(look())
                except Exception as error:  # the test evaluates any error of a reader
                    self.hand_on({"error": str(error)})

    def _at_once(self) -> State:
        return look_at_once(self.query, *self.look)

    def _in_turn(self) -> State:
        engine, schema, names = self.look
        self.query("BEGIN")
        try:
            return look_in_turn(self.query, engine, schema, names)
        finally:
            self.query("ROLLBACK")


def note_in(path: str) -> Callable[[State], None]:
    """Return a function that writes each new state to a file at once: the process may be killed the next moment."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    last: list[str] = []

    def note(state: State) -> None:
        line = json.dumps(state, sort_keys=True)
        if last != [line]:
            os.write(file, f"{line}\n".encode())
            last[:] = [line]

    return note
