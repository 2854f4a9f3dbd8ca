"""Seed if asked to, build models and publish them."""

from __future__ import annotations

from typing import Any

import click

from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.options import (
    DEMO_OPTIONS,
    as_of_option,
    database_option,
    demo_options,
    examples,
    log_options,
    project_options,
    run_options,
    select_options,
    target_options,
    test_options,
    warn_of_idle,
)
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.session import Options, load
from marketing_ibis.cli.steps.building import build_models
from marketing_ibis.cli.steps.latest_results import keep_seeded
from marketing_ibis.cli.steps.seeding import seed_from_demo
from marketing_ibis.errors import UsageError
from marketing_ibis.project.settings import Project


@click.command(
    "build",
    epilog=examples(
        "build --demo                     generated data in, every table out",
        "build --as-of 2024-05-15          as of a day",
        "build -s state:modified+ --state production",
        "build -t redshift --dry-run       the SQL for Redshift, nothing executed",
    ),
)
@click.option("--demo", is_flag=True, help="Generate the source tables first, where there are none.")
@demo_options
@select_options
@as_of_option
@run_options
@log_options
@test_options
@click.option("--require-fresh", is_flag=True, help="Build nothing if a source is too old: exit code 1.")
@click.option("--fresh-only", is_flag=True, help="Exclude what depends on sources that are too old: exit code 3.")
@click.option(
    "--publish",
    type=click.Choice(("all", "passing")),
    default="all",
    show_default=True,
    help="After a failure: all is nothing, passing is what neither failed nor is built from what did.",
)
@database_option
@target_options
@project_options
def command(demo: bool, **options: Any) -> None:
    """Test the sources, build and test models, and publish them if no test stops it; --demo generates data first."""
    if options["require_fresh"] and options["fresh_only"]:
        raise UsageError(
            "--require-fresh and --fresh-only exclude each other.",
            hint="With --require-fresh a stale source stops the build; with --fresh-only it excludes models.",
        )
    project, destination = load(options)
    is_generated = demo and not options["dry_run"] and _generate(project, destination, options)
    if not is_generated:
        warn_of_idle(DEMO_OPTIONS, "nothing was generated" if demo else "it is for --demo")
    build_models(project, destination, options, tested=True)
    if is_generated and (note := project.demo_note()):
        current_log().tell("note", note)


def _generate(project: Project, destination: Destination, options: Options) -> bool:
    """Generate the source tables unless there are any; tell whether it did."""
    with destination.open() as target:
        if not target.relations(project.source_schema):
            counts = seed_from_demo(project, target, options)
            keep_seeded(project, destination, options, counts)
            return True
    text = f"Schema {project.source_schema} already contains tables, so no data was generated."
    current_log().tell("note", text, schema=project.source_schema)
    return False
