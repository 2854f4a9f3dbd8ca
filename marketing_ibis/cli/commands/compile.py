"""Write SQL without a database."""

from __future__ import annotations

from dataclasses import dataclass

import click

from marketing_ibis.cli.options import (
    AsOfOption,
    Selection,
    TargetOptions,
    as_of_option,
    examples,
    log_options,
    project_options,
    select_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.output.run_console import report_python_models
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.describing import describe
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.plurals import plural


@dataclass(frozen=True, slots=True)
class CompileParameters:
    """What ``compile`` is called with."""

    target: TargetOptions
    selection: Selection
    as_of: AsOfOption = None


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
@vars_option
@project_options
@takes(CompileParameters)
def command(parameters: CompileParameters) -> None:
    """Write the SQL of models and the manifest, without a database.

    A single model's SQL is also printed.
    """
    run_steps(STEPS, parameters)


def open_compile(parameters: CompileParameters) -> Session:
    """Load the project and find for which engine it is compiled."""
    return open_session(parameters.target, parameters.selection, parameters.as_of)


def write_plan(session: Session) -> Session:
    """Write the SQL of the selected models and the manifest."""
    from marketing_ibis.outputs.artifacts import write_manifest, write_sql

    dataflow, plan = session.selected_dataflow, session.plan
    compiled_project = describe(session, dataflow, plan)
    write_sql(plan, session.as_of, session.folder / plan.dialect.name)
    write_manifest(session.folder, session.invocation, compiled_project)
    return session


def print_compiled(session: Session) -> Session:
    """Print the SQL of a model that was compiled alone, and say where the files are."""
    log, plan, steps = session.log, session.plan, list(session.plan.steps())
    folder = session.folder / plan.dialect.name
    if len(steps) == 1:
        log.emit("model_compiled", steps[0].select, answer=True, model=steps[0].name, sql=steps[0].select)
    text = f"Wrote the SQL of {plural('model', len(steps))} to {folder}."
    log.emit("sql_written", text, err=len(steps) == 1, closing=True, folder=folder, models=len(steps))
    report_python_models(log, plan, err=len(steps) == 1)
    return session


STEPS: Steps = (open_compile, write_plan, print_compiled)
