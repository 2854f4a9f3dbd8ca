"""Start a project."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from marketing_ibis.cli.options import examples, quiet_option, takes
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.plurals import plural


@dataclass(frozen=True, slots=True)
class InitParameters:
    """What ``init`` is called with."""

    directory: Path
    name: str | None = None
    quiet: bool = False

    @property
    def package(self) -> str:
        """The package of the models."""
        return self.directory.resolve().name.replace("-", "_") if self.name is None else self.name


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project of so many files that is written."""

    parameters: InitParameters
    files: int


@click.command(
    "init",
    epilog=examples(
        "init shop                     a project in the new folder shop",
        "init . --name shop_models     one in this folder",
    ),
)
@click.argument("directory", type=click.Path(path_type=Path), default=Path())
@click.option("--name", help="Package of the models.  [default: the folder's name]")
@quiet_option
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@takes(InitParameters)
def command(parameters: InitParameters) -> None:
    """Start a project of your own in DIRECTORY.

    It has sources, models, data and tests that build at once. Without DIRECTORY, the project is in the
    current folder. Existing files are never overwritten.
    """
    run_steps(STEPS, parameters)


def write_files(parameters: InitParameters) -> NewProject:
    """Write the files of a project."""
    from marketing_ibis.project.scaffold import check_name, check_place, project_files, write_project

    check_place(parameters.directory)
    check_name(parameters.package, parameters.directory)
    texts = project_files(parameters.package)
    write_project(parameters.directory, texts)
    return NewProject(parameters, len(texts))


def print_next_steps(project: NewProject) -> None:
    """Say what was written, and what to call next."""
    directory, package = project.parameters.directory, project.parameters.package
    is_current_folder = directory.resolve() == Path.cwd()
    place = "this folder" if is_current_folder else directory
    # The Python that runs this has the package; another one on the PATH may not.
    python = _python()
    if project.parameters.quiet:
        return
    click.echo(f"Wrote {plural('file', project.files)} to {place}, the models to its package {package}. Next:")
    for line in (
        *(() if is_current_folder else (f"cd {_quote(str(directory))}",)),
        f"{python} -m marketing_ibis seed --from data",
        f"{python} -m marketing_ibis build --as-of 2024-03-31",
        *((f"{python} -m pip install hypothesis pytest",) if _lacks_tests() else ()),
        f"{python} -m pytest",
    ):
        click.echo(f"  {line}")


STEPS: Steps = (write_files, print_next_steps)


def _python() -> str:
    """Return what starts this Python in a shell: ``python`` where that is the one on the PATH."""
    first, this_python = shutil.which("python"), Path(sys.executable)
    # python and python3 of one virtual environment are one; those of another lead to the same file elsewhere.
    same_folder = first is not None and Path(first).absolute().parent == this_python.absolute().parent
    return "python" if first and same_folder and this_python.samefile(first) else _quote(sys.executable)


def _quote(text: str) -> str:
    """Return a word as the shell of this system reads it; one that begins with a dash is a path here."""
    word = f"./{text}" if text.startswith("-") else text
    if os.name != "nt":
        return shlex.quote(word)
    import subprocess  # help does without

    return subprocess.list2cmdline([word])


def _lacks_tests() -> bool:
    return any(importlib.util.find_spec(name) is None for name in ("hypothesis", "pytest"))
