"""Build models, without data tests."""

from __future__ import annotations

from dataclasses import dataclass

import click

from marketing_ibis.cli.alerts import notify_option
from marketing_ibis.cli.defer_options import DeferOptions, defer_options
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
from marketing_ibis.cli.run_options import RunOptions, run_options
from marketing_ibis.cli.session import open_session
from marketing_ibis.cli.steps.alerting import alert_of_build
from marketing_ibis.cli.steps.building import check_outcome, execute_plan, report_outcome, write_outcome
from marketing_ibis.cli.steps.deferring import defer_models
from marketing_ibis.cli.steps.planning import Build, resolve_threads, stop_before_execution, write_bundle
from marketing_ibis.cli.steps.recalled_builds import recall_or_plan_models
from marketing_ibis.cli.workflow import Steps, run_steps


@dataclass(frozen=True, slots=True)
class RunParameters:
    """What ``run`` is called with."""

    target: TargetOptions
    selection: Selection
    run: RunOptions
    defer: DeferOptions
    as_of: AsOfOption = None


@click.command(
    "run",
    epilog=examples(
        "run                               every model",
        "run -s +customer_segmentation     one model and all that it depends on",
        "run -s tag:daily --threads 4      some models, several at a time",
        "run --log-format json             one event per line, for machines",
    ),
)
@select_options
@as_of_option
@run_options
@defer_options
@log_options
@notify_option
@database_option
@target_options
@vars_option
@project_options
@takes(RunParameters)
def command(parameters: RunParameters) -> None:
    """Build models and publish them together."""
    run_steps(STEPS, parameters)


def open_run(parameters: RunParameters) -> Build:
    """Load the project and find where it builds."""
    session = open_session(parameters.target, parameters.selection, parameters.as_of)
    return Build(session, parameters.run, defer=parameters.defer)


STEPS: Steps = (
    open_run,
    defer_models,
    resolve_threads,
    recall_or_plan_models,
    write_bundle,
    stop_before_execution,
    execute_plan,
    report_outcome,
    write_outcome,
    alert_of_build,
    check_outcome,
)
