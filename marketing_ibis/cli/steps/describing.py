"""Gather what a command's artifacts tell."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.session import Options, day_of
from marketing_ibis.project.settings import Project

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.outputs.artifacts import Described, Invocation
    from marketing_ibis.outputs.openlineage import Emitter
    from marketing_ibis.testing.batches import Suite


def invocation_of(project: Project, destination: Destination, options: Options) -> Invocation:
    """Return the call of the command that runs."""
    from marketing_ibis.outputs.artifacts import Invocation

    command = click.get_current_context().info_name or ""
    given = {name: _plain(value) for name, value in sorted(options.items()) if value not in (None, (), False)}
    return Invocation(command, destination.engine.name, day_of(project, options), given, project.package)


def describe(
    project: Project, destination: Destination, dataflow: Dataflow, plan: Plan, suites: Sequence[Suite] = ()
) -> Described:
    """Return the compiled project with the plan of what is selected, and the tests that are asked beside it."""
    from marketing_ibis.outputs.artifacts import Described
    from marketing_ibis.testing.collect import declared_data_tests

    database = destination.database.stem if destination.engine.is_local_file else None
    data_tests = declared_data_tests(dataflow, project.tests)
    suites = (*plan.suites, *suites)
    return Described(project.root, project.nodes(), dataflow, plan, data_tests, suites, database, project.package)


def emitter_of(described: Described, invocation: Invocation, destination: Destination) -> Emitter:
    """Return what tells a lineage server about the run, if the environment names one."""
    from marketing_ibis.outputs.openlineage import open_emitter

    return open_emitter(
        os.environ,
        described.dataflow,
        described.plan,
        destination.engine.places(destination.settings),
        command=invocation.command,
        as_of=invocation.as_of,
        project=invocation.package,
        warn=current_log().warn,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, date | Path) else value
