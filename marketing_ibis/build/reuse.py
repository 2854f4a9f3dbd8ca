"""Decide which models a build of changes builds again, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from marketing_ibis.build.changes import ModelChange
from marketing_ibis.build.compared_models import ComparedModels
from marketing_ibis.build.reasons import list_names, reason_of
from marketing_ibis.build.state import ModelState
from marketing_ibis.engines.target import Contents, RelationKind

OTHER_DIGESTS = "were computed in a different way and cannot be compared"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a model is built again, and why, or why not."""

    name: str
    is_built: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Published:
    """What exists: the ``kinds`` of published models, and the ``contents`` of sources and of published tables."""

    kinds: Mapping[str, RelationKind]
    contents: Mapping[str, Contents]


@dataclass(frozen=True, slots=True)
class Reuse:
    """The models of a project, as of ``as_of``, next to what is published.

    ``version`` is that of this package.
    """

    models: ComparedModels
    as_of: date
    states: Mapping[str, ModelState]
    changes: Mapping[str, ModelChange]
    published: Published
    version: str

    def decide(self) -> tuple[Decision, ...]:
        """Return a decision for each model, parents first."""
        reasons: dict[str, str] = {}
        outdated: set[str] = set()
        identities = self.models.identities
        for name, identity in identities.items():
            if parents := [p for p in identity.parents if p in outdated]:
                # Their rows may differ although they mean the same.
                reasons[name] = f"{list_names(parents)} is built by another version of marketing_ibis"
                outdated.add(name)
            elif reason := next(self._reasons(name), ""):
                reasons[name] = reason
                state = self.states.get(name)
                if state is not None and state.version != self.version:
                    outdated.add(name)
        differing = {*reasons, *self.changed_sources()}
        for name in identities:
            if name not in reasons and (reason := self._reason_of_neighbours(name, reasons, differing)):
                reasons[name] = reason
        return tuple(
            Decision(name, True, reasons[name]) if name in reasons else Decision(name, False, self._age(name))
            for name in identities
        )

    def changed_sources(self) -> frozenset[str]:
        """Return the sources whose rows are not those that some published model was built from."""
        return frozenset(
            name
            for state in self.states.values()
            for name, contents in state.inputs.items()
            if contents is None or contents != self.published.contents.get(name)
        )

    def _reasons(self, name: str) -> Iterator[str]:
        """Yield why a model itself is to be built, the most telling reason first."""
        state, change, identity = self.states.get(name), self.changes[name], self.models.identities[name]
        if state is None:
            yield reason_of(change)
            return
        if not identity.is_known:
            yield "it contains an operation that differs at every build"
        if not state.identity.is_known:
            yield "it was built from tables of an unknown state"
        if change.kind != "unchanged" or change.moving or change.moving_rows != "same":
            yield reason_of(change)
        if not identity.means_the_same(state.identity) or identity.layout != state.identity.layout:
            yield "its definition changed"
        yield from self._changed_inputs(state)
        if self.published.kinds.get(name) != identity.kind:
            yield f"it is not published as a {identity.kind}"
        elif identity.kind == "table" and (published := self.published.contents.get(name)) != state.content:
            if published and state.content and not published.compares_with(state.content):
                yield f"the recorded digests of its rows {OTHER_DIGESTS}"
            yield "its published table was changed by another program"
        if state.version != self.version:
            yield f"it was built by marketing_ibis {state.version}"
        if self.models.is_tested and identity.tests != state.identity.tests:
            yield "its data tests changed" if state.identity.tests else "it was not tested"
        if name in self.models.recorded and state.as_of != self.as_of:
            yield f"its history has the rows of {state.as_of}"

    def _changed_inputs(self, state: ModelState) -> Iterator[str]:
        for source, earlier in state.inputs.items():
            current = self.published.contents.get(source)
            if earlier is None:
                yield f"its parents were built from different rows of {source}"
            elif current is None:
                yield f"{source} does not exist, or not with its columns"
            elif current.rows != earlier.rows:
                yield f"{source} has {current.rows:,} rows, {earlier.rows:,} before"
            elif not current.compares_with(earlier):
                yield f"the recorded digests of {source} {OTHER_DIGESTS}"
            elif current != earlier:
                yield f"{source} has other values"

    def _reason_of_neighbours(self, name: str, built: Collection[str], differing: Collection[str]) -> str:
        """Return why a model that is unchanged itself is built with others."""
        identity = self.models.identities[name]
        if identity.kind == "view" and (parents := [p for p in identity.parents if p in built]):
            return f"it is a view of {list_names(parents)}"
        read = [n for n in self.models.tests_read.get(name, ()) if n in differing]
        return f"its data tests read {list_names(read)}" if read else ""

    def _age(self, name: str) -> str:
        return f"unchanged since {self.states[name].built_at:%Y-%m-%d %H:%M} UTC"
