"""Write SQL without a database."""

from __future__ import annotations

from typing import Any

import click

from marketing_ibis.cli.console import plural
from marketing_ibis.cli.loading import day_of, load, plan_of
from marketing_ibis.cli.options import as_of_option, project_options, select_options, target_options


@click.command("compile")
@select_options
@as_of_option
@target_options
@project_options
def command(**options: Any) -> None:
    """Write the SQL of models, without a database.

    A single model's SQL is also printed.
    """
    from marketing_ibis.artifacts import write_sql

    project, destination = load(options)
    plan = plan_of(project, destination, options)
    folder = write_sql(plan, day_of(project, options), options["target_path"] / plan.dialect.name)
    steps = list(plan.steps())
    if len(steps) == 1:
        click.echo(steps[0].select)
    click.echo(f"Wrote the SQL of {plural('model', len(steps))} to {folder}.", err=len(steps) == 1)
