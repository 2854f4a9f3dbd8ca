"""A loopback server between Amazon's Redshift driver and PostgreSQL, which also breaks connections on demand."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import hashlib
import re
import secrets
import struct
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Literal, Self, TypeVar

import pytest
from psycopg.conninfo import conninfo_to_dict

T = TypeVar("T")
Action = Literal["drop_before", "drop_after", "drop_answer", "error", "delay"]

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
KNOWN_TO_POSTGRES = {"user", "database", "application_name", "client_encoding", "options", "replication"}
REDSHIFT_VERSION = "8.0.2"
"""Redshift calls itself PostgreSQL 8.0.2, and the driver reads versions as Python packages have them."""

SERIALIZATION_FAILURE = "Serializable isolation violation on table - 100234, transactions forming the cycle are: 1, 2"


@dataclass(slots=True)
class Fault:
    """A fault for statements that match ``pattern``, from the ``nth`` on and ``times`` times.

    ``drop_before`` breaks the connection instead of passing the statement on, ``drop_after`` when it is answered,
    ``drop_answer`` when it took effect but before the client receives the reply.
    """

    pattern: str
    action: Action
    nth: int = 1
    times: int = 1
    seconds: float = 0.0
    sqlstate: str = "40001"
    message: str = "1023"
    detail: str = SERIALIZATION_FAILURE
    seen: int = field(default=0, init=False)

    def strikes(self, sql: str) -> bool:
        """Count ``sql`` if it matches, and return whether this is its turn."""
        if not re.search(self.pattern, sql, re.I | re.S):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


class Proxy:
    """Lets redshift_connector talk to the PostgreSQL server at ``uri``; use it as a context manager.

    ``translate`` rewrites every statement. A statement is seen when it is parsed, so connect with
    ``max_prepared_statements=0``: the driver sends those that it keeps prepared once only. With ``password`` the
    proxy asks for it itself, by ``method``.
    """

    def __init__(
        self,
        uri: str,
        *,
        translate: Callable[[str], str] = str,
        password: str | None = None,
        method: Literal["md5", "cleartext"] = "md5",
    ) -> None:
        self.server = {key: str(value) for key, value in conninfo_to_dict(uri).items()}
        self.translate = translate
        self.password = password
        self.method = method
        self.faults: list[Fault] = []
        self.statements: list[str] = []
        self.host, self.port = "127.0.0.1", 0
        self._sessions: set[_Session] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    @property
    def database(self) -> str:
        """The database that the URI names."""
        return self.server["dbname"]

    @property
    def user(self) -> str:
        """The user that the URI names."""
        return self.server["user"]

    def inject(self, pattern: str, action: Action, **options: object) -> Fault:
        """Break what matches ``pattern``; options are the fields of Fault."""
        self.faults.append(Fault(pattern, action, **options))  # type: ignore[arg-type]
        return self.faults[-1]

    def kill(self) -> None:
        """Break every connection."""

        async def drop() -> None:
            for session in tuple(self._sessions):
                session.drop()

        self._run(drop())

    def count(self, pattern: str) -> int:
        """Return how many statements matched ``pattern``."""
        return sum(1 for sql in self.statements if re.search(pattern, sql, re.I | re.S))

    def receives(self, pattern: str) -> Callable[[], bool]:
        """Return a function that says whether a statement that matches ``pattern`` has come since."""
        before = self.count(pattern)
        return lambda: self.count(pattern) > before

    def __enter__(self) -> Self:
        self._thread.start()
        self._listener = self._run(asyncio.start_server(self._serve, self.host, 0))
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *exception: object) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _stop(self) -> None:
        self._listener.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self, reader, writer)
        self._sessions.add(session)
        # Clients and servers that disappear are the purpose of this class.
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await session.run()
        self._sessions.discard(session)
        await session.close()

    async def connect_to_server(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection to PostgreSQL."""
        host, port = self.server.get("host", "localhost"), self.server.get("port", "5432")
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(port))


@contextlib.contextmanager
def left_sockets() -> Iterator[None]:
    """Collect the sockets that a failed login leaves open, among new objects: all would take a second."""
    gc.freeze()
    yield
    _collect()


def collect_all_left() -> None:
    """Collect those, too, that something still held when a later block made them old objects."""
    gc.unfreeze()
    _collect()


def _collect() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@contextlib.contextmanager
def refused(error: type[Exception], match: str = "") -> Iterator[pytest.ExceptionInfo[Exception]]:
    """Expect a login to fail."""
    with left_sockets():
        with pytest.raises(error, match=match) as caught:
            yield caught
        caught.value.__traceback__ = None


