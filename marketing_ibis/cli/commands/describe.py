"""Describe tables for programs, language models and people."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.completing import complete_selector
from marketing_ibis.cli.options import (
    AsOfOption,
    Selection,
    TargetOptions,
    as_of_option,
    examples,
    project_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.output.log import terminal_width, wrap_lines
from marketing_ibis.cli.session import ProjectSession, open_project
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.project.selection import select_models

if TYPE_CHECKING:
    from marketing_ibis.outputs.description import Description

WIDTH = 80
"""Columns of the text where it is not printed to a terminal."""


@dataclass(frozen=True, slots=True)
class DescribeParameters:
    """What ``describe`` is called with."""

    target: TargetOptions
    names: tuple[str, ...] = ()
    format: str = "text"
    as_of: AsOfOption = None


@dataclass(frozen=True, slots=True)
class DescribeJob:
    """A project and the names that are described of it; all of them if there are none."""

    parameters: DescribeParameters
    session: ProjectSession
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Described:
    """A description and the form in which it is printed."""

    description: Description
    format: str
    is_whole: bool


@click.command(
    "describe",
    epilog=examples(
        "describe                           every table in a line, and what holds for all",
        "describe customers                 columns, units, joins, settings and warnings",
        "describe --format json > d.json    everything, for an assistant or MCP server",
    ),
)
@click.argument("names", nargs=-1, metavar="[MODEL]...", shell_complete=complete_selector)
@click.option(
    "--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it."
)
@as_of_option
@target_options
@vars_option
@project_options
@takes(DescribeParameters)
def command(parameters: DescribeParameters) -> None:
    """Describe sources, models, audiences and exposures.

    The description comes from contracts, settings and data tests: it needs no database and contains
    no values of rows. A MODEL may also be a source, an audience, an exposure or a selector such as
    marts or +customers.
    """
    run_steps(STEPS, parameters)


def find_names(parameters: DescribeParameters) -> DescribeJob:
    """Load the project and find what is described.

    Raises:
        SelectionError: a name is neither an audience nor a selector that matches something.
    """
    session = open_project(parameters.target, Selection(), parameters.as_of)
    names = {*session.nodes, *session.project.audiences()} & set(parameters.names)
    selectors = tuple(name for name in parameters.names if name not in names)
    selected = select_models(session.nodes, session.graph, select=selectors) if selectors else ()
    return DescribeJob(parameters, session, frozenset((*names, *selected)))


def describe_names(job: DescribeJob) -> Described:
    """Compile the project and describe what was asked for."""
    from marketing_ibis.cli.steps.describing import describe_session

    description = describe_session(job.session)
    is_whole = not job.parameters.names
    return Described(description if is_whole else description.only(job.names), job.parameters.format, is_whole)


def print_description(described: Described) -> None:
    """Print the description."""
    from marketing_ibis.outputs.description import description_text, json_text

    if described.format == "json":
        click.echo(json_text(described.description), nl=False)
        return
    text = description_text(described.description, is_whole=described.is_whole)
    click.echo(wrap_lines(text, terminal_width(sys.stdout) or WIDTH), nl=False)


STEPS: Steps = (find_names, describe_names, print_description)
