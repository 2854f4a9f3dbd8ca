"""Seed if asked to, build models and publish them."""

from __future__ import annotations

from typing import Any

import click

from marketing_ibis.cli.building import build_models
from marketing_ibis.cli.loading import load
from marketing_ibis.cli.options import (
    as_of_option,
    database_option,
    demo_options,
    project_options,
    run_options,
    select_options,
    target_options,
    test_options,
)
from marketing_ibis.cli.seeding import seed_from_demo


@click.command("build")
@click.option("--demo", is_flag=True, help="Generate the source tables first, where there are none.")
@demo_options
@select_options
@as_of_option
@run_options
@test_options
@click.option("--fresh-only", is_flag=True, help="Leave out what is built from sources that are too old.")
@database_option
@target_options
@project_options
def command(demo: bool, **options: Any) -> None:
    """Test the sources, build and test models, and publish them if no test stops it; --demo generates data first."""
    project, destination = load(options)
    if demo and not options["dry_run"]:
        with destination.open() as target:
            if target.relations(project.source_schema):
                click.echo(f"Schema {project.source_schema} holds data already; nothing was generated.")
            else:
                seed_from_demo(project, target, options)
    build_models(project, destination, options, tested=True)
