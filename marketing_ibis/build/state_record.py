"""Say what a plan publishes is built from, for the table of states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from marketing_ibis import __version__
from marketing_ibis.build.candidate_rows import replaced_contents
from marketing_ibis.build.identity import Identity
from marketing_ibis.build.plan import Plan, Step
from marketing_ibis.build.state import Inputs, ModelState, read_states, state_statements
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Contents, Target
from marketing_ibis.errors import UsageError


def record_states(
    target: Target, plan: Plan, identities: Mapping[str, Identity], as_of: date, built_at: datetime
) -> tuple[str, ...]:
    """Return the statements that record what the candidates of ``plan`` are built from, for its transaction.

    ``identities`` are those of the plan's models and of the models that these depend on.
    """
    tables = [step for step in plan.steps() if step.kind == "table" and not step.is_in_place]
    candidates = {step.relation.candidate: tuple(step.columns) for step in tables}
    recorded, contents = _recorded_states(target, plan), dict(target.contents({**plan.tables_read, **candidates}))
    contents |= _replaced(target, plan, recorded)
    origins = _Origins(plan, identities, recorded, contents)
    states = [_state(step, origins, as_of, built_at) for step in plan.steps() if step.name in identities]
    return state_statements(plan.dialect, plan.schemas.models, states, plan.schemas.readers)


def _replaced(target: Target, plan: Plan, states: Mapping[str, ModelState]) -> dict[Relation, Contents]:
    """Return the contents of the candidates whose rows are replaced in place.

    A repair also finds what was changed in the published table by another program.
    """
    contents: dict[Relation, Contents] = {}
    for step in plan.steps():
        if step.incremental is None or not step.is_in_place:
            continue
        recorded = states[step.name].content if step.name in states else None
        if step.incremental.is_repair:
            recorded = target.contents({step.relation: tuple(step.columns)}).get(step.relation)
        replaced = replaced_contents(target, step, recorded) if recorded else None
        if replaced is not None:
            contents[step.relation.candidate] = replaced
    return contents


def _recorded_states(target: Target, plan: Plan) -> Mapping[str, ModelState]:
    """Return the states of models that are not built; nothing if they are damaged, which a build repairs."""
    try:
        return read_states(target, plan.schemas.models)
    except UsageError:
        return {}


def _state(step: Step, origins: _Origins, as_of: date, built_at: datetime) -> ModelState:
    inputs = origins.inputs(step.name)
    # What is built from a table of unknown origin has an unknown meaning itself.
    identity = origins.identities[step.name]
    known_identity = identity if inputs is not None else replace(identity, rows=None)
    content = origins.contents.get(step.relation.candidate)
    return ModelState(step.name, known_identity, as_of, built_at, inputs or {}, content, __version__)


@dataclass(slots=True)
class _Origins:
    """The rows of sources that models are built from: of those in the plan now, of other tables as they were."""

    plan: Plan
    identities: Mapping[str, Identity]
    states: Mapping[str, ModelState]
    contents: Mapping[Relation, Contents]
    inputs_by_name: dict[str, Inputs | None] = field(default_factory=dict)

    def inputs(self, name: str) -> Inputs | None:
        """Return the rows of the sources under a model or source; None where its meaning is not known."""
        if name not in self.inputs_by_name:
            self.inputs_by_name[name] = self._inputs(name)
        return self.inputs_by_name[name]

    def _inputs(self, name: str) -> Inputs | None:
        built = {step.name for step in self.plan.steps()}
        relation, identity = self.plan.published[name], self.identities.get(name)
        if identity is None:
            # Sources have none.
            return {name: self.contents.get(relation)}
        if name in built or identity.kind == "view":
            is_known = name in built or self._is_current(name, identity)
            return merge_inputs(map(self.inputs, identity.parents)) if is_known else None
        state = self.states.get(name)
        is_current = state is not None and self._is_current(name, identity)
        return state.inputs if state and is_current and state.content == self.contents.get(relation) else None

    def _is_current(self, name: str, identity: Identity) -> bool:
        """Return whether a published model means what the project says now."""
        state = self.states.get(name)
        if state is None or not identity.means_the_same(state.identity):
            return False
        # A view also reads its parents as they are now, so that its own definition must be the same.
        return identity.kind == "table" or identity.definition == state.identity.definition


def merge_inputs(parts: Iterable[Inputs | None]) -> Inputs | None:
    """Return the inputs of what is built from several parents; None for a source of which they have different rows."""
    merged: dict[str, Contents | None] = {}
    for part in parts:
        if part is None:
            return None
        for name, contents in part.items():
            merged[name] = contents if merged.get(name, contents) == contents else None
    return merged
