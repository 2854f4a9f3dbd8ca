"""Readers and a publishing build on PostgreSQL: which waits for which, and what a transaction sees."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache

import psycopg
import pytest

from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import Result, run_plan
from marketing_ibis.build.seed import seed_files
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed
from tests.engines.postgres.warehouse import settings_of
from tests.paths import JAFFLE
from tests.postgres_server import fresh_database
from tests.warehouse import compiled_dataflow

MODELS = "dbt_marketing"
LAST = "customers"
"""The model that is built last: after it comes publishing."""


OLD, NEW = date(2018, 2, 15), date(2018, 4, 10)


@cache
def plan_of(day: date) -> Plan:
    dataflow = compiled_dataflow(day)
    return build_plan(dataflow, tuple(dataflow.models), ENGINES["postgres"].dialect(), Schemas())


def tables() -> list[str]:
    """Return the tables in the order in which a build locks them."""
    return [step.name for step in plan_of(OLD).steps() if step.kind == "table"]


@pytest.fixture(scope="module")
def uri() -> Iterator[str]:
    with fresh_database() as address:
        sources = compiled_dataflow(OLD).sources.values()
        with ENGINES["postgres"].open(settings_of(address)) as target:
            contracts = {source.declaration.table: source.schema for source in sources}
            seed_files(target, JAFFLE, contracts, "dbt_production")
        yield address


@pytest.fixture
def target(uri: str) -> Iterator[Target]:
    with ENGINES["postgres"].open(settings_of(uri)) as opened:
        assert run_plan(plan_of(OLD), opened).published
        yield opened


@pytest.fixture
def reader(uri: str) -> Iterator[psycopg.Connection[tuple[int]]]:
    with psycopg.connect(uri) as connection:
        yield connection


def count(reader: psycopg.Connection[tuple[int]], name: str) -> int:
    row = reader.execute(f"SELECT count(*) FROM {MODELS}.{name}".encode()).fetchone()
    assert row
    return row[0]


def before_publishing(act: Callable[[], object]) -> Callable[[Result], None]:
    return lambda result: act() and None if result.step.name == LAST else None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("step", [1, -1], ids=["forwards", "backwards"])
def test_a_reader_that_holds_one_table_and_asks_for_the_next_is_never_refused(
    target: Target, reader: psycopg.Connection[tuple[int]], step: int
) -> None:
    order = tables()[::step]
    expected = [count(reader, name) for name in order]
    reader.commit()
    seen: list[int] = []

    def read() -> None:
        for name in order[1:]:
            # The build is waiting for the first table by now, and may have locked the next.
            threading.Event().wait(0.05)
            seen.append(count(reader, name))
        reader.commit()

    seen.append(count(reader, order[0]))
    thread = threading.Thread(target=read)
    assert run_plan(plan_of(NEW), target, on_result=before_publishing(thread.start)).published
    thread.join()
    assert seen == expected
    assert [count(reader, name) for name in order] != expected


def test_a_reader_that_does_not_end_is_named(
    target: Target, reader: psycopg.Connection[tuple[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketing_ibis.engines.postgres.lock_retry.RETRY_SECONDS", 0.3)
    before = count(reader, "orders")
    process = reader.info.backend_pid
    with pytest.raises(RunFailed, match=rf"Nothing was published: .*user postgres, PID {process}\.") as e:
        run_plan(plan_of(NEW), target)
    assert "The published tables are unchanged. End that session" in e.value.hint
    assert count(reader, "orders") == before
    reader.commit()
    assert run_plan(plan_of(NEW), target).published
    assert count(reader, "orders") != before


def test_others_read_on_while_a_build_waits_for_one(
    uri: str, target: Target, reader: psycopg.Connection[tuple[int]]
) -> None:
    count(reader, "orders")
    seen: list[int] = []

    def read() -> None:
        with psycopg.connect(uri, autocommit=True) as other:
            seen.extend(count(other, name) for name in tables())
        reader.commit()

    thread = threading.Thread(target=read)
    assert run_plan(plan_of(NEW), target, on_result=before_publishing(thread.start)).published
    thread.join()
    assert len(seen) == len(tables())


@pytest.mark.parametrize("level", [psycopg.IsolationLevel.READ_COMMITTED, psycopg.IsolationLevel.REPEATABLE_READ])
def test_a_transaction_that_has_read_one_table_sees_the_same_build_to_its_end(
    target: Target, reader: psycopg.Connection[tuple[int]], monkeypatch: pytest.MonkeyPatch, level: int
) -> None:
    monkeypatch.setattr("marketing_ibis.engines.postgres.lock_retry.RETRY_SECONDS", 0.3)
    reader.isolation_level = psycopg.IsolationLevel(level)
    first = [count(reader, name) for name in tables()[:1]]
    with pytest.raises(RunFailed, match="Nothing was published"):
        run_plan(plan_of(NEW), target)
    whole = [*first, *(count(reader, name) for name in tables()[1:])]
    reader.commit()
    assert whole == [count(reader, name) for name in tables()]


def test_a_snapshot_older_than_the_build_sees_no_rows_of_it(
    target: Target, reader: psycopg.Connection[tuple[int]]
) -> None:
    """A limit of PostgreSQL in docs/reference/safety.md: the name is new, the rows are too young."""
    reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    reader.execute("SELECT 1")
    assert run_plan(plan_of(NEW), target).published
    assert count(reader, "orders") == 0
    reader.rollback()
    assert count(reader, "orders") > 0
