"""Compare a plan with what is published: which models are new, removed, changed or unchanged, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketing_ibis.cli.model_changes import compare_models, published_states
from marketing_ibis.cli.steps.planning import PlannedBuild

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketing_ibis.build.changes import Changes
    from marketing_ibis.build.state import ModelState
    from marketing_ibis.build.world import World


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
    from marketing_ibis.build.world import look_at

    session, plan = planned_build.build.session, planned_build.plan
    destination = session.destination
    if not destination.is_configured or destination.is_missing:
        return ComparedPlan(planned_build, _changes(planned_build, {}))
    with destination.open_to_read() as target:
        world = target.attempt("tables", lambda: look_at(plan, target))
        published = published_states(target, plan.schemas.models)
    return ComparedPlan(planned_build, _changes(planned_build, published), world)


def _changes(planned_build: PlannedBuild, states: Mapping[str, ModelState]) -> Changes:
    from marketing_ibis.build.changes import Changes

    session, plan = planned_build.build.session, planned_build.plan
    # Of a selection only its own models are compiled, and compared.
    dataflow, identities = session.selected_dataflow, plan.facts.identities
    changes = compare_models(session.project, session.nodes, dataflow, plan.as_of, identities, states)
    if not (session.selection.select or session.selection.exclude):
        return changes
    built = {step.name for step in plan.steps()}
    return Changes(tuple(change for change in changes.models if change.name in built), changes.consumers)
