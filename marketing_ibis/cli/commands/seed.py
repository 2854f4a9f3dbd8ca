"""Fill the source tables."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from marketing_ibis.cli.call import current_call, unused_option_warnings
from marketing_ibis.cli.demo_options import DEMO_OPTIONS, DemoOptions, demo_options
from marketing_ibis.cli.file_options import FILE_OPTIONS, FileOptions, file_options
from marketing_ibis.cli.options import (
    AsOfOption,
    TargetOptions,
    as_of_option,
    database_option,
    examples,
    log_options,
    project_options,
    takes,
    target_options,
)
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.latest_results import record_seeded
from marketing_ibis.cli.steps.seeding import Load, seed_from_demo, seed_from_files
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import UsageError
from marketing_ibis.project.demo_data import has_demo
from marketing_ibis.project.settings import load_project


@dataclass(frozen=True, slots=True)
class SeedParameters:
    """What ``seed`` is called with: either ``demo``, or the ``directory`` of files."""

    target: TargetOptions
    generated: DemoOptions
    files: FileOptions = field(default_factory=FileOptions)
    demo: bool = False
    directory: Path | None = None
    link: bool = False
    append: bool = False
    replace: bool = False
    as_of: AsOfOption = None


@dataclass(frozen=True, slots=True)
class SeedJob:
    """A project whose source tables are to be filled; ``started`` is when the command began, for its seconds."""

    session: Session
    parameters: SeedParameters
    started: float


@dataclass(frozen=True, slots=True)
class SeedOutcome:
    """The rows of each source table that was filled."""

    job: SeedJob
    counts: Mapping[str, int]


@click.command(
    "seed",
    epilog=examples(
        "seed --demo --orders 100000       data of any size",
        "seed --demo --without touches     nothing of the optional source raw_touches",
        "seed --from exports               a file for each source table",
        "seed --from exports --link        views over the files, no copy",
        "seed --from new --append          more rows for the tables that are there",
        "seed --from exports --decimal comma --date-format %d.%m.%Y",
    ),
)
@click.option("--demo", is_flag=True, help="Generate reproducible data; the dataflow must have a module demo.")
@demo_options
@click.option(
    "--from",
    "directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Load each source table from DIR/TABLE.csv, .csv.gz, .parquet, .xlsx or .jsonl, or from several files such as"
    " TABLE-2024.csv.",
)
@click.option("--link", is_flag=True, help="With --from: views over the files instead of copies.")
@click.option(
    "--append", is_flag=True, help="With --from: add the rows to the tables that are there; their keys must be new."
)
@click.option(
    "--replace",
    is_flag=True,
    help="Replace tables that seed did not create; asks for confirmation in a terminal.",
)
@file_options
@as_of_option
@database_option
@log_options
@target_options
@project_options
@takes(SeedParameters)
def command(parameters: SeedParameters) -> None:
    """Fill the source tables with generated data, or from files.

    Tables that seed created are replaced; others, and those that were changed since, only with --replace. With --append
    rows are added to them instead.
    """
    run_steps(STEPS, parameters)


def check_origin(parameters: SeedParameters) -> SeedParameters:
    """Refuse a call that does not say where the data comes from; warn of options of the other origin.

    Raises:
        UsageError: both or none of the origins are named, or there are no files for --link.
    """
    if parameters.demo and parameters.directory is not None:
        raise UsageError(
            "--demo and --from cannot be combined.",
            hint="`seed --demo` generates the data, `seed --from DIR` reads it from files.",
        )
    if not parameters.demo and parameters.directory is None:
        hint = (
            "Either `seed --demo`, or `seed --from DIR`."
            if has_demo(load_project(parameters.target.project_dir))
            else "Pass the folder of your files: `seed --from DIR`."
        )
        raise UsageError("Say where the data comes from.", hint=hint)
    if parameters.link and parameters.directory is None:
        raise UsageError("--link makes views over files.", hint="Name their folder: `seed --from DIR --link`.")
    _check_append(parameters)
    call, log = current_call(), current_log()
    names, reason = (FILE_OPTIONS, "it is for --from") if parameters.demo else (DEMO_OPTIONS, "it is for --demo")
    for warning in unused_option_warnings(call, names, reason):
        log.warn(warning)
    return parameters


def _check_append(parameters: SeedParameters) -> None:
    if not parameters.append:
        return
    if parameters.directory is None:
        raise UsageError("--append adds the rows of files.", hint="Name their folder: `seed --from DIR --append`.")
    if parameters.link or parameters.replace:
        other = "--link" if parameters.link else "--replace"
        raise UsageError(f"--append and {other} cannot be combined.", hint=f"Remove {other}, or --append.")


def open_seed_job(parameters: SeedParameters) -> SeedJob:
    """Load the project and find where its source tables are."""
    started = time.perf_counter()
    return SeedJob(open_session(parameters.target, as_of_option=parameters.as_of), parameters, started)


def fill_sources(job: SeedJob) -> SeedOutcome:
    """Fill the source tables."""
    session, parameters = job.session, job.parameters
    if parameters.directory is not None:
        load = Load(parameters.files, parameters.link, parameters.append, parameters.replace)
        return SeedOutcome(job, seed_from_files(session, parameters.directory, load))
    with session.destination.open() as target:
        return SeedOutcome(job, seed_from_demo(session, target, parameters.generated, replace=parameters.replace))


def write_results(outcome: SeedOutcome) -> SeedOutcome:
    """Write run_results.json and the newest results."""
    from marketing_ibis.outputs.artifacts import write_seed_results

    session, seconds = outcome.job.session, time.perf_counter() - outcome.job.started
    schema = session.project.source_schema
    write_seed_results(session.folder, session.invocation, schema, outcome.counts, seconds)
    record_seeded(session, outcome.counts)
    return outcome


STEPS: Steps = (check_origin, open_seed_job, fill_sources, write_results)
