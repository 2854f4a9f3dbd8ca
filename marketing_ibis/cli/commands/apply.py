"""Carry out a plan that was written to a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from marketing_ibis.cli.alerts import notify_option
from marketing_ibis.cli.data_test_options import DataTestOptions, test_options
from marketing_ibis.cli.options import (
    TargetOptions,
    database_option,
    examples,
    log_options,
    project_options,
    publish_option,
    takes,
    target_options,
)
from marketing_ibis.cli.run_options import RunOptions, execution_options
from marketing_ibis.cli.session import open_session
from marketing_ibis.cli.steps.alerting import alert_of_build
from marketing_ibis.cli.steps.building import check_outcome, execute_plan, report_outcome, write_outcome
from marketing_ibis.cli.steps.planning import Build, PlannedBuild, Publish, resolve_threads, write_bundle
from marketing_ibis.cli.steps.saved_plans import check_destination, check_world
from marketing_ibis.cli.workflow import Steps, run_steps


@dataclass(frozen=True, slots=True)
class ApplyParameters:
    """What ``apply`` is called with."""

    file: Path
    target: TargetOptions
    tests: DataTestOptions
    threads: int | None = None
    fail_fast: bool = False
    publish: Publish = "all"


@click.command(
    "apply",
    epilog=examples(
        "apply plan.json                   carry out a plan",
        "apply plan.json -t prod           on an output of the profile",
        "apply plan.json --threads 4       some models at a time",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@execution_options
@log_options
@notify_option
@test_options
@publish_option
@database_option
@target_options
@project_options
@takes(ApplyParameters)
def command(parameters: ApplyParameters) -> None:
    """Carry out a plan that `plan --out FILE` wrote.

    It executes the statements of FILE, whatever the project says now. It stops with exit code 2, and changes nothing,
    if FILE was changed, or if the source tables or the published tables have changed since the plan was made.
    """
    run_steps(STEPS, parameters)


def open_plan(parameters: ApplyParameters) -> PlannedBuild:
    """Read the plan and find where it is to be carried out.

    Raises:
        UsageError: the file is not a plan, was changed, or is for another engine or other schemas, or a Python function
            that it names has changed.
    """
    from marketing_ibis.build.plan_file import read_plan
    from marketing_ibis.build.python_rows import check_functions

    saved = read_plan(parameters.file)
    session = open_session(parameters.target, as_of_option=saved.plan.as_of)
    check_destination(session, saved.plan, parameters.file)
    check_functions(saved.plan)
    tests = parameters.tests if saved.plan.is_tested else None
    run = RunOptions(parameters.threads, parameters.fail_fast)
    build = resolve_threads(Build(session, run, tests, publish=parameters.publish))
    return PlannedBuild(build, saved.plan, session.folder / saved.plan.engine, world=saved.world)


STEPS: Steps = (
    open_plan,
    check_world,
    write_bundle,
    execute_plan,
    report_outcome,
    write_outcome,
    alert_of_build,
    check_outcome,
)
