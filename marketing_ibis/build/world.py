"""Look at what a plan reads and replaces, so that a plan that is applied later finds it as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from marketing_ibis.build.plain_data import to_plain
from marketing_ibis.build.plan import Plan
from marketing_ibis.build.state import ModelState, read_states
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.folded_names import as_declared
from marketing_ibis.engines.target import RelationKind, Target, existing_kinds
from marketing_ibis.errors import RunFailed
from marketing_ibis.model.schemas import schema_differences


@dataclass(frozen=True, slots=True)
class ExistingTable:
    """A table or view, with Ibis' names of the types of its columns."""

    kind: RelationKind
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class World:
    """The tables that a plan reads or replaces, as far as they exist, and a digest of the state of each model."""

    tables: Mapping[Relation, ExistingTable] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)


def look_at(plan: Plan, target: Target) -> World:
    """Return what exists of the tables that ``plan`` reads or replaces.

    Raises:
        UsageError: the table of states cannot be read.
    """
    steps = {step.relation: step.columns for step in plan.steps()}
    parents: dict[Relation, Mapping[str, str]] = {relation: {} for relation in plan.published_parents}
    declared = {**parents, **plan.sources, **steps}
    tables = {
        relation: ExistingTable(kind, dict(as_declared(_columns(target, relation), declared[relation])))
        for relation, kind in existing_kinds(target, declared).items()
    }
    names = {name for name, relation in plan.published.items() if relation in tables}
    states = read_states(target, plan.schemas.models)
    return World(tables, {name: _digest(state) for name, state in sorted(states.items()) if name in names})


def _columns(target: Target, relation: Relation) -> Mapping[str, str]:
    try:
        return target.columns(relation)
    except RunFailed:
        # A view over a table that was dropped has no columns.
        return {}


def _digest(state: ModelState) -> str:
    identity = [to_plain(state.identity), state.built_at.isoformat(), state.as_of.isoformat()]
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def world_differences(plan: Plan, earlier: World, current: World) -> Iterator[str]:
    """Yield what is not as it was when ``plan`` was made, one sentence without a full stop per table."""
    for relation in dict.fromkeys((*earlier.tables, *current.tables)):
        before, now = earlier.tables.get(relation), current.tables.get(relation)
        if now is None:
            yield f"{relation} does not exist any more"
        elif before is None:
            yield f"{relation} is a new {now.kind}"
        elif before.kind != now.kind:
            yield f"{relation} is a {now.kind} and was a {before.kind}"
        elif differences := schema_differences(before.columns, now.columns):
            yield f"{relation} has other columns ({'; '.join(differences)})"
    for name in sorted(earlier.states.keys() | current.states.keys()):
        relation = plan.published[name]
        is_there = relation in earlier.tables and relation in current.tables
        if is_there and earlier.states.get(name) != current.states.get(name):
            yield f"{relation} was published by another build"
