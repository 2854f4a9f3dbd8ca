"""Compare the tables of two builds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.options import (
    Selection,
    TargetOptions,
    database_option,
    examples,
    log_options,
    project_options,
    select_options,
    takes,
    target_options,
)
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import RunFailed, SelectionError

if TYPE_CHECKING:
    from marketing_ibis.diff.records import Difference


@dataclass(frozen=True, slots=True)
class DiffParameters:
    """What ``diff`` is called with."""

    target: TargetOptions
    selection: Selection
    before: str
    after: str
    check: bool = False


@dataclass(frozen=True, slots=True)
class DiffJob:
    """Which sides are compared."""

    session: Session
    parameters: DiffParameters


@dataclass(frozen=True, slots=True)
class ComparedSides:
    """How the sides differ."""

    job: DiffJob
    difference: Difference


@click.command(
    "diff",
    epilog=examples(
        "diff dbt_marketing dev            two schemas of the database",
        "diff dbt_marketing dev -s marts --check",
    ),
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--check", is_flag=True, help="Exit with code 1 if anything differs.")
@select_options
@database_option
@log_options
@target_options
@project_options
@takes(DiffParameters)
def command(parameters: DiffParameters) -> None:
    """Compare the tables of two builds, A and B.

    Of each model: columns that were added, removed or retyped, rows that were added or removed by the model's key,
    and for each column how many rows differ and how far. Each side is a schema of the database.
    """
    run_steps(STEPS, parameters)


def open_diff(parameters: DiffParameters) -> DiffJob:
    """Load the project and find the database of both sides."""
    return DiffJob(open_session(parameters.target, parameters.selection), parameters)


def compare(job: DiffJob) -> ComparedSides:
    """Compare the selected models.

    Raises:
        SelectionError: no model is selected.
        SourceError: a side contains none of the models.
    """
    from marketing_ibis.diff.sides import Side, compare_sides

    session, parameters = job.session, job.parameters
    names = [name for name in session.selected_names if session.nodes[name].kind == "model"]
    if not names:
        raise SelectionError("No model is selected.", hint="Only models are compared: select some with --select.")
    models = [session.dataflow.models[name] for name in names]
    before, after = Side(parameters.before, parameters.before), Side(parameters.after, parameters.after)
    with session.destination.open_to_read() as target:
        return ComparedSides(job, compare_sides(before, after, models, target))


def print_difference(compared: ComparedSides) -> ComparedSides:
    """Print how the sides differ."""
    from marketing_ibis.diff.text import write_text

    click.echo(write_text(compared.difference))
    return compared


def check_difference(compared: ComparedSides) -> None:
    """Exit with code 1 if a table could not be compared, or with --check if anything differs.

    Raises:
        RunFailed: it is so.
    """
    difference = compared.difference
    if difference.failures:
        raise RunFailed(
            f"{len(difference.failures)} of the models on both sides cannot be compared.",
            hint="The reasons are above.",
        )
    if compared.job.parameters.check and not difference.is_empty:
        raise RunFailed(
            f"{difference.before} and {difference.after} differ.", hint="Without --check the exit code is 0."
        )


STEPS: Steps = (open_diff, compare, print_difference, check_difference)
