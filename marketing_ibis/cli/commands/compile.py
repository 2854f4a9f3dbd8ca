"""Write SQL without a database."""

from __future__ import annotations

from typing import Any

import click

from marketing_ibis.cli.options import (
    as_of_option,
    examples,
    log_options,
    project_options,
    select_options,
    target_options,
)
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.session import compile_selected, day_of, load, plan_of
from marketing_ibis.cli.steps.describing import describe, invocation_of
from marketing_ibis.plurals import plural


@click.command(
    "compile",
    epilog=examples(
        "compile                           every SQL file and the manifest",
        "compile -s product_performance    the SQL of one model",
        "compile -t redshift               as Redshift takes it",
    ),
)
@select_options
@as_of_option
@log_options
@target_options
@project_options
def command(**options: Any) -> None:
    """Write the SQL of models and the manifest, without a database.

    A single model's SQL is also printed.
    """
    from marketing_ibis.outputs.artifacts import write_manifest, write_sql

    project, destination = load(options)
    dataflow = compile_selected(project, options)
    plan = plan_of(project, destination, options, dataflow)
    described = describe(project, destination, dataflow, plan)
    folder = write_sql(plan, day_of(project, options), options["target_path"] / plan.dialect.name)
    write_manifest(options["target_path"], invocation_of(project, destination, options), described)
    log, steps = current_log(), list(plan.steps())
    if len(steps) == 1:
        log.tell("model_compiled", steps[0].select, answer=True, model=steps[0].name, sql=steps[0].select)
    text = f"Wrote the SQL of {plural('model', len(steps))} to {folder}."
    log.tell("sql_written", text, err=len(steps) == 1, closing=True, folder=folder, models=len(steps))
