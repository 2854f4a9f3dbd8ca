"""Write SQL without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

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
from marketing_ibis.cli.steps.recalled_builds import CompiledPlan, compile_plan, recall_or_compile
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import UsageError
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.engines.base import Engine
    from marketing_ibis.engines.costs import Costs


@dataclass(frozen=True, slots=True)
class CompileParameters:
    """What ``compile`` is called with."""

    target: TargetOptions
    selection: Selection
    as_of: AsOfOption = None
    explain: bool = False


@click.command(
    "compile",
    epilog=examples(
        "compile                           every SQL file and the manifest",
        "compile -s product_performance    the SQL of one model",
        "compile -t redshift               as Redshift takes it",
        "compile -t redshift --explain     and what each model makes it read, move and sort",
    ),
)
@select_options
@click.option(
    "--explain",
    is_flag=True,
    help="Count what the SQL of each model makes Redshift read, send to other slices and sort.",
)
@as_of_option
@log_options
@target_options
@vars_option
@project_options
@takes(CompileParameters)
def command(parameters: CompileParameters) -> None:
    """Write the SQL of models and the manifest, without a database.

    A single model's SQL is also printed. With --explain, the scans, redistributions, sorts, windows
    and distincts of each model are counted instead, from the SQL and the DISTKEYs; of a single model
    each one is listed.
    """
    run_steps(STEPS, parameters)


@dataclass(frozen=True, slots=True)
class CompileJob:
    """A project that is compiled, and what its models cost, if that is to be counted."""

    session: Session
    compiled: CompiledPlan
    costs: Mapping[str, Costs] | None = None


def open_compile(parameters: CompileParameters) -> CompileJob:
    """Load the project, and compile it or recall it; count what its models cost before anything is written.

    Raises:
        UsageError: costs are asked for, and the engine does not estimate them.
    """
    session = open_session(parameters.target, parameters.selection, parameters.as_of)
    if not parameters.explain:
        return CompileJob(session, recall_or_compile(session))
    _check_estimates(session.destination.engine)
    from marketing_ibis.build.costs import plan_costs

    costs = plan_costs(session.plan, session.dataflow)
    return CompileJob(session, compile_plan(session), costs)


def _check_estimates(engine: Engine) -> None:
    from marketing_ibis.engines import ENGINES  # help does without

    if not engine.estimates_costs:
        targets = " or ".join(f"--target {name}" for name, other in ENGINES.items() if other.estimates_costs)
        raise UsageError(
            f"--explain does not estimate what SQL costs on {engine.title}.",
            hint=f"Pass {targets}, which needs no connection, or measure a model on {engine.title}: `profile MODEL`.",
        )


def write_plan(job: CompileJob) -> CompileJob:
    """Write the SQL of the selected models and the manifest."""
    from marketing_ibis.outputs.artifacts import write_manifest_of, write_sql
    from marketing_ibis.outputs.removed_models import remove_sql_of_removed

    session, plan = job.session, job.compiled.plan
    folder = session.folder / plan.dialect.name
    write_sql(plan, session.as_of, folder)
    remove_sql_of_removed(folder, job.compiled.nodes)
    write_manifest_of(session.folder, session.invocation, plan.schemas, job.compiled.manifest)
    return job


def print_compiled(job: CompileJob) -> CompileJob:
    """Print the SQL of a model that was compiled alone, and say where the files are."""
    session, plan = job.session, job.compiled.plan
    log, steps = session.log, list(plan.steps())
    folder = session.folder / plan.dialect.name
    is_printed = len(steps) == 1 and job.costs is None
    if is_printed:
        log.emit("model_compiled", steps[0].select, answer=True, model=steps[0].name, sql=steps[0].select)
    text = f"Wrote the SQL of {plural('model', len(steps))} to {folder}."
    is_note = is_printed or job.costs is not None
    log.emit("sql_written", text, err=is_note, closing=True, folder=folder, models=len(steps))
    report_python_models(log, plan, err=is_note)
    return job


def print_costs(job: CompileJob) -> None:
    """Print what the SQL of each model costs, and each part of it for a model that was compiled alone."""
    if job.costs is None:
        return
    from marketing_ibis.cli.output.costs import costs_of_all, costs_of_one

    costs = job.costs
    lines = costs_of_one(*next(iter(costs.items()))) if len(costs) == 1 else costs_of_all(costs)
    data = {name: asdict(cost) for name, cost in costs.items()}
    job.session.log.emit("costs_counted", "\n".join(lines), answer=True, costs=data)


STEPS: Steps = (open_compile, write_plan, print_compiled, print_costs)
