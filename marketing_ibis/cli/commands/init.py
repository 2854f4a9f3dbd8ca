"""Start a project."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import click

from marketing_ibis.cli.options import examples, quiet_option, takes
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import UsageError
from marketing_ibis.guide import guide_page
from marketing_ibis.plurals import plural
from marketing_ibis.presets import TITLES


@dataclass(frozen=True, slots=True)
class InitParameters:
    """What ``init`` is called with."""

    directory: Path
    name: str | None = None
    preset: str | None = None
    copy: bool = False
    adapter: bool = False
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


def _single_preset(_: click.Context, __: click.Parameter, presets: tuple[str, ...]) -> str | None:
    """Return the preset that was passed.

    Raises:
        UsageError: there are several.
    """
    if len(presets) > 1:
        page = guide_page("docs/how-to/presets.md")
        raise UsageError(
            f"A project has one preset, not {' and '.join(presets)}.",
            hint=f"Several shops of one kind fit in one project, by the column store: {page}.",
        )
    return presets[0] if presets else None


@click.command(
    "init",
    epilog=examples(
        "init shop                     a project in the new folder shop",
        "init . --name shop_models     one in this folder",
        "init shop --preset olist      one over the tables of Olist",
        "init shop --adapter           one over tables of another shape",
    ),
)
@click.argument("directory", type=click.Path(path_type=Path), default=Path())
@click.option("--name", help="Package of the models.  [default: the folder's name]")
@click.option(
    "--preset",
    type=click.Choice(tuple(TITLES)),
    metavar="NAME",
    multiple=True,
    callback=_single_preset,
    help=f"The marts over the tables of a well-known shop: {', '.join(TITLES)}.",
)
@click.option("--copy", is_flag=True, help="With --preset, copy its adapters into the project, for editing.")
@click.option("--adapter", is_flag=True, help="The marts over tables of another shape: example adapters, for editing.")
@quiet_option
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@takes(InitParameters)
def command(parameters: InitParameters) -> None:
    """Start a project of your own in DIRECTORY.

    It has sources, models, data and tests that build at once; with --preset, the marts of the package and
    adapters for the tables of a well-known shop, with a few rows to try. Without DIRECTORY, the project is in
    the current folder. Existing files are never overwritten.
    """
    run_steps(STEPS, parameters)


def write_files(parameters: InitParameters) -> NewProject:
    """Write the files of a project."""
    from marketing_ibis.project.scaffold import check_name, check_place, project_files, write_project
    from marketing_ibis.project.scaffold.preset_files import preset_files

    name, preset = parameters.package, parameters.preset
    if parameters.copy and preset is None:
        raise UsageError("--copy copies the adapters of a preset.", hint="Add --preset NAME, or leave --copy out.")
    if parameters.adapter and preset is not None:
        raise UsageError(
            "--adapter and --preset exclude each other.", hint="--preset NAME --copy has adapters to edit."
        )
    check_place(parameters.directory)
    check_name(name, parameters.directory)
    contents: Mapping[PurePosixPath, str | bytes] = (
        preset_files(name, preset, is_copy=parameters.copy)
        if preset
        else project_files(name, with_adapters=parameters.adapter)
    )
    write_project(parameters.directory, contents)
    return NewProject(parameters, len(contents))


def print_next_steps(project: NewProject) -> None:
    """Say what was written, and what to call next."""
    directory, package = project.parameters.directory, project.parameters.package
    is_current_folder = directory.resolve() == Path.cwd()
    place = "this folder" if is_current_folder else directory
    # The Python that runs this has the package; another one on the PATH may not.
    python = _python()
    if project.parameters.quiet:
        return
    has_package = project.parameters.preset is None or project.parameters.copy
    has_models = project.parameters.preset is None and not project.parameters.adapter
    models = f", the {'models' if has_models else 'adapters'} to its package {package}"
    click.echo(f"Wrote {plural('file', project.files)} to {place}{models if has_package else ''}. Next:")
    commands = _commands_of_preset(python) if project.parameters.preset else _commands(python, has_tests=has_models)
    for line in (*(() if is_current_folder else (f"cd {_quote(str(directory))}",)), *commands):
        click.echo(f"  {line}")
    if project.parameters.preset:
        click.echo("These rows are a sample. README.md says what to export from your shop.")


STEPS: Steps = (write_files, print_next_steps)


def _commands(python: str, *, has_tests: bool) -> Iterator[str]:
    yield f"{python} -m marketing_ibis seed --from data"
    yield f"{python} -m marketing_ibis build --as-of 2024-03-31"
    if has_tests and _lacks_tests():
        yield f"{python} -m pip install hypothesis pytest"
    if has_tests:
        yield f"{python} -m pytest"


def _commands_of_preset(python: str) -> Iterator[str]:
    yield f"{python} -m marketing_ibis seed --from sample"
    yield f"{python} -m marketing_ibis build"


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
