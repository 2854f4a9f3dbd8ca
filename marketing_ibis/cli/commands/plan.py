"""Show what a build would do and why, and write it to a file that can be applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.cli.data_test_options import DataTestOptions
from marketing_ibis.cli.options import (
    AsOfOption,
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
from marketing_ibis.cli.run_options import RunOptions
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.comparing import compare_plan, read_published
from marketing_ibis.cli.steps.locking import check_lock, check_lock_options, write_lock
from marketing_ibis.cli.steps.planning import Build, PlannedBuild, plan_tested_models
from marketing_ibis.cli.workflow import Steps, run_steps

if TYPE_CHECKING:
    from marketing_ibis.build.changes import Changes
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.build.world import World

FORMATS = ("text", "json", "markdown")
KIND, MOST_FILES = "plans", 64
"""The name of the user's folder for changes, and how many files it keeps."""


@dataclass(frozen=True, slots=True)
class PlanParameters:
    """What ``plan`` is called with."""

    target: TargetOptions
    selection: Selection
    out: Path | None = None
    output_format: str = "text"
    lock: bool = False
    check: bool = False
    as_of: AsOfOption = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan changes, of the rights of readers as a sentence.

    The plan itself is there if it is written to a file.
    """

    parameters: PlanParameters
    session: Session
    changes: Changes
    is_connected: bool
    planned_build: PlannedBuild | None = None
    reader_changes: str = ""


@click.command(
    "plan",
    epilog=examples(
        "plan                              what a build would change, and why",
        "plan --out plan.json              write the plan, for `apply plan.json`",
        "plan -s +customer_segmentation    of some models",
        "plan --format markdown            for a pull request",
        "plan --check                      fail if a locked column is removed",
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
@click.option("--lock", is_flag=True, help="Write the published columns to contracts.lock, to commit.")
@click.option("--check", is_flag=True, help="Exit code 1 if a column of contracts.lock is removed or narrowed.")
@select_options
@as_of_option
@database_option
@target_options
@vars_option
@project_options
@takes(PlanParameters)
def command(parameters: PlanParameters) -> None:
    """Show which models a build would change, and why.

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
    from marketing_ibis.build.changes import Changes  # help does without
    from marketing_ibis.build.plain_data import from_plain, to_plain
    from marketing_ibis.cli.steps.recall import cache_of, recall_or_compute

    session = open_session(parameters.target, parameters.selection, parameters.as_of)
    check_lock_options(session, lock=parameters.lock, check=parameters.check)
    published = read_published(session)

    def compare() -> Planned:
        planned_build = plan_tested_models(Build(session, RunOptions(), DataTestOptions()))
        changes = compare_plan(planned_build, published.states)
        return Planned(parameters, session, changes, published.is_connected, planned_build, published.reader_changes)

    def read(document: Any) -> Planned:
        changes = from_plain(Changes, document)
        return Planned(parameters, session, changes, published.is_connected, None, published.reader_changes)

    # The file of --out has the whole plan, of which only the changes are kept.
    is_recallable = parameters.out is None
    cache = cache_of(session, KIND, "plan", published.digest, most_files=MOST_FILES) if is_recallable else None
    return recall_or_compute(cache, compare, read=read, write=lambda planned: to_plain(planned.changes))


def write_file(planned: Planned) -> Planned:
    """Write the plan to the file of --out.

    Raises:
        UsageError: the file cannot be written.
    """
    path, planned_build = planned.parameters.out, planned.planned_build
    if path is not None and planned_build is not None:
        from marketing_ibis.build.plan_file import PlanFile, write_plan
        from marketing_ibis.build.reasons import reason_of

        reasons = {change.name: reason_of(change) for change in planned.changes.models}
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        world = _look_at_world(planned, planned_build.plan)
        write_plan(PlanFile(planned_build.plan, planned.session.project.package, made_at, reasons, world), path)
    return planned


def _look_at_world(planned: Planned, plan: Plan) -> World | None:
    from marketing_ibis.build.world import look_at

    if not planned.is_connected:
        return None
    with planned.session.destination.open_to_read() as target:
        return target.attempt("tables", lambda: look_at(plan, target))


def print_changes(planned: Planned) -> Planned:
    """Print what the plan changes. Remarks go to stderr, so that stdout contains one document."""
    session, destination, path = planned.session, planned.session.destination, planned.parameters.out
    engine = destination.engine.name
    name = engine if destination.name == engine else f"{destination.name} ({engine})"
    target = f"schema {session.project.model_schema} on {name}"
    report = PlanReport(planned.changes, target, session.as_of, planned.is_connected)
    match planned.parameters.output_format:
        case "json":
            click.echo(json_text(report))
        case "markdown":
            click.echo("\n".join(markdown_lines(report)))
        case _:
            click.echo("\n".join(text_lines(report)))
    if planned.reader_changes:
        click.echo(planned.reader_changes, err=True)
    if path is not None:
        click.echo(f"Wrote the plan to {path}. Carry it out with: marketing-ibis apply {path}", err=True)
    return planned


def lock_contracts(planned: Planned) -> None:
    """Write the lock file, or compare with it, where an option says so.

    Raises:
        ContractBroken: a locked column is removed or narrowed.
        UsageError: the lock file is missing or cannot be read.
    """
    if planned.parameters.lock:
        click.echo(write_lock(planned.session), err=True)
    if planned.parameters.check:
        click.echo(check_lock(planned.session), err=True)


STEPS: Steps = (plan_build, write_file, print_changes, lock_contracts)
