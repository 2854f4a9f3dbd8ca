"""A query that is interrupted: the session never returns the rest of its result for the next query."""

from __future__ import annotations

import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from marketing_ibis.engines.redshift.errors import ConnectionLost
from marketing_ibis.engines.redshift.ibis_backend import Backend
from marketing_ibis.engines.redshift.login import Login
from marketing_ibis.engines.redshift.session import Session
from marketing_ibis.errors import RunFailed
from tests.engines.redshift.proxy import Proxy
from tests.engines.redshift.warehouse import PASSWORD, cluster, open_target
from tests.interrupting import alarm


@dataclass
class Wire:
    """A driver's connection: results arrive in the order of the queries, whichever thread reads them."""

    answers: deque[object] = field(default_factory=deque)
    failure: BaseException | None = None
    error: object = None
    is_closed: bool = False
    asking: int = 0

    def cursor(self) -> Wire:
        return self

    def execute(self, sql: str) -> None:
        assert not self.is_closed
        self.asking += 1
        assert self.asking == 1, "two threads use one connection"
        self.answers.append(sql)
        failure, self.failure = self.failure, None
        self.asking -= 1
        if failure:
            raise failure
        self.rows = [(self.answers.popleft(),)]

    def fetchall(self) -> list[tuple[object]]:
        return self.rows

    def close(self) -> None:
        self.is_closed = True


class Wires(Login):
    """A login that keeps the connections it has opened."""

    def connect(self) -> Any:
        self.arguments["wires"].append(Wire())
        return self.arguments["wires"][-1]


def fake_session(*statements: str) -> tuple[Session, list[Wire]]:
    wires: list[Wire] = []
    return Session(Wires({}, {"wires": wires}, statements)), wires


FAILURES = (
    KeyboardInterrupt(),
    SystemExit(143),
    GeneratorExit(),
    TimeoutError("timed out"),
    MemoryError(),
    struct.error("unpack requires a buffer of 5 bytes"),
    ValueError("invalid literal for int()"),
    IndexError("index out of range"),
)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_whatever_cuts_a_query_short_ends_the_connection(failure: BaseException) -> None:
    session, wires = fake_session()
    assert session.rows("SELECT 1 AS a") == [("SELECT 1 AS a",)]
    wires[0].failure = failure
    with pytest.raises((type(failure), RunFailed)):
        session.rows("SELECT 2 AS a")
    assert wires[0].is_closed
    assert [session.rows(f"SELECT {n} AS a") for n in (3, 4)] == [[("SELECT 3 AS a",)], [("SELECT 4 AS a",)]]


def test_an_error_that_the_server_reported_leaves_the_connection() -> None:
    session, wires = fake_session()
    session.rows("SELECT 1 AS a")
    wires[0].failure = RuntimeError({"C": "42703", "M": 'column "b" does not exist'})
    with pytest.raises(RunFailed, match='column "b" does not exist'):
        session.rows("SELECT 2 AS a")
    assert not wires[0].is_closed


@pytest.mark.parametrize("when", ["BEGIN", "SELECT 2 AS a", "COMMIT"])
def test_a_transaction_that_was_cut_short_is_not_gone_on_with(when: str) -> None:
    session, wires = fake_session()
    session.rows("SELECT 1 AS a")

    def cut_short() -> None:
        with session.transaction():
            session.rows("SELECT 2 AS a")

    wires[0].execute = _failing_at(wires[0].execute, when)  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        cut_short()
    assert wires[0].is_closed
    assert not session.is_in_transaction
    assert session.rows("SELECT 3 AS a") == [("SELECT 3 AS a",)]


def test_within_a_transaction_nothing_is_asked_of_another_connection() -> None:
    session, wires = fake_session()

    def go_on() -> None:
        with session.transaction():
            wires[0].failure = KeyboardInterrupt()
            with suppress(KeyboardInterrupt):
                session.rows("SELECT 2 AS a")
            session.rows("SELECT 3 AS a")

    with pytest.raises(ConnectionLost):
        go_on()
    assert len(wires) == 1


def test_a_session_that_was_not_set_up_to_its_end_is_not_used() -> None:
    session, wires = fake_session('SET ROLE "builder"')
    login = session.login
    first = Wire(failure=KeyboardInterrupt())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Wires, "connect", lambda self: first)
        with pytest.raises(KeyboardInterrupt):
            session.connect()
    assert first.is_closed
    session.rows("SELECT 1 AS a")
    assert len(wires) == 1
    assert login is session.login


def _failing_at(execute: Callable[[str], None], statement: str) -> Callable[[str], None]:
    def executed(sql: str) -> None:
        if sql == statement:
            raise KeyboardInterrupt
        execute(sql)

    return executed


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with cluster() as opened:
        yield opened


CAUSES = (KeyboardInterrupt(), SystemExit(143), TimeoutError("took too long"))


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: type(cause).__name__)
def test_the_driver_is_not_asked_again_after_an_interruption(proxy: Proxy, cause: BaseException) -> None:
    with open_target(proxy) as target:
        target.query("SELECT 41 AS a")
        with pytest.raises((type(cause), RunFailed)), alarm(cause, proxy.receives("takes_")):
            target.query("SELECT 1 AS takes_5000_ms")
        assert [target.query(f"SELECT {n} AS a") for n in (42, 43)] == [[(42,)], [(43,)]]


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: type(cause).__name__)
def test_nor_is_it_by_the_ibis_backend(proxy: Proxy, cause: BaseException) -> None:
    backend = Backend()
    backend.do_connect(
        host=proxy.host, port=proxy.port, user=proxy.user, password=PASSWORD, database=proxy.database, ssl=False
    )
    with pytest.raises((type(cause), RunFailed)), alarm(cause, proxy.receives("takes_")):
        backend.raw_sql("SELECT 1 AS takes_5000_ms")
    assert [backend._value(f"SELECT {n} AS a") for n in (42, 43)] == [42, 43]
    backend.disconnect()


def test_threads_that_share_a_session_get_their_own_answers(proxy: Proxy) -> None:
    with open_target(proxy) as target, ThreadPoolExecutor(4) as pool:
        barrier = threading.Barrier(4)

        def ask(n: int) -> bool:
            barrier.wait()
            return all(target.query(f"SELECT {m} AS a") == [(m,)] for m in range(n, n + 20))

        assert all(pool.map(ask, (100, 200, 300, 400)))
