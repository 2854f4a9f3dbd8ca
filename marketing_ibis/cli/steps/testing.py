"""Run data tests of the published tables and show the results."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.cli.data_test_options import DataTestOptions
from marketing_ibis.cli.output.data_test_console import TestConsole, log_counts, print_results
from marketing_ibis.cli.output.failures import run_failure
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.data_test_runner import data_test_runner
from marketing_ibis.cli.steps.days import hint_at_other_days, view_parents
from marketing_ibis.cli.steps.describing import describe
from marketing_ibis.cli.steps.latest_results import record_results

if TYPE_CHECKING:
    from marketing_ibis.build.planned_tests import PlannedTests
    from marketing_ibis.build.run import RunResults
    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.engines.target import Target
    from marketing_ibis.testing.collect import DataTests
    from marketing_ibis.testing.repeated_failures import Repeats
    from marketing_ibis.testing.run import DataTestResult

    Answers = tuple[DataTestResult, ...]

KIND, MOST_FILES = "tests", 16
"""What the user's folder of compiled tests is called, and how many files it keeps."""


@dataclass(frozen=True, slots=True)
class TestJob:
    """Which tests are run, and how."""

    session: Session
    tests: DataTestOptions
    fail_fast: bool = False


@dataclass(frozen=True, slots=True)
class CompiledTests:
    """The selected tests. ``folder`` contains their SQL."""

    job: TestJob
    planned: PlannedTests
    dialect: Dialect
    folder: Path


@dataclass(frozen=True, slots=True)
class FinishedTests:
    """What the tests found; ``hint`` is the next step if it is known."""

    compiled_tests: CompiledTests
    results: RunResults
    hint: str = ""


def recall_or_compile_tests(job: TestJob) -> CompiledTests:
    """Compile the selected tests, or recall them.

    Raises:
        SelectionError: no test is selected.
    """
    from marketing_ibis.build.plain_data import from_plain, to_plain
    from marketing_ibis.build.planned_tests import PlannedTests
    from marketing_ibis.cli.steps.recall import cache_of, recall_or_compute

    session = job.session
    dialect = session.destination.engine.dialect()
    asks_for_state = session.selection.asks_for_state
    cache = None if asks_for_state else cache_of(session, KIND, "test", most_files=MOST_FILES)
    read = partial(from_plain, PlannedTests)
    planned = recall_or_compute(cache, lambda: compile_tests(session), read=read, write=to_plain)
    return CompiledTests(job, planned, dialect, session.folder / dialect.name)


def compile_tests(session: Session) -> PlannedTests:
    """Compile the selected tests.

    Raises:
        SelectionError: no test is selected.
    """
    from marketing_ibis.build.planned_tests import PlannedTests
    from marketing_ibis.build.planning import build_plan, column_types, published_relations
    from marketing_ibis.outputs.artifacts import manifest_content
    from marketing_ibis.testing.collect import build_batches

    dataflow = session.dataflow
    data_tests = _selected_tests(session)
    with session.dialect() as dialect:
        batches, relations = (
            build_batches(dataflow, data_tests, dialect),
            published_relations(dataflow, session.schemas),
        )
    compiled_project = describe(session, dataflow, build_plan(dataflow, (), dialect, session.schemas), batches)
    source_columns = {name: column_types(source.schema) for name, source in dataflow.sources.items()}
    return PlannedTests(batches, relations, source_columns, dataflow.owners, manifest_content(compiled_project))


def _selected_tests(session: Session) -> DataTests:
    selection = session.selection
    return session.select_tests(session.dataflow, selection.select, selection.exclude)


def write_tests(compiled_tests: CompiledTests) -> CompiledTests:
    """Write the queries of the tests, and the manifest."""
    from marketing_ibis.outputs.artifacts import write_manifest_of
    from marketing_ibis.outputs.test_sql import write_queries

    session, planned = compiled_tests.job.session, compiled_tests.planned
    write_queries(planned.batches, compiled_tests.dialect, planned.relations, compiled_tests.folder)
    write_manifest_of(session.folder, session.invocation, session.schemas, planned.manifest)
    return compiled_tests


def run_tests(compiled_tests: CompiledTests) -> FinishedTests:
    """Run the tests of the published tables.

    Raises:
        SourceError: what is to be tested does not exist.
    """
    from marketing_ibis.build.run import run_batches

    job, session, planned = compiled_tests.job, compiled_tests.job.session, compiled_tests.planned
    relations = [planned.relations[batch.node] for batch in planned.batches]
    console = TestConsole(session.log, relations, session.schemas.models)
    with ExitStack() as stack:
        target = _open(stack, job)
        runner = data_test_runner(planned.relations, session.schemas, target, job.tests)
        runner.skip_repeated = _skip_repeated(session)
        results = run_batches(
            planned.batches,
            runner,
            fail_fast=job.fail_fast,
            on_tested=console.report_tested,
            sources=planned.source_columns,
            zones=session.project.zones,
        )
        failing = {data_test.node for data_test in results.data_tests if data_test.is_blocking}
        tested_names = {
            name for batch in planned.batches if batch.node in failing for name in (batch.node, *batch.depends_on)
        }
        return FinishedTests(compiled_tests, results, hint_at_other_days(session, tested_names, target))


def _skip_repeated(session: Session) -> Callable[[Answers], Answers]:
    """Return what skips the tests that repeat a failure. Only a failure has the project compiled."""

    @cache
    def repeats() -> Repeats:
        from marketing_ibis.testing.repeated_failures import Repeats

        return Repeats(session.dataflow, _selected_tests(session))

    def skip(answers: Answers) -> Answers:
        has_failed = any(answer.status == "fail" for answer in answers)
        return repeats().skip_repeated(answers) if has_failed else answers

    return skip


def _open(stack: ExitStack, job: TestJob) -> Target:
    """Connect for as long as the tests run. They write only to store failing rows."""
    destination, schemas = job.session.destination, job.session.schemas
    if not job.tests.store_failures:
        return stack.enter_context(destination.open_to_read())
    target = stack.enter_context(destination.open_existing())
    stack.enter_context(target.exclusive(schemas.models, read=(schemas.sources,)))
    return target


def write_results(finished_tests: FinishedTests) -> FinishedTests:
    """Write run_results.json and the newest results."""
    from marketing_ibis.outputs.artifacts import write_run_results

    compiled_tests, session = finished_tests.compiled_tests, finished_tests.compiled_tests.job.session
    write_run_results(session.folder, session.invocation, compiled_tests.dialect, finished_tests.results)
    record_results(session, finished_tests.results, compiled_tests.planned.batches, view_parents(session.nodes))
    return finished_tests


def report_results(finished_tests: FinishedTests) -> FinishedTests:
    """Print what the tests found."""
    data_tests, compiled_tests = finished_tests.results.data_tests, finished_tests.compiled_tests
    log = compiled_tests.job.session.log
    if log.format == "text":
        print_results(log, data_tests, compiled_tests.folder)
    log_counts(log, data_tests)
    return finished_tests


def check_results(finished_tests: FinishedTests) -> FinishedTests:
    """Say by the exit code that a test failed.

    Raises:
        RunFailed: a test failed.
    """
    if any(data_test.is_blocking for data_test in finished_tests.results.data_tests):
        compiled = finished_tests.compiled_tests
        owners = compiled.planned.owners
        raise run_failure(finished_tests.results, compiled.folder, hint=finished_tests.hint, owners=owners)
    return finished_tests
