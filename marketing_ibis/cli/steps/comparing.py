"""Compare a plan with what is published: which models are new, removed, changed or unchanged, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.planning import PlannedBuild

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketing_ibis.build.changes import Changes
    from marketing_ibis.build.identity import Identity
    from marketing_ibis.build.state import ModelState
    from marketing_ibis.build.world import World
    from marketing_ibis.model.dataflow import Dataflow


@dataclass(frozen=True, slots=True)
class ComparedPlan:
    """A plan with what it changes. Without a connection there is no ``world``, and every model is new."""

    planned_build: PlannedBuild
    changes: Changes
    world: World | None = None


def compare_plan(planned_build: PlannedBuild) -> ComparedPlan:
    """Compare the plan with the state of the published models.

    Raises:
        UsageError: the state cannot be read.
        TargetUnavailable: the database cannot be opened or reached.
    """
    from marketing_ibis.build.state import read_states
    from marketing_ibis.build.world import look_at

    session, plan = planned_build.build.session, planned_build.plan
    destination = session.destination
    if not destination.is_configured or destination.is_missing:
        return ComparedPlan(planned_build, _changes(planned_build, {}))
    with destination.open_to_read() as target:
        world = target.attempt("tables", lambda: look_at(plan, target))
        states = target.attempt("state", lambda: read_states(target, plan.schemas.models))
        existing = target.relations(plan.schemas.models)
    # A model whose table was dropped is not published, whatever the table of states says.
    published = {name: state for name, state in states.items() if name in existing}
    return ComparedPlan(planned_build, _changes(planned_build, published), world)


def _changes(planned_build: PlannedBuild, states: Mapping[str, ModelState]) -> Changes:
    from marketing_ibis.build.changes import Changes, Comparison
    from marketing_ibis.lineage.project import column_lineage
    from marketing_ibis.model.records import Exposure

    session, plan = planned_build.build.session, planned_build.plan
    # Of a selection only its own models are compiled, and compared.
    dataflow = session.selected_dataflow
    evaluated = {name: model for name, model in dataflow.models.items() if model.evaluated}
    dataflow = replace(dataflow, models=evaluated)
    exposures = {
        name: Exposure(node.exposure_type, node.owner, node.description, node.parents)
        for name, node in session.nodes.items()
        if node.kind == "exposure"
    }
    comparison = Comparison(
        dataflow,
        column_lineage(dataflow),
        plan.as_of,
        plan.facts.identities,
        states,
        lambda day: _identities_on(session, dataflow, day),
        exposures,
    )
    changes = comparison.changes()
    if not (session.selection.select or session.selection.exclude):
        return changes
    built = {step.name for step in plan.steps()}
    return Changes(tuple(change for change in changes.models if change.name in built), changes.consumers)


def _identities_on(session: Session, dataflow: Dataflow, day: date) -> Mapping[str, Identity]:
    from marketing_ibis.build.identities import model_identities

    if session.selection.select or session.selection.exclude:
        return model_identities(session.project.compile(day, tuple(dataflow.models)))
    return model_identities(session.project.compile(day))
