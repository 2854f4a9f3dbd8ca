"""Remove what commands wrote beside the database."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import click

from marketing_ibis.cli.destination import find_destination
from marketing_ibis.cli.options import examples, project_options, target_options
from marketing_ibis.project import load_project

ARTIFACTS = ("manifest.json", "run_results.json", "catalog.json", "sources.json")


@click.command(
    "clean", epilog=examples("clean                             remove SQL and records of DuckDB", "clean -t redshift")
)
@target_options
@project_options
def command(**options: Any) -> None:
    """Remove compiled SQL and run records, no data."""
    folder: Path = options["target_path"]
    engine = find_destination(load_project(options["project_dir"]), options).engine
    present = [path for path in (folder / engine, *(folder / name for name in ARTIFACTS)) if path.exists()]
    for path in present:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    click.echo(f"Removed {' and '.join(map(str, present))}." if present else f"Nothing to remove in {folder}.")
