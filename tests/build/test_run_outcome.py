"""What a build reports and records, and how it ends when a step, or the connection, does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread
from types import MappingProxyType

import ibis.expr.datatypes as dt
import pytest

from marketing_ibis.build.plan import Plan, Step
from marketing_ibis.build.run import Result, RunResults, run_plan
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.duckdb.target import DuckDBTarget
from marketing_ibis.errors import MarketingIbisError, RunFailed, TargetUnavailable
from marketing_ibis.testing.run import DataTestResult
from tests.build.test_run import MODELS, broken, run, standing
from tests.shop import Shop, make_shop
from tests.testing.test_gate import plan_of, shop_with


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


def test_results_have_the_seconds_that_they_took(shop: Shop) -> None:
    results = run(shop)
    assert all(result.seconds > 0 for result in results.results)
    assert sum(result.seconds for result in results.results) < results.seconds < 60


def test_a_step_that_was_not_tried_takes_no_time_and_stays_failed(shop: Shop) -> None:
    skipped = run(broken(shop)).results[-1]
    assert skipped == Result(skipped.step, "skipped", 0.0, None, "totals was not built", False)


@dataclass
class Failures:
    """Records builds that failed, with the statement that does so."""

    statement: str = f"CREATE TABLE {MODELS}.failures AS SELECT 1 AS one"
    statuses: list[list[str]] = field(default_factory=list)
    unrecorded: list[MarketingIbisError] = field(default_factory=list)

    def record(self, plan: Plan, results: tuple[Result, ...], data_tests: tuple[DataTestResult, ...]) -> list[str]:
        self.statuses.append([result.status for result in results])
        return [self.statement]

    def run(self, shop: Shop, *names: str, publish_passing: bool = False) -> RunResults:
        plan = plan_of(shop, *names)
        with shop.open() as target:
            return run_plan(
                plan,
                target,
                record_failure=self.record,
                on_unrecorded=self.unrecorded.append,
                publish_passing=publish_passing,
            )


def test_a_build_that_publishes_nothing_is_recorded_as_failed(shop: Shop) -> None:
    failures = Failures()
    failures.run(broken(shop))
    assert failures.statuses == [["success", "success", "error", "skipped"]]
    assert "failures" in standing(shop)
    assert not failures.unrecorded


def test_a_build_whose_publish_fails_is_recorded_as_failed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RunFailed("The disk is full.")

    monkeypatch.setattr("marketing_ibis.build.run.publish_plan", fail)
    failures = Failures()
    with pytest.raises(RunFailed, match="The disk is full"):
        failures.run(shop)
    assert failures.statuses == [["success"] * 4]
    assert "failures" in standing(shop)


def test_a_build_that_publishes_anything_is_not_recorded_as_failed(tmp_path: Path) -> None:
    failures = Failures()
    assert failures.run(broken(make_shop(tmp_path / "part")), publish_passing=True).published_models
    assert failures.run(make_shop(tmp_path / "all")).published
    # Nothing but tests of a source: there is nothing to publish, and all of it is.
    assert failures.run(shop_with(tmp_path / "tests", raw_sales="unique()"), "raw_sales").published
    assert failures.statuses == []


def test_a_failure_that_cannot_be_recorded_remains_the_result(shop: Shop) -> None:
    failures = Failures("SELECT nothing")
    results = failures.run(broken(shop))
    assert [result.step.name for result in results.failures] == ["totals"]
    assert len(failures.unrecorded) == 1


@pytest.mark.parametrize("threads", [1, 3])
def test_every_step_and_every_batch_is_reported(tmp_path: Path, threads: int) -> None:
    shop = shop_with(tmp_path, raw_sales="unique()", halves="unique(), not_null()")
    started: list[str] = []
    tested: list[tuple[DataTestResult, ...]] = []
    plan = plan_of(shop)
    with shop.open() as target:
        results = run_plan(
            plan, target, threads=threads, on_start=lambda step: started.append(step.name), on_tested=tested.append
        )
    assert sorted(started) == ["halves", "report", "stg_sales", "totals"]
    assert [[data_test.node for data_test in batch] for batch in tested] == [["raw_sales"], ["halves", "halves"]]
    assert results.data_tests == (*tested[0], *tested[1])


def test_a_step_that_is_alone_in_its_wave_has_the_session_of_the_caller(shop: Shop) -> None:
    threads: dict[str, Thread] = {}
    run(shop, threads=3, on_start=lambda step: threads.update({step.name: current_thread()}))
    assert [name for name, thread in threads.items() if thread is main_thread()] == ["stg_sales", "report"]


def test_statistics_of_published_tables_are_refreshed_after_the_publish(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed: list[str] = []
    execute = DuckDBTarget.execute

    def record(self: DuckDBTarget, sql: str) -> int | None:
        executed.append(sql)
        return execute(self, sql)

    monkeypatch.setattr(DuckDBTarget, "execute", record)
    monkeypatch.setattr(Dialect, "maintain", lambda self, relation: (f"ANALYZE {self.relation(relation)}",))
    run(shop)
    assert executed[-3:] == [f'ANALYZE "{MODELS}"."{name}"' for name in ("halves", "totals", "report")]


def test_other_columns_than_declared_are_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = DuckDBTarget.columns

    def other_columns(self: DuckDBTarget, relation: Relation) -> Mapping[str, dt.DataType]:
        if relation.name == "totals__candidate":
            return MappingProxyType({"n": dt.string, "cents": dt.int64})
        return columns(self, relation)

    monkeypatch.setattr(DuckDBTarget, "columns", other_columns)
    results = run(shop)
    (failure,) = results.failures
    assert failure.step.name == "totals"
    assert failure.message.startswith("duckdb built columns that differ from the declared ones: ")
    assert "n is string" in failure.message
    assert not results.published


def raising(error: BaseException, meanwhile: Callable[[], object]) -> Callable[[Step], None]:
    """Return a listener that ends one of two parallel steps with ``error``, the other after ``meanwhile``."""
    is_running = Event()

    def start(step: Step) -> None:
        if step.name == "totals":
            is_running.set()
            meanwhile()
        elif step.name == "halves":
            assert is_running.wait(timeout=20)
            raise error

    return start


def test_a_lost_connection_ends_the_build(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*_: object, **__: object) -> None:
        raise TargetUnavailable("The connection is lost.")

    monkeypatch.setattr("marketing_ibis.build.run._build", lose)
    results: list[Result] = []
    with pytest.raises(TargetUnavailable, match="The connection is lost"):
        run(shop, on_result=results.append)
    assert not results


def test_a_build_ends_after_the_steps_that_run_in_parallel(shop: Shop) -> None:
    ended: list[str] = []
    start = raising(TargetUnavailable("The connection is lost."), lambda: (Event().wait(0.2), ended.append("totals")))
    with pytest.raises(TargetUnavailable):
        run(shop, threads=2, on_start=start)
    assert ended == ["totals"]


def test_a_cancelled_build_waits_for_no_step(shop: Shop) -> None:
    is_over = Event()
    seen: list[bool] = []
    start = raising(KeyboardInterrupt(), lambda: seen.append(is_over.wait(timeout=20)))
    with pytest.raises(KeyboardInterrupt):
        run(shop, threads=2, on_start=start)
    assert not seen
    is_over.set()
