"""A query on PostgreSQL that is interrupted: the connection is closed, and no later query receives its result."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, TargetUnavailable
from tests.engines.postgres.warehouse import settings_of
from tests.interrupting import alarm
from tests.postgres_server import fresh_database

NUMBERS = "SELECT number::bigint FROM generate_series(1, 200000) AS number"
SCHEMA = pa.schema([("number", pa.int64())])
CAUSES = (KeyboardInterrupt(), SystemExit(143), TimeoutError("took too long"))


@pytest.fixture(scope="module")
def uri() -> Iterator[str]:
    with fresh_database() as address:
        yield address


@pytest.fixture
def target(uri: str) -> Iterator[Target]:
    with ENGINES["postgres"].open(settings_of(uri)) as opened:
        yield opened


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: type(cause).__name__)
def test_a_query_that_is_interrupted_ends_its_connection(target: Target, cause: BaseException) -> None:
    with pytest.raises(type(cause)), alarm(cause):
        target.query("SELECT 1 FROM pg_sleep(5)")
    with pytest.raises(TargetUnavailable, match=r"connection to database .* was lost"):
        target.query("SELECT 42")


def test_rows_that_cannot_be_read_end_the_connection(target: Target) -> None:
    with pytest.raises(pa.ArrowInvalid):
        list(target.batches("SELECT 'x' FROM generate_series(1, 100000)", SCHEMA))
    with pytest.raises(TargetUnavailable):
        target.query("SELECT 42")


def test_rows_that_nobody_wants_any_more_leave_the_connection_as_it_was(target: Target) -> None:
    batches = target.batches(NUMBERS, SCHEMA)
    assert next(batches).num_rows
    batches.close()  # type: ignore[attr-defined]
    assert [target.query(f"SELECT {n}") for n in (42, 43)] == [[(42,)], [(43,)]]


def test_a_statement_that_the_server_refuses_leaves_the_connection(target: Target) -> None:
    with pytest.raises(RunFailed):
        target.query("SELECT 1 / 0")
    assert target.query("SELECT 42") == [(42,)]
