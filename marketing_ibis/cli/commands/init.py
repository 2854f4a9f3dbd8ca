"""Start a project."""

from __future__ import annotations

from pathlib import Path

import click

from marketing_ibis.cli.console import plural
from marketing_ibis.cli.options import examples


@click.command(
    "init",
    epilog=examples(
        "init shop                     a project in the new folder shop",
        "init . --name shop_models     one in this folder",
    ),
)
@click.argument("directory", type=click.Path(path_type=Path), default=Path())
@click.option("--name", help="Package of the models.  [default: the folder's name]")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def command(directory: Path, name: str | None, debug: bool) -> None:
    """Start a project of your own in DIRECTORY: sources, models, data and tests that build at once.

    Without DIRECTORY in the current folder. A file that is there is never overwritten.
    """
    from marketing_ibis.scaffold import check_name, project_files, write_project

    package = directory.resolve().name.replace("-", "_") if name is None else name
    check_name(package, directory)
    texts = project_files(package)
    write_project(directory, texts)
    inside = directory.resolve() == Path.cwd()
    place = "this folder" if inside else directory
    click.echo(f"Wrote {plural('file', len(texts))} to {place}, the models to its package {package}. Next:")
    for line in (
        *(() if inside else (f"cd {directory}",)),
        "python -m marketing_ibis seed --from data",
        "python -m marketing_ibis build --as-of 2024-03-31",
        "pytest",
    ):
        click.echo(f"  {line}")
