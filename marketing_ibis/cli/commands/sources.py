"""Look at a shop's own tables, and propose how the sources are read from them."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.file_options import FileOptions, file_options
from marketing_ibis.cli.options import (
    TargetOptions,
    database_option,
    examples,
    project_options,
    takes,
    target_options,
)
from marketing_ibis.cli.output.inspection import describe
from marketing_ibis.cli.output.log import terminal_width, wrap_lines
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.inspecting import inspect_place, propose_settings
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.project.settings_file import settings_text, write_settings

if TYPE_CHECKING:
    from marketing_ibis.build.inspection.proposed_settings import ProposedSettings
    from marketing_ibis.build.inspection.records import Inspection


@dataclass(frozen=True, slots=True)
class InspectParameters:
    """What ``sources inspect`` is called with; without a ``place`` the target's database."""

    target: TargetOptions
    files: FileOptions = field(default_factory=FileOptions)
    place: str = ""
    write: bool = False
    format: str = "text"


@dataclass(frozen=True, slots=True)
class Proposed:
    """An inspection with the settings that follow from it."""

    session: Session
    parameters: InspectParameters
    inspection: Inspection
    settings: ProposedSettings


@click.group("sources", epilog=examples("sources inspect exports    propose the mapping of a folder of files"))
def command() -> None:
    """Look at a shop's own tables before they are mapped."""


@command.command(
    "inspect",
    short_help="Propose how a shop's tables or files are mapped to the sources.",
    epilog=examples(
        "sources inspect exports                a folder of files",
        "sources inspect invoices.xlsx          one file",
        "sources inspect shopify -t postgres    a schema",
        "sources inspect raw.shopify            a schema of another database",
        "sources inspect exports --write        and write the settings into pyproject.toml",
    ),
)
@click.argument("place", required=False, default="")
@click.option("--write", is_flag=True, help="Write the proposed settings into the project's pyproject.toml.")
@click.option(
    "--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of output."
)
@file_options
@database_option
@target_options
@project_options
@takes(InspectParameters)
def inspect(parameters: InspectParameters) -> None:
    """Propose how the sources are read from PLACE: a folder of files, a file, a schema or a DuckDB database.

    A schema of another database is named with it: DATABASE.SCHEMA.

    Every row is read and nothing is written without --write. Each column that is matched has its evidence; what nothing
    decides is listed, and so is what is missing, with the marts that need it. Without PLACE all schemas of the target
    are read.
    """
    run_steps(STEPS, parameters)


def inspect_sources(parameters: InspectParameters) -> Proposed:
    """Look at the place."""
    session = open_session(parameters.target)
    inspection, expected = inspect_place(session, parameters.target, parameters.place, parameters.files)
    settings = propose_settings(session, inspection, expected)
    return Proposed(session, parameters, inspection, settings)


def print_inspection(proposed: Proposed) -> Proposed:
    """Print the proposal."""
    tables = [(table.path, table.values, table.comments) for table in proposed.settings.tables]
    if proposed.parameters.format == "json":
        document = {**asdict(proposed.inspection), "settings": asdict(proposed.settings)}
        click.echo(json.dumps(document, ensure_ascii=False, default=str))
        return proposed
    width = terminal_width(sys.stdout)
    for line in describe(proposed.inspection, width):
        click.echo(wrap_lines(line, width))
    if proposed.parameters.write:
        return proposed
    plain_tables = [(path, values, ()) for path, values, _ in tables]
    if proposed.settings.general or tables:
        click.echo("\nSettings (--write adds them to pyproject.toml, with the evidence as comments):\n")
        click.echo(settings_text(proposed.settings.general, plain_tables), nl=False)
    elif proposed.inspection.proposals:
        click.echo("\nNo settings are needed: the tables have the names and columns of the sources.")
    return proposed


def write_proposal(proposed: Proposed) -> int:
    """Write the settings, where the call asks for it."""
    settings = proposed.settings
    if proposed.parameters.write and (settings.general or settings.tables):
        tables = [(table.path, table.values, table.comments) for table in settings.tables]
        path = write_settings(proposed.session.project.root, settings.general, tables)
        click.echo(f"Wrote the settings to {path}.", err=proposed.parameters.format == "json")
    return 0


STEPS: Steps = (inspect_sources, print_inspection, write_proposal)
