"""Run data tests of the published tables."""

from __future__ import annotations

from dataclasses import dataclass

import click

from marketing_ibis.cli.alerts import notify_option
from marketing_ibis.cli.data_test_options import DataTestOptions, test_options
from marketing_ibis.cli.options import (
    AsOfOption,
    Selection,
    TargetOptions,
    as_of_option,
    database_option,
    examples,
    log_options,
    project_options,
    select_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.session import open_session
from marketing_ibis.cli.steps.alerting import alert_of_tests
from marketing_ibis.cli.steps.testing import (
    TestJob,
    check_results,
    recall_or_compile_tests,
    report_results,
    run_tests,
    write_results,
    write_tests,
)
from marketing_ibis.cli.workflow import Steps, run_steps


@dataclass(frozen=True, slots=True)
class TestParameters:
    """What ``test`` is called with."""

    target: TargetOptions
    selection: Selection
    tests: DataTestOptions
    fail_fast: bool = False
    as_of: AsOfOption = None


@click.command(
    "test",
    epilog=examples(
        "test                              every data test of the published tables",
        "test -s customers                 the tests of one model",
        "test -s test_name:unique          one kind of test",
    ),
)
@select_options
@as_of_option
@test_options
@click.option("-x", "--fail-fast", is_flag=True, help="Stop at the first failure.")
@log_options
@notify_option
@database_option
@target_options
@vars_option
@project_options
@takes(TestParameters)
def command(parameters: TestParameters) -> None:
    """Run the data tests of the published tables and of the sources.

    --select test_name:unique selects the tests of that kind, or one test by its name; other selectors select the
    tests of the models and sources they match.
    """
    run_steps(STEPS, parameters)


def open_test_job(parameters: TestParameters) -> TestJob:
    """Load the project and find what is to be tested."""
    session = open_session(parameters.target, parameters.selection, parameters.as_of)
    return TestJob(session, parameters.tests, parameters.fail_fast)


STEPS: Steps = (
    open_test_job,
    recall_or_compile_tests,
    write_tests,
    run_tests,
    write_results,
    report_results,
    alert_of_tests,
    check_results,
)