class _Session:
    """One client, and its connection to the server."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.proxy = proxy
        self.reader, self.client = reader, writer
        self.server: asyncio.StreamWriter | None = None
        self.fault: Fault | None = None
        self.is_executing = False

    async def run(self) -> None:
        """Pass messages both ways until one side ends."""
        startup = await self._read_startup()
        if startup is None or not await self._is_let_in(startup):
            return
        answers, self.server = await self.proxy.connect_to_server()
        self.server.write(_startup_message(startup))
        pumps = [asyncio.ensure_future(self._pass_requests()), asyncio.ensure_future(self._pass_answers(answers))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    def drop(self) -> None:
        """Break the connection, whatever is under way."""
        for writer in self._writers():
            writer.transport.abort()

    async def close(self) -> None:
        """Close both connections."""
        for writer in self._writers():
            writer.close()
        for writer in self._writers():
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    def _writers(self) -> Iterator[asyncio.StreamWriter]:
        yield from (writer for writer in (self.client, self.server) if writer)

    async def _read_startup(self) -> dict[str, str] | None:
        while True:
            length, code = struct.unpack("!II", await self.reader.readexactly(8))
            body = await self.reader.readexactly(length - 8)
            if code == CANCEL_REQUEST:
                _, writer = await self.proxy.connect_to_server()
                writer.write(struct.pack("!II", length, code) + body)
                writer.close()
                await writer.wait_closed()
                return None
            if code not in (SSL_REQUEST, GSS_REQUEST):
                words = body.decode().split("\0")
                return dict(zip(words[0:-2:2], words[1:-2:2], strict=True))
            self.client.write(b"N")

    async def _is_let_in(self, startup: dict[str, str]) -> bool:
        password, user = self.proxy.password, startup["user"]
        if password is None:
            return True
        salt = secrets.token_bytes(4)
        is_md5 = self.proxy.method == "md5"
        self.client.write(_message(b"R", struct.pack("!I", 5) + salt if is_md5 else struct.pack("!I", 3)))
        _, answer = await _read_message(self.reader)
        # The driver sends a flush behind its password, which the server must not get before the login.
        await _read_message(self.reader)
        if answer.rstrip(b"\0") == (_md5_answer(password, user, salt) if is_md5 else password.encode()):
            return True
        # Redshift's words and code; PostgreSQL says 28P01.
        self.client.write(_error_response("28000", f'password authentication failed for user "{user}"'))
        await self.client.drain()
        return False

    async def _pass_requests(self) -> None:
        assert self.server
        async for kind, body in _messages(self.reader):
            if kind == b"Q":
                sql = await self._admit(body[:-1].decode())
                body = sql.encode() + b"\0"
            elif kind == b"P":
                name, text, types = body.split(b"\0", 2)
                body = b"\0".join((name, (await self._admit(text.decode())).encode(), types))
            self.is_executing = self.is_executing or kind in (b"Q", b"E")
            self.server.write(_message(kind, body))
            await self.server.drain()

    async def _admit(self, sql: str) -> str:
        """Return the statement that is sent to the server in place of ``sql``."""
        self.proxy.statements.append(sql)
        self.fault = next((fault for fault in self.proxy.faults if fault.strikes(sql)), None)
        match self.fault:
            case Fault(action="drop_before"):
                self.drop()
                raise ConnectionAbortedError
            case Fault(action="error") as fault:
                return _raising(fault.sqlstate, fault.message, fault.detail)
            case Fault(action="delay") as fault:
                await asyncio.sleep(fault.seconds)
        try:
            return self.proxy.translate(sql)
        except Exception as error:  # whatever the hook raises is an error of the statement
            return _raising("0A000", f"not translated: {error}", "")

    async def _pass_answers(self, answers: asyncio.StreamReader) -> None:
        async for kind, body in _messages(answers):
            action = self.fault.action if self.fault and self.is_executing else None
            if action != "drop_answer":
                self.client.write(_message(kind, _as_redshift(kind, body)))
                await self.client.drain()
            if kind == b"Z" and self.is_executing:
                self.is_executing = False
                if action in ("drop_after", "drop_answer"):
                    return


async def _messages(reader: asyncio.StreamReader) -> AsyncIterator[tuple[bytes, bytes]]:
    while True:
        yield await _read_message(reader)


async def _read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind, length = struct.unpack("!cI", await reader.readexactly(5))
    return kind, await reader.readexactly(length - 4)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def _startup_message(startup: dict[str, str]) -> bytes:
    words = [word for key, value in startup.items() if key in KNOWN_TO_POSTGRES for word in (key, value)]
    body = struct.pack("!I", 3 << 16) + "".join(f"{word}\0" for word in words).encode() + b"\0"
    return struct.pack("!I", len(body) + 4) + body


def _as_redshift(kind: bytes, body: bytes) -> bytes:
    if kind == b"S" and body.startswith(b"server_version\0"):
        return f"server_version\0{REDSHIFT_VERSION}\0".encode()
    return body


def _md5_answer(password: str, user: str, salt: bytes) -> bytes:
    inner = hashlib.md5(f"{password}{user}".encode()).hexdigest().encode()
    return b"md5" + hashlib.md5(inner + salt).hexdigest().encode()


def _error_response(sqlstate: str, message: str) -> bytes:
    fields = {"S": "FATAL", "C": sqlstate, "M": message}
    return _message(b"E", "".join(f"{key}{value}\0" for key, value in fields.items()).encode() + b"\0")


def _raising(sqlstate: str, message: str, detail: str) -> str:
    """Return a statement that fails with the given error, so that the server's transaction fails with it."""
    quoted = ["'" + text.replace("'", "''") + "'" for text in (message, sqlstate, detail)]
    using = f"ERRCODE = {quoted[1]}, DETAIL = {quoted[2]}"
    return f"DO $raise$ BEGIN RAISE EXCEPTION '%', {quoted[0]} USING {using}; END $raise$"
