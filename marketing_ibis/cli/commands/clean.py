"""Remove the files that commands wrote, except for the database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from marketing_ibis.build.latest_results import LATEST_RESULTS
from marketing_ibis.cli.destination import find_destination
from marketing_ibis.cli.options import TargetOptions, examples, project_options, quiet_option, takes, target_options
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.docs_site import SITE, WORK
from marketing_ibis.docs_site.folders import is_site, leftovers, remove_site
from marketing_ibis.engines import ENGINES
from marketing_ibis.project.settings import load_project

OLD_SQL_CACHE = "sql_memory.json"
"""Held SQL that earlier versions executed again."""
ARTIFACTS = ("manifest.json", "run_results.json", "catalog.json", "sources.json", LATEST_RESULTS, "unfinished_run.json")


@dataclass(frozen=True, slots=True)
class CleanParameters:
    """What ``clean`` is called with."""

    target: TargetOptions


@dataclass(frozen=True, slots=True)
class GeneratedFiles:
    """The ``paths`` in a folder that commands wrote."""

    folder: Path
    paths: tuple[Path, ...]


@click.command(
    "clean",
    epilog=examples(
        "clean                             remove the SQL of DuckDB, records and the site", "clean -t redshift"
    ),
)
@quiet_option
@target_options
@project_options
@takes(CleanParameters)
def command(parameters: CleanParameters) -> None:
    """Remove compiled SQL, records and the site, but no data."""
    run_steps(STEPS, parameters)


def find_generated(parameters: CleanParameters) -> GeneratedFiles:
    """Find what commands wrote."""
    options = parameters.target
    engine_name = find_destination(load_project(options.project_dir), options).engine.name
    return GeneratedFiles(options.target_path, tuple(_generated_paths(options.target_path, engine_name)))


def remove_generated(files: GeneratedFiles) -> GeneratedFiles:
    """Remove what was found."""
    for path in files.paths:
        if is_site(path):
            remove_site(path)
        elif path.is_symlink():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return files


def report_removed(files: GeneratedFiles) -> GeneratedFiles:
    """Say what was removed."""
    paths = ", ".join(map(str, files.paths))
    text = f"Removed {paths}." if paths else f"Nothing to remove in {files.folder}."
    current_log().emit("note", text)
    return files


STEPS: Steps = (find_generated, remove_generated, report_removed)


def _generated_paths(folder: Path, engine: str) -> Iterator[Path]:
    """Yield what commands wrote to ``folder``: on ``engine``, and for the site, which shows the SQL of all engines."""
    yield from filter(Path.exists, (folder / name for name in (engine, *ARTIFACTS, WORK)))
    # A folder of the user may have that name.
    if is_site(folder / SITE):
        yield folder / SITE
    yield from leftovers(folder / SITE)
    other_folders = (folder / name for name in ENGINES if name != engine)
    yield from (f for f in other_folders if f.is_dir() and [path.name for path in f.iterdir()] == [OLD_SQL_CACHE])
