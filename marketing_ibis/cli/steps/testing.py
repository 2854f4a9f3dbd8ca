"""Run data tests of the published tables and show the results."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.cli.options import DataTestOptions
from marketing_ibis.cli.output.data_test_console import TestConsole, tell_counts, tell_results
from marketing_ibis.cli.output.failures import failed_run
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.days import hint_at_other_days
from marketing_ibis.cli.steps.describing import describe
from marketing_ibis.cli.steps.latest_results import keep_results
from marketing_ibis.cli.steps.verifying import verifier_of

if TYPE_CHECKING:
    from marketing_ibis.build.run import RunResults
    from marketing_ibis.engines.dialect import Dialect, Relation
    from marketing_ibis.engines.target import Target
    from marketing_ibis.outputs.artifacts import Described
    from marketing_ibis.testing.batches import Batch
    from marketing_ibis.testing.collect import DataTests


@dataclass(frozen=True, slots=True)
class Testing:
    """Which tests are asked, and how."""

    session: Session
    tests: DataTestOptions
    fail_fast: bool = False


@dataclass(frozen=True, slots=True)
class CompiledTests:
    """The selected tests as queries of ``relations``. ``folder`` contains their SQL."""

    testing: Testing
    data_tests: DataTests
    batches: tuple[Batch, ...]
    relations: Mapping[str, Relation]
    dialect: Dialect
    described: Described
    folder: Path


@dataclass(frozen=True, slots=True)
class Answered:
    """What the tests found; ``hint`` is the next step if it is known."""

    compiled: CompiledTests
    results: RunResults
    hint: str = ""


def compile_tests(testing: Testing) -> CompiledTests:
    """Compile the selected tests.

    Raises:
        SelectionError: no test is selected.
    """
    from marketing_ibis.build.plan import build_plan, published_relations
    from marketing_ibis.testing.collect import build_batches

    session = testing.session
    dataflow, selection = session.dataflow, session.selection
    data_tests = session.choose_tests(dataflow, selection.select, selection.exclude)
    with session.dialect() as dialect:
        batches, relations = (
            build_batches(dataflow, data_tests, dialect),
            published_relations(dataflow, session.schemas),
        )
    described = describe(session, dataflow, build_plan(dataflow, (), dialect, session.schemas), batches)
    return CompiledTests(testing, data_tests, batches, relations, dialect, described, session.folder / dialect.name)


def write_tests(compiled: CompiledTests) -> CompiledTests:
    """Write the queries of the tests, and the manifest."""
    from marketing_ibis.outputs.artifacts import write_manifest
    from marketing_ibis.outputs.test_sql import write_queries

    session = compiled.testing.session
    write_queries(compiled.batches, compiled.dialect, compiled.relations, compiled.folder)
    write_manifest(session.folder, session.invocation, compiled.described)
    return compiled


def ask_tests(compiled: CompiledTests) -> Answered:
    """Run the tests of the published tables.

    Raises:
        SourceError: what is to be tested does not exist.
    """
    from marketing_ibis.build.run import run_batches
    from marketing_ibis.testing.repeated_failures import Repeats

    testing, session, batches = compiled.testing, compiled.testing.session, compiled.batches
    console = TestConsole((compiled.relations[batch.node] for batch in batches), session.schemas.models)
    with ExitStack() as stack:
        target = _open(stack, testing)
        verifier = verifier_of(compiled.relations, session.schemas, target, testing.tests)
        verifier.skip_repeated = Repeats(session.dataflow, compiled.data_tests).skip_repeated
        results = run_batches(
            batches,
            verifier,
            fail_fast=testing.fail_fast,
            on_tested=console.tested,
            sources={name: source.schema for name, source in session.dataflow.sources.items()},
            zones=session.project.zones,
        )
        failing = {data_test.node for data_test in results.data_tests if data_test.is_blocking}
        tested = {name for batch in batches if batch.node in failing for name in (batch.node, *batch.depends_on)}
        return Answered(compiled, results, hint_at_other_days(session, tested, target))


def _open(stack: ExitStack, testing: Testing) -> Target:
    """Connect for as long as the tests are asked: keeping failing rows is the one thing for which a test writes."""
    destination, schemas = testing.session.destination, testing.session.schemas
    if not testing.tests.store_failures:
        return stack.enter_context(destination.open_to_read())
    target = stack.enter_context(destination.open_standing())
    stack.enter_context(target.exclusive(schemas.models, read=(schemas.sources,)))
    return target


def keep_answers(answered: Answered) -> Answered:
    """Write run_results.json and the newest results."""
    from marketing_ibis.outputs.artifacts import write_run_results

    compiled, session = answered.compiled, answered.compiled.testing.session
    write_run_results(session.folder, session.invocation, compiled.described, answered.results)
    keep_results(session, answered.results, compiled.batches)
    return answered


def tell_answers(answered: Answered) -> Answered:
    """Print what the tests found."""
    data_tests = answered.results.data_tests
    if answered.compiled.testing.session.log.format == "text":
        tell_results(data_tests, answered.compiled.folder)
    tell_counts(data_tests)
    return answered


def check_answers(answered: Answered) -> Answered:
    """Say by the exit code that a test failed.

    Raises:
        RunFailed: a test failed.
    """
    if any(data_test.is_blocking for data_test in answered.results.data_tests):
        raise failed_run(answered.results, answered.compiled.folder, hint=answered.hint)
    return answered
