"""Ask data tests of what stands and show what they find."""

from __future__ import annotations

from contextlib import ExitStack

from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.output.data_test_console import TestConsole, tell_counts, tell_results
from marketing_ibis.cli.output.failures import failed_run
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.session import Options, changes_of, day_of, dialect_of, schemas_of
from marketing_ibis.cli.steps.days import hint_at_other_days
from marketing_ibis.cli.steps.describing import describe, invocation_of
from marketing_ibis.cli.steps.latest_results import BuildMoment, keep_results
from marketing_ibis.cli.steps.measuring import verifier_of
from marketing_ibis.project.settings import Project
from marketing_ibis.project.static_parsing import graph_of


def ask_tests(project: Project, destination: Destination, options: Options) -> None:
    """Ask the selected tests, write their queries and tell what they found.

    Raises:
        RunFailed: a test failed.
        SourceError: what is to be tested does not exist.
    """
    from marketing_ibis.build.plan import build_plan, published_relations
    from marketing_ibis.build.run import run_suites
    from marketing_ibis.outputs.artifacts import write_manifest, write_run_results
    from marketing_ibis.outputs.test_sql import write_queries
    from marketing_ibis.testing.collect import build_suites, declared_data_tests, select_data_tests
    from marketing_ibis.testing.repeated_failures import Repeats

    nodes, as_of, schemas = project.nodes(), day_of(project, options), schemas_of(project)
    dataflow = project.compile(as_of)
    data_tests = select_data_tests(
        declared_data_tests(dataflow, project.tests),
        nodes,
        graph_of(nodes),
        select=options["select"],
        exclude=options["exclude"],
        changes=changes_of(options),
    )
    with dialect_of(destination, options) as dialect:
        suites, relations = build_suites(dataflow, data_tests, dialect), published_relations(dataflow, schemas)
    folder = options["target_path"] / dialect.name
    write_queries(suites, dialect, relations, folder)
    invocation = invocation_of(project, destination, options)
    described = describe(project, destination, dataflow, build_plan(dataflow, (), dialect, schemas), suites)
    write_manifest(options["target_path"], invocation, described)
    console = TestConsole((relations[suite.node] for suite in suites), schemas.models)
    # Keeping failing rows is the one thing for which a test writes.
    with ExitStack() as stack:
        if options["store_failures"]:
            target = stack.enter_context(destination.open_standing())
            stack.enter_context(target.exclusive(schemas.models, read=(schemas.sources,)))
        else:
            target = stack.enter_context(destination.open_to_read())
        verifier = verifier_of(relations, schemas.models, target, options)
        verifier.settle = Repeats(dataflow, data_tests).settle
        results = run_suites(
            suites,
            verifier,
            fail_fast=options["fail_fast"],
            on_tested=console.tested,
            sources={name: source.schema for name, source in dataflow.sources.items()},
            zones=project.zones,
        )
        failed = [data_test for data_test in results.data_tests if data_test.stops]
        failing = {data_test.node for data_test in failed}
        tested = {name for suite in suites if suite.node in failing for name in (suite.node, *suite.reads)}
        hint = hint_at_other_days(nodes, tested, target, schemas.models, as_of)
    write_run_results(options["target_path"], invocation, described, results)
    keep_results(project, destination, options, results, suites, as_of, BuildMoment())
    if current_log().format == "text":
        tell_results(results.data_tests, folder)
    tell_counts(results.data_tests)
    if failed:
        raise failed_run(results, folder, hint=hint)
