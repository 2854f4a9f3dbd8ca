"""Compare a plan with what is published: which models are new, removed, changed or unchanged, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketing_ibis.cli.model_changes import compare_models, published_states
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.planning import PlannedBuild
from marketing_ibis.cli.steps.readers import planned_changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketing_ibis.build.changes import Changes
    from marketing_ibis.build.state import ModelState


@dataclass(frozen=True, slots=True)
class Published:
    """The states of the models that are published, and whose rights a build would change, as a sentence.

    Without a connection there are none.
    """

    states: Mapping[str, ModelState]
    is_connected: bool = True
    reader_changes: str = ""

    @property
    def digest(self) -> str:
        """A digest of what a comparison depends on: not of when a model was built."""
        import hashlib  # help does without

        parts = [(name, state.identity, state.as_of) for name, state in sorted(self.states.items())]
        return hashlib.sha256(repr((self.is_connected, parts)).encode()).hexdigest()


def read_published(session: Session) -> Published:
    """Return the states of the published models.

    Raises:
        UsageError: a state cannot be read.
        TargetUnavailable: the database cannot be opened or reached.
    """
    destination = session.destination
    if not destination.is_configured or destination.is_missing:
        return Published({}, is_connected=False)
    with destination.open_to_read() as target:
        states = published_states(target, session.project.model_schema)
        return Published(states, reader_changes=planned_changes(session, target, states) if states else "")


def compare_plan(planned_build: PlannedBuild, states: Mapping[str, ModelState]) -> Changes:
    """Compare a plan with the states of the published models."""
    from marketing_ibis.build.changes import Changes

    session, plan = planned_build.build.session, planned_build.plan
    # Of a selection only its own models are compiled, and compared.
    dataflow, identities = session.selected_dataflow, plan.facts.identities
    changes = compare_models(session.project, session.nodes, dataflow, plan.as_of, identities, states)
    if not (session.selection.select or session.selection.exclude):
        return changes
    built = {step.name for step in plan.steps()}
    return Changes(tuple(change for change in changes.models if change.name in built), changes.consumers)
