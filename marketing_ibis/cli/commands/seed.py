"""Fill the source tables."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from marketing_ibis.cli.options import (
    DEMO_OPTIONS,
    as_of_option,
    database_option,
    demo_options,
    examples,
    log_options,
    project_options,
    target_options,
    warn_of_idle,
)
from marketing_ibis.cli.session import load
from marketing_ibis.cli.steps.describing import invocation_of
from marketing_ibis.cli.steps.latest_results import keep_seeded
from marketing_ibis.cli.steps.seeding import seed_from_demo, seed_from_files
from marketing_ibis.errors import UsageError


@click.command(
    "seed",
    epilog=examples(
        "seed --demo --orders 100000       data of any size",
        "seed --from exports               a file for each source table",
        "seed --from exports --link        views over the files, no copy",
    ),
)
@click.option("--demo", is_flag=True, help="Generate deterministic data; the dataflow needs a module demo.")
@demo_options
@click.option(
    "--from",
    "directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Load each source table from DIR/TABLE.csv, .csv.gz or .parquet.",
)
@click.option("--link", is_flag=True, help="With --from: views over the files instead of copies.")
@click.option("--replace", is_flag=True, help="Replace tables that seed did not create; asks first on a terminal.")
@as_of_option
@database_option
@log_options
@target_options
@project_options
def command(directory: Path | None, demo: bool, link: bool, replace: bool, **options: Any) -> None:
    """Fill the source tables with generated data, or from files.

    Tables that seed created are replaced; others, and those that somebody has changed since, only with --replace.
    """
    if demo == (directory is not None):
        raise UsageError("Say where the data comes from.", hint="Either `seed --demo`, or `seed --from DIR`.")
    if link and directory is None:
        raise UsageError("--link makes views over files.", hint="Name their folder: `seed --from DIR --link`.")
    if not demo:
        warn_of_idle(DEMO_OPTIONS, "it is for --demo")
    started = time.perf_counter()
    project, destination = load(options)
    if directory is None:
        with destination.open() as target:
            counts = seed_from_demo(project, target, options, replace=replace)
    else:
        counts = seed_from_files(project, destination, directory, link=link, replace=replace)
    from marketing_ibis.outputs.artifacts import write_seed_results

    invocation = invocation_of(project, destination, options)
    seconds = time.perf_counter() - started
    write_seed_results(options["target_path"], invocation, project.source_schema, counts, seconds)
    keep_seeded(project, destination, options, counts)
