"""Gather what a command's artifacts tell."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from marketing_ibis.cli.session import ProjectSession, Session

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.lineage.project import Lineage
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.outputs.artifacts import CompiledProject
    from marketing_ibis.outputs.description import Description
    from marketing_ibis.outputs.openlineage import Emitter
    from marketing_ibis.testing.batches import Batch


def describe(session: Session, dataflow: Dataflow, plan: Plan, batches: Sequence[Batch] = ()) -> CompiledProject:
    """Return the compiled project with the plan of what is selected, and the tests that run with it."""
    from marketing_ibis.outputs.artifacts import CompiledProject
    from marketing_ibis.testing.collect import declared_data_tests

    project, destination = session.project, session.destination
    database = destination.database.stem if destination.engine.is_local_file else None
    data_tests = declared_data_tests(dataflow, project.tests)
    batches = (*plan.batches, *batches)
    return CompiledProject(project.root, session.nodes, dataflow, plan, data_tests, batches, database, project.package)


def describe_session(session: ProjectSession, lineage: Lineage | None = None) -> Description:
    """Return the description of everything in a project; ``lineage`` is that of its columns, where it is known."""
    from marketing_ibis.lineage.project import column_lineage
    from marketing_ibis.outputs.description import describe_project

    project, dataflow = session.project, session.dataflow
    lineage = lineage or column_lineage(dataflow)
    return describe_project(project, session.nodes, dataflow, project.audiences(), lineage, session.as_of)


def emitter_of(session: Session, compiled_project: CompiledProject | None) -> Emitter:
    """Return what tells a lineage server about the run, if the environment names one.

    Of a run without its compiled project no lineage is known, so nothing is sent.
    """
    from marketing_ibis.outputs.openlineage import Emitter, open_emitter

    if compiled_project is None:
        return Emitter()
    invocation, destination = session.invocation, session.destination
    return open_emitter(
        os.environ,
        compiled_project.dataflow,
        compiled_project.plan,
        destination.engine.places(destination.settings),
        command=invocation.command,
        as_of=invocation.as_of,
        project=invocation.package,
        warn=session.log.warn,
    )
