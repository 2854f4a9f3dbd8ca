"""Run data tests of the published tables and show the results."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.cli.options import DataTestOptions
from marketing_ibis.cli.output.data_test_console import TestConsole, log_counts, print_results
from marketing_ibis.cli.output.failures import run_failure
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.data_test_runner import data_test_runner
from marketing_ibis.cli.steps.days import hint_at_other_days, view_parents
from marketing_ibis.cli.steps.describing import describe
from marketing_ibis.cli.steps.latest_results import record_results

if TYPE_CHECKING:
    from marketing_ibis.build.run import RunResults
    from marketing_ibis.engines.dialect import Dialect, Relation
    from marketing_ibis.engines.target import Target
    from marketing_ibis.outputs.artifacts import CompiledProject
    from marketing_ibis.testing.batches import Batch
    from marketing_ibis.testing.collect import DataTests


@dataclass(frozen=True, slots=True)
class TestJob:
    """Which tests are run, and how."""

    session: Session
    tests: DataTestOptions
    fail_fast: bool = False


@dataclass(frozen=True, slots=True)
class CompiledTests:
    """The selected tests as queries of ``relations``. ``folder`` contains their SQL."""

    job: TestJob
    data_tests: DataTests
    batches: tuple[Batch, ...]
    relations: Mapping[str, Relation]
    dialect: Dialect
    compiled_project: CompiledProject
    folder: Path


@dataclass(frozen=True, slots=True)
class FinishedTests:
    """What the tests found; ``hint`` is the next step if it is known."""

    compiled_tests: CompiledTests
    results: RunResults
    hint: str = ""


def compile_tests(job: TestJob) -> CompiledTests:
    """Compile the selected tests.

    Raises:
        SelectionError: no test is selected.
    """
    from marketing_ibis.build.planning import build_plan, published_relations
    from marketing_ibis.testing.collect import build_batches

    session = job.session
    dataflow, selection = session.dataflow, session.selection
    data_tests = session.select_tests(dataflow, selection.select, selection.exclude)
    with session.dialect() as dialect:
        batches, relations = (
            build_batches(dataflow, data_tests, dialect),
            published_relations(dataflow, session.schemas),
        )
    compiled_project = describe(session, dataflow, build_plan(dataflow, (), dialect, session.schemas), batches)
    return CompiledTests(job, data_tests, batches, relations, dialect, compiled_project, session.folder / dialect.name)


def write_tests(compiled_tests: CompiledTests) -> CompiledTests:
    """Write the queries of the tests, and the manifest."""
    from marketing_ibis.outputs.artifacts import write_manifest
    from marketing_ibis.outputs.test_sql import write_queries

    session = compiled_tests.job.session
    write_queries(compiled_tests.batches, compiled_tests.dialect, compiled_tests.relations, compiled_tests.folder)
    write_manifest(session.folder, session.invocation, compiled_tests.compiled_project)
    return compiled_tests


def run_tests(compiled_tests: CompiledTests) -> FinishedTests:
    """Run the tests of the published tables.

    Raises:
        SourceError: what is to be tested does not exist.
    """
    from marketing_ibis.build.planning import column_types
    from marketing_ibis.build.run import run_batches
    from marketing_ibis.testing.repeated_failures import Repeats

    job, session, batches = compiled_tests.job, compiled_tests.job.session, compiled_tests.batches
    relations = [compiled_tests.relations[batch.node] for batch in batches]
    console = TestConsole(session.log, relations, session.schemas.models)
    with ExitStack() as stack:
        target = _open(stack, job)
        runner = data_test_runner(compiled_tests.relations, session.schemas, target, job.tests)
        runner.skip_repeated = Repeats(session.dataflow, compiled_tests.data_tests).skip_repeated
        results = run_batches(
            batches,
            runner,
            fail_fast=job.fail_fast,
            on_tested=console.report_tested,
            sources={name: column_types(source.schema) for name, source in session.dataflow.sources.items()},
            zones=session.project.zones,
        )
        failing = {data_test.node for data_test in results.data_tests if data_test.is_blocking}
        tested_names = {name for batch in batches if batch.node in failing for name in (batch.node, *batch.depends_on)}
        return FinishedTests(compiled_tests, results, hint_at_other_days(session, tested_names, target))


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
    record_results(session, finished_tests.results, compiled_tests.batches, view_parents(session.nodes))
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
        owners = compiled.compiled_project.dataflow.owners
        raise run_failure(finished_tests.results, compiled.folder, hint=finished_tests.hint, owners=owners)
    return finished_tests
