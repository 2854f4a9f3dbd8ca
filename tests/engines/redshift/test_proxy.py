"""Amazon's driver talks to PostgreSQL through the proxy, and sees each fault as on a broken network."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import redshift_connector
from redshift_connector.error import InterfaceError, ProgrammingError

from tests.engines.redshift.proxy import Proxy, refused
from tests.postgres_server import fresh_database

LOST = (InterfaceError, OSError)


@pytest.fixture(scope="module")
def uri() -> Iterator[str]:
    with fresh_database() as uri:
        yield uri


@pytest.fixture
def proxy(uri: str) -> Iterator[Proxy]:
    with Proxy(uri) as proxy:
        yield proxy


def connect(proxy: Proxy, password: str = "none") -> redshift_connector.Connection:
    connection = redshift_connector.connect(
        host=proxy.host,
        port=proxy.port,
        user=proxy.user,
        database=proxy.database,
        password=password,
        ssl=False,
        # A prepared statement that the driver keeps is sent once, and the proxy sees it only then.
        max_prepared_statements=0,
    )
    connection.autocommit = True
    return connection


def query(proxy: Proxy, sql: str) -> list[list[object]]:
    with connect(proxy) as connection:
        return list(connection.cursor().execute(sql).fetchall())


def test_statements_and_rows_pass(proxy: Proxy) -> None:
    with connect(proxy) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TEMP TABLE t (n int, word text)")
        cursor.execute("INSERT INTO t VALUES (1, 'één'), (2, NULL)")
        assert cursor.rowcount == 2
        assert cursor.execute("SELECT * FROM t ORDER BY n").fetchall() == ([1, "één"], [2, None])
    assert proxy.count("^SELECT") == 1


def test_the_server_calls_itself_redshift(proxy: Proxy) -> None:
    with connect(proxy) as connection:
        assert (b"server_version", b"8.0.2") in connection.parameter_statuses


@pytest.mark.filterwarnings("ignore:ssl.:DeprecationWarning")
def test_ssl_is_declined(proxy: Proxy) -> None:
    with refused(InterfaceError, "refuses SSL"):
        redshift_connector.connect(
            host=proxy.host, port=proxy.port, user="u", password="p", database="d", ssl=True, sslmode="verify-ca"
        )


def test_statements_are_translated_to_any_length(uri: str) -> None:
    with Proxy(uri, translate=lambda sql: sql.replace("GETDATE()", "'" + "é" * 70000 + "'::text")) as proxy:
        ((text,),) = query(proxy, "SELECT GETDATE()")
    assert text == "é" * 70000


def test_what_cannot_be_translated_is_an_error_of_the_statement(uri: str) -> None:
    def refuse(sql: str) -> str:
        raise ValueError("it's odd")

    with Proxy(uri, translate=refuse) as proxy, connect(proxy) as connection:
        with pytest.raises(ProgrammingError, match="not translated: it's odd"):
            connection.cursor().execute("SELECT 1")
        proxy.translate = str
        assert connection.cursor().execute("SELECT 1").fetchall() == ([1],)


@pytest.mark.parametrize("method", ["md5", "cleartext"])
def test_a_password_is_asked_for(uri: str, method: str) -> None:
    with Proxy(uri, password="right", method=method) as proxy:  # type: ignore[arg-type]
        with connect(proxy, password="right") as connection:
            assert connection.cursor().execute("SELECT 1").fetchall() == ([1],)
        with refused(InterfaceError, "password authentication failed"):
            connect(proxy, password="wrong")


def test_a_statement_dropped_before_never_ran(proxy: Proxy) -> None:
    with connect(proxy) as connection:
        connection.cursor().execute("CREATE TABLE before (n int)")
        proxy.inject("INSERT", "drop_before")
        with pytest.raises(LOST):
            connection.cursor().execute("INSERT INTO before VALUES (1)")
    assert query(proxy, "SELECT count(*) FROM before") == [[0]]


def test_only_the_nth_match_is_struck_and_only_so_often(proxy: Proxy) -> None:
    fault = proxy.inject("SELECT 7", "error", nth=2, times=2)
    with connect(proxy) as connection:
        outcomes = []
        for _ in range(4):
            try:
                connection.cursor().execute("SELECT 7")
                outcomes.append("ok")
            except ProgrammingError:
                outcomes.append("error")
    assert outcomes == ["ok", "error", "error", "ok"]
    assert fault.seen == 4


def test_a_connection_dropped_after_an_answer_is_dead(proxy: Proxy) -> None:
    proxy.inject("SELECT 7", "drop_after")
    connection = connect(proxy)
    assert connection.cursor().execute("SELECT 7").fetchall() == ([7],)
    with pytest.raises(LOST):
        connection.cursor().execute("SELECT 8")
    connection.close()


def test_an_unanswered_commit_took_effect(proxy: Proxy) -> None:
    connection = connect(proxy)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE unanswered (n int)")
    cursor.execute("BEGIN")
    cursor.execute("INSERT INTO unanswered VALUES (1)")
    proxy.inject("^COMMIT", "drop_answer")
    with pytest.raises(LOST):
        cursor.execute("COMMIT")
    connection.close()
    assert query(proxy, "SELECT count(*) FROM unanswered") == [[1]]


def test_an_injected_error_fails_the_transaction(proxy: Proxy) -> None:
    proxy.inject("SELECT 7", "error", sqlstate="40001")
    with connect(proxy) as connection:
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        with pytest.raises(ProgrammingError) as caught:
            cursor.execute("SELECT 7")
        fields = caught.value.args[0]
        assert (fields["C"], fields["M"]) == ("40001", "1023")
        assert fields["D"].startswith("Serializable isolation violation")
        with pytest.raises(ProgrammingError, match="aborted"):
            cursor.execute("SELECT 8")
        cursor.execute("ROLLBACK")
        assert cursor.execute("SELECT 8").fetchall() == ([8],)


def test_a_delay_holds_one_session_up_not_the_others(proxy: Proxy) -> None:
    proxy.inject("SELECT 7", "delay", seconds=0.5)
    slow = threading.Thread(target=query, args=(proxy, "SELECT 7"))
    started = time.perf_counter()
    slow.start()
    assert query(proxy, "SELECT 8") == [[8]]
    assert time.perf_counter() - started < 0.5
    slow.join()
    assert time.perf_counter() - started >= 0.5


def test_kill_breaks_every_connection(proxy: Proxy) -> None:
    connections = [connect(proxy) for _ in range(3)]
    proxy.kill()
    for connection in connections:
        with pytest.raises(LOST):
            connection.cursor().execute("SELECT 1")
        connection.close()


def test_leaving_closes_the_port_and_the_thread(uri: str) -> None:
    with Proxy(uri) as proxy:
        connection = connect(proxy)
    with pytest.raises(LOST):
        connection.cursor().execute("SELECT 1")
    connection.close()
    with refused(InterfaceError, "communication error"):
        connect(proxy)
    assert not [thread for thread in threading.enumerate() if thread.name == "proxy"]
