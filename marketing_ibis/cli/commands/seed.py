"""Fill the source tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from marketing_ibis.cli.destination import find_destination
from marketing_ibis.cli.options import as_of_option, database_option, demo_options, project_options, target_options
from marketing_ibis.cli.seeding import seed_from_demo, seed_from_files
from marketing_ibis.errors import UsageError
from marketing_ibis.project import load_project


@click.command("seed")
@click.option("--demo", is_flag=True, help="Generate deterministic data.")
@demo_options
@click.option(
    "--from",
    "directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Load DIR/customers, orders and payments, each .csv, .csv.gz or .parquet.",
)
@click.option("--link", is_flag=True, help="With --from: views over the files instead of copies.")
@as_of_option
@database_option
@target_options
@project_options
def command(directory: Path | None, demo: bool, link: bool, **options: Any) -> None:
    """Fill the source tables with generated data, or from files."""
    if demo == (directory is not None):
        raise UsageError("Say where the data comes from.", hint="Either `seed --demo`, or `seed --from DIR`.")
    if link and directory is None:
        raise UsageError("--link makes views over files.", hint="Name their folder: `seed --from DIR --link`.")
    project = load_project(options["project_dir"])
    with find_destination(project, options).open() as target:
        if directory is None:
            seed_from_demo(project, target, options)
        else:
            seed_from_files(project, target, directory, link=link)
