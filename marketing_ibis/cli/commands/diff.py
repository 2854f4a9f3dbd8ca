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
    vars_option,
)
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.locations import find_location, open_sides
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import RunFailed, SelectionError

if TYPE_CHECKING:
    from marketing_ibis.diff.records import Difference

TEXT, JSON, MARKDOWN = "text", "json", "markdown"


@dataclass(frozen=True, slots=True)
class DiffParameters:
    """What ``diff`` is called with."""

    target: TargetOptions
    selection: Selection
    before: str
    after: str
    check: bool = False
    tolerance: float = 0.0
    output_format: str = TEXT


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
        "diff old.duckdb new.duckdb        two database files",
        "diff duckdb postgres:dev -s marts",
        "diff 2024-04-30 2024-05-31        the models as of two days",
        "diff prod dev --check --format markdown",
    ),
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--check", is_flag=True, help="Exit with code 1 if anything differs.")
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1),
    default=1e-9,
    show_default=True,
    help="Relative difference below which two doubles are equal.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice([TEXT, JSON, MARKDOWN]),
    default=TEXT,
    show_default=True,
    help="Form in which the difference is printed.",
)
@select_options
@database_option
@log_options
@target_options
@vars_option
@project_options
@takes(DiffParameters)
def command(parameters: DiffParameters) -> None:
    """Compare the tables of two builds, A and B.

    Of each model: columns that were added, removed or retyped, rows that were added or removed by the model's key,
    and for each column how many rows differ and how far.

    \b
    Each side is one of
      SCHEMA           a schema of the database; :SCHEMA if a target has its name
      FILE[:SCHEMA]    a DuckDB file
      TARGET[:SCHEMA]  an engine, or an output of the profile
      YYYY-MM-DD       a build as of that day, made in a temporary database;
                       also today and yesterday
    """  # noqa: D301  # the character that keeps click from wrapping the lines
    run_steps(STEPS, parameters)


def open_diff(parameters: DiffParameters) -> DiffJob:
    """Load the project."""
    return DiffJob(open_session(parameters.target, parameters.selection), parameters)


def compare(job: DiffJob) -> ComparedSides:
    """Compare the selected models.

    Raises:
        SelectionError: no model is selected.
        SourceError: a side contains none of the models.
    """
    from marketing_ibis.diff.sides import compare_sides

    session, parameters = job.session, job.parameters
    before, after = (find_location(text, session, parameters.target) for text in (parameters.before, parameters.after))
    names = [name for name in session.selected_names if session.nodes[name].kind == "model"]
    if not names:
        raise SelectionError("No model is selected.", hint="Only models are compared: select some with --select.")
    models = [session.selected_dataflow.models[name] for name in names]
    with open_sides(before, after, session, names) as (side_before, side_after, target):
        return ComparedSides(job, compare_sides(side_before, side_after, models, target, parameters.tolerance))


def print_difference(compared: ComparedSides) -> ComparedSides:
    """Print how the sides differ."""
    from marketing_ibis.diff.data import to_data, write_json
    from marketing_ibis.diff.markdown import write_markdown
    from marketing_ibis.diff.text import write_text

    write = {TEXT: write_text, JSON: write_json, MARKDOWN: write_markdown}[compared.job.parameters.output_format]
    log, difference = compared.job.session.log, compared.difference
    data = to_data(difference) if log.format == "json" else None
    log.emit("tables_compared", write(difference), answer=True, difference=data)
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
