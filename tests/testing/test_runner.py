"""How batches of data tests are run, on a target that answers from a list."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from marketing_ibis.data_tests import accepted_values, unique
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.errors import RunFailed, TargetUnavailable
from marketing_ibis.testing.accepted_values import MOST_VALUES
from marketing_ibis.testing.batches import Batch, DataTestQuery, Expected
from marketing_ibis.testing.run import DataTestRunner, table_name
from tests.testing.asking import Table, Tables

Rows = list[tuple[object, ...]]


@dataclass
class ScriptedTarget:
    """A target that answers each query by ``answer`` and records the statements that it executes."""

    answer: Callable[[str], Rows]
    dialect: Dialect = field(default_factory=lambda: ENGINES["duckdb"].dialect())
    statements: list[str] = field(default_factory=list)

    def query(self, sql: str) -> Rows:
        return self.answer(sql)

    def execute(self, sql: str) -> None:
        self.statements.append(sql.partition("\n")[0])

    def attempt(self, name: str, work: Callable[[], object]) -> object:
        return work()


def runner_with(answer: Callable[[str], Rows]) -> tuple[DataTestRunner, ScriptedTarget]:
    target = ScriptedTarget(answer)
    return DataTestRunner(target, {name: Relation("main", name) for name in "ab"}), target  # type: ignore[arg-type]


def query_named(name: str, expected: Expected | int | None = None) -> DataTestQuery:
    return DataTestQuery(replace(unique(), name=name), "SELECT 1", (), expected)


def total_of(*tables: str) -> Expected:
    return Expected("total", "SELECT total", ("n",), frozenset(tables), frozenset(), "n")


def unavailable(sql: str) -> Rows:
    raise TargetUnavailable("The connection was lost.")


def test_each_test_has_an_equal_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    runner, _ = runner_with(lambda sql: [(0, 0)])
    monkeypatch.setattr("time.perf_counter", itertools.chain([10.0], itertools.repeat(14.0)).__next__)
    results = runner.run(Batch("a", (query_named("first"), query_named("second")), "SELECT 0, 0", frozenset()))
    assert [(result.name, result.seconds) for result in results] == [("first", 2.0), ("second", 2.0)]


def test_a_skipped_test_has_no_failures_and_took_no_time() -> None:
    runner, _ = runner_with(unavailable)
    (result,) = runner.skip(Batch("a", (query_named("first"),), "SELECT 0", frozenset()), "The model failed.")
    assert (result.status, result.failures, result.seconds) == ("skipped", 0, 0.0)
    assert not result.is_temporary


def test_a_lost_connection_ends_the_run_of_a_batch() -> None:
    runner, _ = runner_with(unavailable)
    with pytest.raises(TargetUnavailable):
        runner.run(Batch("a", (query_named("only"),), "SELECT 0", frozenset()))


def cached(answer: Callable[[str], Rows], later: Expected) -> list[str]:
    """Run a batch of the view a and one of the table b, with ``later`` needed afterwards; return the statements."""
    runner, target = runner_with(answer)
    select = target.dialect.placeholder("a")
    first = Batch("a", (query_named("of_a"),), select, frozenset(), view={"id": "BIGINT"})
    second = Batch("b", (query_named("of_b"),), "SELECT 0", frozenset())
    with runner.caching_views([first, second], [Batch("b", (query_named("later", later),), "SELECT 0", frozenset())]):
        runner.run(first)
        target.statements.append("second batch")
        runner.run(second)
    return target.statements


def answer_total(sql: str) -> Rows:
    return [(0,)]


DROP = 'DROP TABLE IF EXISTS "a__subject"'
CREATE = 'CREATE TEMPORARY TABLE "a__subject" AS'


@pytest.mark.parametrize(
    ("later", "end"),
    [(total_of("a"), ["second batch", DROP]), (total_of("a", "b"), [DROP, "second batch"])],
    ids=["a total of views alone is computed at the end", "a total of a table too is not, so the view is dropped"],
)
def test_a_view_is_cached_as_long_as_it_is_needed(later: Expected, end: list[str]) -> None:
    assert cached(answer_total, later) == [DROP, CREATE, *end]


def test_a_total_that_fails_ends_the_cache_and_not_the_run() -> None:
    def answer(sql: str) -> Rows:
        if "total" in sql:
            raise RunFailed("The total cannot be computed.")
        return [(0,)]

    # The session may have ended with the failure, and the temporary table with it: nothing is left to be dropped.
    assert cached(answer, total_of("a")) == [DROP, CREATE, "second batch"]


def test_a_connection_lost_at_a_total_ends_the_run() -> None:
    with pytest.raises(TargetUnavailable):
        cached(lambda sql: unavailable(sql) if "total" in sql else [(0,)], total_of("a"))


@pytest.mark.parametrize(("extra", "others"), [(0, False), (1, True), (2, True)])
def test_a_message_names_the_most_frequent_values_and_says_when_there_are_more(extra: int, others: bool) -> None:
    values = "abcdefgh"[: MOST_VALUES + extra]
    table = Table({"id": "int64", "word": "string"}, list(enumerate(values)))
    message = Tables().ask(accepted_values(("x",)), table, at="word").message
    named = [f"'{value}' once" for value in values[:MOST_VALUES]] + ["others"] * others
    assert message == f"found {', '.join(named[:-1])} and {named[-1]}, not one of 'x'"


def test_a_name_of_a_test_is_shortened_when_an_engine_cannot_have_it() -> None:
    assert table_name("x" * 63) == "x" * 63
    assert len(table_name("x" * 64)) == 63
    assert table_name("x" * 64) != table_name("x" * 65)
