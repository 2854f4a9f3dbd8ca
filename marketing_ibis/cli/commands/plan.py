"""Show what a build would do and why, and write it to a file that can be applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from marketing_ibis.cli.options import (
    AsOfOption,
    DataTestOptions,
    RunOptions,
    Selection,
    TargetOptions,
    as_of_option,
    database_option,
    examples,
    project_options,
    select_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.output.plan_report import PlanReport, json_text, markdown_lines, text_lines
from marketing_ibis.cli.session import open_session
from marketing_ibis.cli.steps.comparing import ComparedPlan, compare_plan
from marketing_ibis.cli.steps.planning import Build, PlannedBuild, plan_tested_models
from marketing_ibis.cli.workflow import Steps, run_steps

FORMATS = ("text", "json", "markdown")


@dataclass(frozen=True, slots=True)
class PlanParameters:
    """What ``plan`` is called with."""

    target: TargetOptions
    selection: Selection
    out: Path | None = None
    output_format: str = "text"
    as_of: AsOfOption = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and how it is to be shown."""

    parameters: PlanParameters
    compared_plan: ComparedPlan


@click.command(
    "plan",
    epilog=examples(
        "plan                              what a build would change, and why",
        "plan --out plan.json              write the plan, for `apply plan.json`",
        "plan -s +customer_segmentation    of some models",
        "plan --format markdown            for a pull request",
    ),
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write the plan to a JSON file."
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    default=FORMATS[0],
    show_default=True,
    help="Form in which the changes are printed.",
)
@select_options
@as_of_option
@database_option
@target_options
@vars_option
@project_options
@takes(PlanParameters)
def command(parameters: PlanParameters) -> None:
    """Show which models a build would change, and why; build nothing.

    Each model is new, removed, changed or unchanged compared with what is published, by what its expression means.
    Changed models name their columns, and the columns, exposures and campaign lists that follow.
    """
    run_steps(STEPS, parameters)


def plan_build(parameters: PlanParameters) -> Planned:
    """Plan a build of the selected models with their data tests, and compare it with what is published.

    Raises:
        SelectionError: no model is selected.
        UsageError: the state of what is published cannot be read.
    """
    session = open_session(parameters.target, parameters.selection, parameters.as_of)
    planned_build = plan_tested_models(Build(session, RunOptions(), DataTestOptions()))
    return Planned(parameters, compare_plan(planned_build))


def write_file(planned: Planned) -> Planned:
    """Write the plan to the file of --out.

    Raises:
        UsageError: the file cannot be written.
    """
    path = planned.parameters.out
    if path is not None:
        from marketing_ibis.build.plan_file import PlanFile, write_plan
        from marketing_ibis.build.reasons import reason_of

        compared_plan = planned.compared_plan
        planned_build, world = compared_plan.planned_build, compared_plan.world
        reasons = {change.name: reason_of(change) for change in compared_plan.changes.models}
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        package = planned_build.build.session.project.package
        write_plan(PlanFile(planned_build.plan, package, made_at, reasons, world), path)
    return planned


def print_changes(planned: Planned) -> None:
    """Print what the plan changes; where the file is goes to stderr, so that a document stays whole."""
    planned_build: PlannedBuild = planned.compared_plan.planned_build
    plan, destination = planned_build.plan, planned_build.build.session.destination
    world, changes = planned.compared_plan.world, planned.compared_plan.changes
    name = plan.engine if destination.name == plan.engine else f"{destination.name} ({plan.engine})"
    target = f"schema {plan.schemas.models} on {name}"
    report = PlanReport(changes, target, plan.as_of, world is not None)
    match planned.parameters.output_format:
        case "json":
            click.echo(json_text(report))
        case "markdown":
            click.echo("\n".join(markdown_lines(report)))
        case _:
            click.echo("\n".join(text_lines(report)))
    if planned.parameters.out is not None:
        path = planned.parameters.out
        click.echo(f"Wrote the plan to {path}. Carry it out with: marketing-ibis apply {path}", err=True)


STEPS: Steps = (plan_build, write_file, print_changes)
