"""Carry out a plan on a target: build candidates, then publish all of them or none."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from types import MappingProxyType
from typing import Literal

from marketing_ibis.build.candidate_rows import CandidateRows, DriftedDay, build_rows
from marketing_ibis.build.contract_values import check_values, too_long_strings
from marketing_ibis.build.plan import (
    Plan,
    Step,
    leftover_statements,
    maintenance_statements,
    passing_part,
)
from marketing_ibis.build.preflight import check_inputs, check_source
from marketing_ibis.build.publish import execute_all, publish_plan
from marketing_ibis.build.python_rows import load_functions
from marketing_ibis.build.records import record_apart
from marketing_ibis.build.source_guard import SourceGuard, SourcesChanged
from marketing_ibis.build.statements import drop
from marketing_ibis.build.stored_widths import with_stored_widths
from marketing_ibis.build.work_tables import WorkTables
from marketing_ibis.engines.dialect import CANDIDATE_SUFFIX, Relation
from marketing_ibis.engines.folded_names import as_declared
from marketing_ibis.engines.target import Target, existing_kinds
from marketing_ibis.errors import (
    ContractBroken,
    MarketingIbisError,
    OutOfMemory,
    RunFailed,
    SourceError,
    TargetUnavailable,
    ValueTooLong,
)
from marketing_ibis.graph import ancestors, topological
from marketing_ibis.model.schemas import schema_differences
from marketing_ibis.model.time_zones import TimeZones
from marketing_ibis.testing.batches import Batch
from marketing_ibis.testing.run import DataTestResult, DataTestRunner

Status = Literal["success", "error", "skipped"]
Record = Callable[[Plan, "tuple[Result, ...]", "tuple[DataTestResult, ...]", Collection[str]], Iterable[str]]
"""From the published plan, the results of steps and tests, and the existing tables, to statements that record them."""
RecordFailure = Callable[[Plan, "tuple[Result, ...]", "tuple[DataTestResult, ...]"], Iterable[str]]
"""From the plan of a build that failed, and its results, to statements that record them."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one step. ``rows`` is None for a view; ``message`` says why it failed or was skipped.

    ``cause`` is the message of the error without its hint, and ``is_temporary`` says that the same step may succeed
    later. ``next_step`` is what to do where the model is not to blame, "" where it may be. ``new_rows`` are those of an
    incremental model that were computed, None where all of them were; ``drift`` are its days before the window that
    differ, or did before a repair.
    """

    step: Step
    status: Status
    seconds: float = 0.0
    rows: int | None = None
    message: str = ""
    is_temporary: bool = False
    new_rows: int | None = None
    drift: tuple[DriftedDay, ...] = ()
    cause: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class RunResults:
    """The outcome of a plan; ``published`` says whether all of it was, ``published_models`` which models were."""

    results: tuple[Result, ...]
    published: bool
    seconds: float
    data_tests: tuple[DataTestResult, ...] = ()
    published_models: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[Result, ...]:
        """The steps that failed, not those that were skipped for it."""
        return tuple(result for result in self.results if result.status == "error")


class Discarded(RunFailed):
    """A build whose sources changed in the meantime: ``results`` are its outcome, of which nothing was published."""

    def __init__(self, cause: SourcesChanged, results: RunResults) -> None:
        super().__init__(cause.message, hint=cause.hint, is_temporary=cause.is_temporary, failures=cause.failures)
        self.results = results


def run_plan(
    plan: Plan,
    target: Target,
    *,
    threads: int = 1,
    fail_fast: bool = False,
    on_start: Callable[[Step], None] = lambda step: None,
    on_result: Callable[[Result], None] = lambda result: None,
    on_tested: Callable[[tuple[DataTestResult, ...]], None] = lambda results: None,
    test_runner: DataTestRunner | None = None,
    record: Record = lambda plan, results, data_tests, existing_nodes: (),
    record_failure: RecordFailure = lambda plan, results, data_tests: (),
    on_unrecorded: Callable[[MarketingIbisError], None] = lambda error: None,
    publish_passing: bool = False,
    place: str = "",
    filling: str = "",
) -> RunResults:
    """Build every step of ``plan``; publish all of them in one transaction, or nothing after a failure.

    With ``publish_passing`` a failure keeps back only the failed steps and their dependents.
    ``test_runner`` answers the plan's data tests, each batch as soon as all its tables are built.
    What ``record`` returns is executed with the publish, in its transaction; after a failure that publishes nothing,
    what ``record_failure`` returns, in one of its own: ``on_unrecorded`` is called if that fails, and the build's own
    failure remains. A user calls the database ``place``, and fills a missing source table by ``filling``.

    Raises:
        SourceError: a source or an unselected parent is missing, or a source has other columns than declared.
        RunFailed: publishing failed; the published tables are unchanged.
        Discarded: a source changed during the build, whether or not a model or test failed.
        TargetUnavailable: another build is running, or the connection is lost.
    """
    load_functions(plan)
    target.attempt("inputs", lambda: check_inputs(plan, target, place, filling))
    plan = target.attempt("inputs", partial(with_stored_widths, plan, target))
    with target.exclusive(*plan.schemas_written, read=plan.schemas_read):
        runner = test_runner or DataTestRunner(target, plan.relations)
        listeners = (on_start, on_result, on_tested, record)
        build = _Build(plan, target, runner, threads, fail_fast, *listeners, publish_passing)
        try:
            results = build.carry_out()
        except RunFailed:
            build.record_failure(record_failure, on_unrecorded)
            raise
        if not (results.published or results.published_models):
            build.record_failure(record_failure, on_unrecorded)
        return results


@dataclass(slots=True)
class _Build:
    """A build in progress: the outcomes of steps and tests so far decide what is still due."""

    plan: Plan
    target: Target
    test_runner: DataTestRunner
    threads: int
    fail_fast: bool
    on_start: Callable[[Step], None]
    on_result: Callable[[Result], None]
    on_tested: Callable[[tuple[DataTestResult, ...]], None]
    record: Record
    publish_passing: bool
    results: dict[str, Result] = field(default_factory=dict)
    data_tests: list[DataTestResult] = field(default_factory=list)

    def carry_out(self) -> RunResults:
        """Test the sources, build and test wave by wave, publish."""
        started = time.perf_counter()
        plan, target = self.plan, self.target
        target.attempt("candidates", lambda: _clear_candidates(plan, target))
        guard = SourceGuard.over(plan, target)
        try:
            with guard.explaining():
                publishable, statements = self._prepare()
            guard.check()
        except SourcesChanged as error:
            results = self._run_results(started)
            # What kept the tables from being read, such as a full disk, has made a model fail, too.
            if error.cause and any(failure.cause == error.cause for failure in results.failures):
                return results
            raise Discarded(error, results) from error
        if statements is None:
            return self._run_results(started)
        refilled = publish_plan(publishable, target, *statements)
        target.attempt("statistics", lambda: execute_all(target, maintenance_statements(publishable, refilled)))
        return self._run_results(started, publishable)

    def _prepare(self) -> tuple[Plan, tuple[tuple[str, ...], tuple[str, ...]] | None]:
        """Build and test; return the plan of what to publish, with the statements around it, None for a failure."""
        plan, target = self.plan, self.target
        existing_nodes = find_existing_nodes(plan.published, target) if plan.batches or plan.measures else frozenset()
        self._run_tests(0, existing_nodes)
        for number, wave in enumerate(plan.waves, 1):
            self._build(wave)
            self._run_tests(number, existing_nodes)
        publishable = passing_part(plan, self._failed(), warn_error=self.test_runner.warn_error)
        if self._failed() and not (self.publish_passing and publishable.waves):
            return publishable, None
        results, data_tests = tuple(self.results.values()), tuple(self.data_tests)
        history = target.attempt(
            "history", lambda: tuple(self.record(publishable, results, data_tests, existing_nodes))
        )
        before, after = leftover_statements(plan, publishable, [r.step.name for r in results if r.status == "success"])
        return publishable, (before, (*after, *history))

    def record_failure(self, statements: RecordFailure, on_error: Callable[[MarketingIbisError], None]) -> None:
        """Record a build that published nothing, in a transaction of its own."""
        failure_records = statements(self.plan, tuple(self.results.values()), tuple(self.data_tests))
        record_apart(self.target, tuple(failure_records), on_error)

    def _run_results(self, started: float, publishable: Plan | None = None) -> RunResults:
        names = tuple(step.name for step in publishable.steps()) if publishable else ()
        seconds = time.perf_counter() - started
        published = publishable is not None and not self._failed()
        return RunResults(tuple(self.results.values()), published, seconds, tuple(self.data_tests), names)

    def _failed(self) -> set[str]:
        """Return the models and sources that failed or have a blocking test."""
        failed = {name for name, result in self.results.items() if result.status != "success"}
        return failed | self._blocking_results().keys()

    def _build(self, wave: Sequence[Step]) -> None:
        reasons = {step.name: self._skip_reason(step) for step in wave}
        for step in wave:
            if reasons[step.name]:
                self._add_result(Result(step, "skipped", message=reasons[step.name]))
        steps_to_build = [step for step in wave if not reasons[step.name]]
        for result in _run_wave(self.plan, self.target, steps_to_build, self.threads, self.on_start):
            self._add_result(result)

    def _add_result(self, result: Result) -> None:
        self.results[result.step.name] = result
        self.on_result(result)

    def _run_tests(self, stage: int, existing_nodes: Collection[str]) -> None:
        batches_due = [batch for batch in self.plan.batches if batch.stage == stage]
        with self.test_runner.caching_views(batches_due, [batch for batch in self.plan.batches if batch.stage > stage]):
            for batch in batches_due:
                reason = self._test_skip_reason(batch, existing_nodes)
                if self.fail_fast and self._blocking_results():
                    reason = f"{next(iter(self._blocking_results().values())).name} failed"
                answers = self.test_runner.skip(batch, reason) if reason else self.test_runner.run(batch)
                self.data_tests += answers
                self.on_tested(answers)

    def _blocking_results(self) -> dict[str, DataTestResult]:
        """Return the relations that no model may read, each with a test that failed."""
        return {data_test.node: data_test for data_test in self.data_tests if data_test.is_blocking}

    def _skip_reason(self, step: Step) -> str:
        broken = [p for p in step.parents if p in self.results and self.results[p].status != "success"]
        if broken:
            return f"{broken[0]} was not built"
        blocking = self._blocking_results()
        failed = [blocking[parent].name for parent in step.parents if parent in blocking]
        if not failed and self.fail_fast:
            failed = [name for name, result in self.results.items() if result.status == "error"]
            failed += [data_test.name for data_test in blocking.values()]
        return f"{failed[0]} failed" if failed else ""

    def _test_skip_reason(self, batch: Batch, existing_nodes: Collection[str]) -> str:
        for name in (batch.node, *sorted(batch.depends_on)):
            if name in self.results and self.results[name].status != "success":
                return f"{name} was not built"
            if name not in self.results and name not in existing_nodes:
                return f"{self.plan.relations[name]} does not exist"
        return ""


def run_batches(
    batches: Iterable[Batch],
    test_runner: DataTestRunner,
    *,
    fail_fast: bool = False,
    on_tested: Callable[[tuple[DataTestResult, ...]], None] = lambda results: None,
    sources: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    zones: TimeZones | None = None,
) -> RunResults:
    """Run the tests of the published tables; ``sources`` are declared columns, which explain why a test has no answer.

    Raises:
        SourceError: a model or source that is to be tested does not exist, or a source has other columns than declared.
        TargetUnavailable: the connection is lost.
    """
    started = time.perf_counter()
    existing_nodes = find_existing_nodes(test_runner.relations, test_runner.target)
    data_tests: list[DataTestResult] = []
    batches_due = tuple(batches)
    with test_runner.caching_views(batches_due):
        for batch in batches_due:
            if batch.node not in existing_nodes:
                raise SourceError(
                    f"{test_runner.relations[batch.node]} does not exist, so it cannot be tested.",
                    hint=f"Build it first, or exclude it: --exclude {batch.node}",
                )
            missing = sorted(batch.depends_on - existing_nodes)
            reason = f"{test_runner.relations[missing[0]]} does not exist" if missing else ""
            if fail_fast and any(data_test.is_blocking for data_test in data_tests):
                reason = "an earlier test failed"
            answers = test_runner.skip(batch, reason) if reason else test_runner.run(batch)
            if any(data_test.status == "error" for data_test in answers):
                # A view over a source whose columns changed has no answer either.
                for source in existing_nodes & sources.keys():
                    relation = test_runner.relations[source]
                    check_source(relation, sources[source], test_runner.target.columns(relation), zones)
            data_tests += answers
            on_tested(answers)
    return RunResults((), False, time.perf_counter() - started, tuple(data_tests))


def find_existing_nodes(relations: Mapping[str, Relation], target: Target) -> frozenset[str]:
    """Return the models and sources whose relations exist."""
    existing = existing_kinds(target, relations.values())
    return frozenset(name for name, relation in relations.items() if relation in existing)


def _clear_candidates(plan: Plan, target: Target) -> None:
    schema = plan.schemas.models
    for name in plan.schemas_written:
        target.create_schema(name)
    kinds = {name: kind for name, kind in target.relations(schema).items() if name.endswith(CANDIDATE_SUFFIX)}
    dependents = target.dependent_views(schema) if kinds else {}
    graph = {name: tuple(view.name for view in dependents.get(name, ())) for name in kinds}
    # Tables of others may have such names: stg_hiring__candidate of dbt, for example.
    work_names = {each.name.lower() for r in plan.published.values() for each, _ in WorkTables.of(r).kinds()}
    own_names = work_names | {r.candidate.name.lower() for r in plan.published.values()}
    own_candidates = {name for name in kinds if name.lower() in own_names}
    # What reads a candidate is one, too: of a model that was renamed after a build failed.
    candidates = own_candidates | ancestors(graph, own_candidates)
    # Readers first: an engine may refuse to drop what a view reads.
    for name in topological({name: graph[name] for name in candidates}):
        execute_all(target, drop(plan.dialect, Relation(schema, name), kinds[name]))


def _run_wave(
    plan: Plan, target: Target, steps: list[Step], threads: int, on_start: Callable[[Step], None]
) -> Iterable[Result]:
    if threads <= 1 or len(steps) <= 1:
        for step in steps:
            on_start(step)
            yield _run_step(plan, target, step)
        return
    from concurrent.futures import ThreadPoolExecutor  # it imports logging

    pool = ThreadPoolExecutor(max_workers=threads)
    try:
        yield from pool.map(lambda step: _run_in_own_session(plan, target, step, on_start), steps)
    finally:
        # A cancelled run does not wait for steps that run in parallel: they end with the process.
        is_cancelled = isinstance(sys.exception(), KeyboardInterrupt)
        pool.shutdown(wait=not is_cancelled, cancel_futures=is_cancelled)


def _run_in_own_session(plan: Plan, target: Target, step: Step, on_start: Callable[[Step], None]) -> Result:
    on_start(step)
    with target.session() as session:
        return _run_step(plan, session, step)


def _run_step(plan: Plan, target: Target, step: Step) -> Result:
    started = time.perf_counter()
    try:
        attempts = count()
        built, columns = target.attempt(step.name, lambda: _build(plan, target, step, is_first=next(attempts) == 0))
        differences = schema_differences(step.columns, as_declared(columns, step.columns))
        if differences:
            raise ContractBroken(
                f"{plan.dialect.name} built columns that differ from the declared ones: {'; '.join(differences)}."
            )
        check_values(plan.dialect, target, step)
    except TargetUnavailable:
        # All other steps would fail, too: the run ends here.
        raise
    except MarketingIbisError as error:
        seconds = time.perf_counter() - started
        failure = Result(
            step, "error", seconds, message=str(error), cause=error.message, is_temporary=error.is_temporary
        )
        return replace(failure, next_step=error.hint) if isinstance(error, OutOfMemory) else failure
    rows, seconds = built.rows if step.kind == "table" else None, time.perf_counter() - started
    return Result(step, "success", seconds, rows, new_rows=built.new_rows, drift=built.drift)


def _build(plan: Plan, target: Target, step: Step, *, is_first: bool) -> tuple[CandidateRows, Mapping[str, str]]:
    # An attempt that was cut short leaves its candidate; those of earlier builds are dropped at the beginning.
    for relation, kind in () if is_first else step.work_relations:
        execute_all(target, drop(plan.dialect, relation, kind))
    try:
        rows = build_rows(plan, target, step)
    except ValueTooLong as error:
        columns = too_long_strings(plan, target, step)
        if not columns:
            raise
        raise ContractBroken(
            f"Strings are longer than their columns: {columns}.",
            hint="Shorten them, or declare the bytes that they need: width= in column().",
        ) from error
    return rows, target.columns(step.relation.candidate)
