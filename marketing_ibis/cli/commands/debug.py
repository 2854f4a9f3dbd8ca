"""Check the set-up."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass

import click

from marketing_ibis import __version__
from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.options import TargetOptions, database_option, examples, project_options, takes, target_options
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.guide import guide_folder
from marketing_ibis.plurals import plural
from marketing_ibis.project.settings import ProjectSettings


@dataclass(frozen=True, slots=True)
class DebugParameters:
    """What ``debug`` is called with."""

    target: TargetOptions


@click.command(
    "debug",
    epilog=examples("debug                             is everything in place?", "debug -t postgres --profiles-dir ."),
)
@database_option
@target_options
@project_options
@takes(DebugParameters)
def command(parameters: DebugParameters) -> None:
    """Check the settings, the dataflow and the connection."""
    run_steps(STEPS, parameters)


def open_debug(parameters: DebugParameters) -> Session:
    """Load the project and find where it builds."""
    return open_session(parameters.target)


def print_project(session: Session) -> Session:
    """Say what is installed, and what the project consists of."""
    kinds = Counter(node.kind for node in session.nodes.values())
    node_counts = ", ".join(plural(kind, kinds[kind]) for kind in ("model", "source", "exposure"))
    click.echo(f"version     {__version__} on Python {sys.version.split()[0]}")
    click.echo(f"guide       {guide_folder() or 'not installed'}")
    click.echo(f"project     {session.project.root}")
    click.echo(f"dataflow    {', '.join(session.project.dataflows)}: {node_counts}")
    return session


def check_compile(session: Session) -> Session:
    """Compile every model."""
    session.project.compile(session.as_of)
    click.echo("compile     OK, every model matches its contract")
    return session


def check_connection(session: Session) -> Session:
    """Report the schema of the profile, connect, and count the existing relations."""
    project, destination = session.project, session.destination
    if destination.profile and destination.output:
        click.echo(f"profile     {destination.output} of {destination.profile.name} in {destination.file}")
        click.echo(f"schema      {_describe_schema(project, destination.profile.schema(destination.output))}")
    if destination.is_missing:
        click.echo(f"connection  no database at {destination.database} yet; seed and build make it")
        return session
    click.echo(f"database    {destination}{_describe_access(destination)}")
    with destination.open_to_read() as target:
        for schema in (project.source_schema, project.model_schema):
            click.echo(f"connection  OK, {schema} contains {plural('relation', len(target.relations(schema)))}")
        if limits := destination.engine.describe_limits(target.query):
            click.echo(f"limits      {limits}")
    return session


STEPS: Steps = (open_debug, print_project, check_compile, check_connection)


def _describe_access(destination: Destination) -> str:
    """Return that a build could not write the local file, if it could not."""
    is_locked = destination.engine.is_local_file and not os.access(destination.database, os.W_OK)
    return ", which may be read only: no build can write it" if is_locked else ""


def _describe_schema(project: ProjectSettings, profile_schema: str | None) -> str:
    """Return where models are written, and by whose word."""
    if profile_schema is None or "model_schema" not in project.chosen:
        return f"{project.model_schema}, of {'the settings' if profile_schema is None else 'the profile'}"
    return f"{project.model_schema}, by model_schema in the settings, which wins over the profile's {profile_schema}"
