"""Seed if asked to, build models and publish them."""

from __future__ import annotations

from typing import Any

import click

from marketing_ibis.cli.building import build_models
from marketing_ibis.cli.loading import load
from marketing_ibis.cli.log import current_log
from marketing_ibis.cli.options import (
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
)
from marketing_ibis.cli.seeding import seed_from_demo


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
@click.option("--fresh-only", is_flag=True, help="Leave out what is built from sources that are too old.")
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
    project, destination = load(options)
    if demo and not options["dry_run"]:
        with destination.open() as target:
            if target.relations(project.source_schema):
                text = f"Schema {project.source_schema} holds data already; nothing was generated."
                current_log().tell("note", text, schema=project.source_schema)
            else:
                seed_from_demo(project, target, options)
    build_models(project, destination, options, tested=True)
