"""The Ibis backend's sessions: transactions, interruptions, open connections and parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import ibis.common.exceptions as com
import pytest

from marketing_ibis.engines.redshift.ibis_backend import Backend
from marketing_ibis.engines.redshift.spelling import with_parameters
from marketing_ibis.errors import RefusedByRedshift, TargetUnavailable
from tests.engines.redshift.ibis_connection import driver, in_an_empty_schema, rows
from tests.engines.redshift.proxy import Proxy
from tests.engines.redshift.warehouse import cluster, query
from tests.interrupting import alarm

# Ibis 12 asks pandas 3 for an option that has had its day.
pytestmark = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with cluster() as proxy:
        yield proxy


@pytest.fixture
def con(proxy: Proxy) -> Iterator[Backend]:
    with in_an_empty_schema(proxy) as backend:
        yield backend


# Transactions


def test_a_transaction_is_committed_or_undone_as_a_whole(con: Backend, proxy: Proxy) -> None:
    with con.begin() as cursor:
        cursor.execute("CREATE TABLE t (id BIGINT)")
        cursor.execute("INSERT INTO t VALUES (%s)", [1])
        con.insert("t", {"id": [2]})
        assert cursor.execute("SELECT COUNT(*) FROM t").fetchall() == ([2],)
    assert rows(con.table("t")) == [(1,), (2,)]

    def fail() -> None:
        with con.begin():
            con.insert("t", {"id": [3]})
            raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        fail()
    assert query(proxy, "SELECT COUNT(*) FROM t") == [(2,)]


def test_what_is_sent_in_a_transaction_passes_the_gate(con: Backend) -> None:
    with pytest.raises(RefusedByRedshift), con.begin() as cursor:
        cursor.execute("SELECT STRING_AGG(a, ',') FROM t")


@pytest.mark.parametrize("cause", [KeyboardInterrupt(), SystemExit(1), TimeoutError()], ids=repr)
@pytest.mark.parametrize("way", ["a cursor of the driver", "a transaction", "rows", "pandas"])
def test_an_interrupted_query_shifts_no_answer(con: Backend, proxy: Proxy, way: str, cause: BaseException) -> None:
    slow = "SELECT 1 AS takes_5000_ms"

    def in_transaction() -> None:
        with con.begin() as cursor:
            cursor.execute(slow)

    asked: dict[str, Callable[[], object]] = {
        "a cursor of the driver": lambda: con.con.cursor().execute(slow),
        "a transaction": in_transaction,
        "rows": lambda: con._session.rows(slow),
        "pandas": lambda: con.sql(slow, schema={"takes_5000_ms": "int32"}).execute(),
    }
    with pytest.raises(BaseException), alarm(cause, proxy.receives("takes_")):  # noqa: B017, PT011
        asked[way]()
    assert [con.con.cursor().execute(f"SELECT {n} AS a").fetchall() for n in (42, 43)] == [([42],), ([43],)]
    assert con._session.rows("SELECT 44 AS a") == ([44],)


# Connections


def test_an_open_connection_is_used(proxy: Proxy, con: Backend) -> None:
    connection = driver(proxy)
    borrowed = Backend.from_connection(connection)
    made = borrowed.create_table("t", {"id": [1]})
    assert rows(made) == [(1,)]
    assert next(iter(borrowed.table("t").to_pyarrow_batches())).num_rows == 1
    assert borrowed != con
    with pytest.raises(KeyboardInterrupt), alarm(KeyboardInterrupt(), proxy.receives("takes_")):
        borrowed.raw_sql("SELECT 1 AS takes_5000_ms")
    with pytest.raises(TargetUnavailable, match="passed to from_connection is closed"):
        borrowed.list_tables()


def test_a_connection_within_a_transaction_is_not_taken_over(proxy: Proxy) -> None:
    connection = driver(proxy)
    connection.cursor().execute("SELECT 1")
    with pytest.raises(TargetUnavailable, match="is in a transaction"):
        Backend.from_connection(connection)
    connection.close()


# Parameters


def test_parameters_are_literals(con: Backend) -> None:
    word = "it's 100% \\ a 'test'"
    found = con.raw_sql("SELECT %s, %s, %s AS \"50%%s\", '%s %%'", [1, word, None]).fetchall()
    assert found == ([1, word, None, "%s %%"],)
    assert con.raw_sql("SELECT %(n)s + %(n)s", {"n": 2}).fetchall() == ([4],)
    assert con.raw_sql("SELECT %s", params=(True,)).fetchall() == ([True],)
    assert con.raw_sql("SELECT 5 % 3").fetchall() == ([2],)


@pytest.mark.parametrize(
    ("statement", "parameters", "words"),
    [
        ("SELECT %s", [], "more placeholders"),
        ("SELECT %s", [1, 2], "1 of the parameters"),
        ("SELECT %(a)s", {}, "no such key"),
        ("SELECT %d", [1], "%d is not a placeholder"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(statement: str, parameters: Any, words: str) -> None:
    with pytest.raises(com.IbisInputError, match=words):
        with_parameters(statement, parameters)
