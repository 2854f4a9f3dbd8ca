"""Compare a dataflow with the state of the published models: what changed, and what follows from it downstream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from marketing_ibis.build.identity import Identity
from marketing_ibis.build.state import ModelState
from marketing_ibis.graph import reached, topological
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.records import Exposure

if TYPE_CHECKING:
    from marketing_ibis.lineage.project import Lineage

ChangeKind = Literal["new", "removed", "changed", "unchanged"]
Rows = Literal["same", "must look"]
CAMPAIGNS = "campaigns"
"""The layer of the models that are lists of customers to contact."""
ROWS = ""
"""The column of a reference to a table's rows as a whole."""

IdentitiesOn = Callable[[date], Mapping[str, Identity]]
"""From as_of to the identities of the models as of that date."""


@dataclass(frozen=True, slots=True)
class ModelChange:
    """What a build would change in a published model because of the project, not of its data.

    ``rows`` is "same" if the model has the same rows as before over any data, apart from the columns listed here, and
    "must look" otherwise: then every column may differ. ``added``, ``removed`` and ``modified`` are columns.

    ``is_own`` says that the model's own expression changed; if not, its columns differ because of ``causes``, the
    parents that changed. ``layout_changed`` says that it is stored in another way: kind, keys, types, widths, order of
    columns. ``tests_changed`` says that it has other data tests than before. ``is_known`` is false if it has a random
    or unknown operation, which counts as a change at every comparison.

    ``published_as_of`` is the date that the published table is as of, and ``moving`` the columns that differ now only
    because as_of is a different date; their rows are "must look" in ``moving_rows``. A model that only moves is
    unchanged.

    ``downstream`` are the columns of other models that change because of this one, as ("customers", "segment").
    """

    name: str
    kind: ChangeKind
    rows: Rows = "same"
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    is_own: bool = False
    causes: tuple[str, ...] = ()
    layout_changed: bool = False
    tests_changed: bool = False
    is_known: bool = True
    published_as_of: date | None = None
    moving: tuple[str, ...] = ()
    moving_rows: Rows = "same"
    downstream: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ConsumerChange:
    """An exposure or a campaign list that depends on changed columns, as ("customers", "segment").

    A consumer depends on every column of the models that it names.
    """

    kind: Literal["exposure", "campaign list"]
    name: str
    owner: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the state: every model, parents first and removed ones last, and the consumers that follow."""

    models: tuple[ModelChange, ...]
    consumers: tuple[ConsumerChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether every model is unchanged."""
        return all(change.kind == "unchanged" for change in self.models)

    def by_name(self) -> dict[str, ModelChange]:
        """Return the changes by the name of their model."""
        return {change.name: change for change in self.models}


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """The ``identities`` of models as of ``as_of``, parents first, and the ``states`` of those that builds published.

    ``identities_on`` returns those as of a different date, which the comparison needs only for models that depend on
    as_of and were published as of that date.
    """

    as_of: date
    identities: Mapping[str, Identity]
    states: Mapping[str, ModelState]
    identities_on: IdentitiesOn

    def changes(self) -> dict[str, ModelChange]:
        """Return what differs in each model, without what follows from it downstream."""
        changes: dict[str, ModelChange] = {}
        for name in self.identities:
            changes[name] = self._change(name, changes)
        return changes

    def _change(self, name: str, earlier: Mapping[str, ModelChange]) -> ModelChange:
        current = self.identities[name]
        state = self.states.get(name)
        if state is None:
            return ModelChange(name, "new", "must look", tuple(current.columns), is_own=True, is_known=current.is_known)
        compared = self._at_date_of(name, state)
        recorded = state.identity
        added, removed, modified = _column_changes(compared, recorded)
        rows = _rows(compared, recorded)
        layout_changed = compared.layout != recorded.layout
        changed_parents = [p for p in current.parents if p in earlier and earlier[p].kind != "unchanged"]
        is_changed = bool(added or removed or modified or layout_changed or rows != "same")
        moving = _column_changes(current, compared)[2] if compared is not current else ()
        return ModelChange(
            name,
            "changed" if is_changed else "unchanged",
            rows,
            added,
            removed,
            modified,
            is_own=is_changed and (compared.definition is None or compared.definition != recorded.definition),
            causes=tuple(changed_parents) if is_changed else (),
            layout_changed=layout_changed,
            tests_changed="" not in (compared.tests, recorded.tests) and compared.tests != recorded.tests,
            is_known=current.is_known,
            published_as_of=state.as_of,
            moving=moving,
            moving_rows=_rows(current, compared) if compared is not current else "same",
        )

    def _at_date_of(self, name: str, state: ModelState) -> Identity:
        """Return the model's identity as of the date that it was published for."""
        current = self.identities[name]
        if state.as_of == self.as_of or current.means_the_same(state.identity):
            return current
        return self.identities_on(state.as_of).get(name, current)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A dataflow, compiled as of ``as_of``, and the ``states`` of the models that builds published.

    ``identities`` are those of the dataflow, ``identities_on`` returns those as of a different date.
    """

    dataflow: Dataflow
    lineage: Lineage
    as_of: date
    identities: Mapping[str, Identity]
    states: Mapping[str, ModelState]
    identities_on: IdentitiesOn
    exposures: Mapping[str, Exposure] = field(default_factory=dict)

    def changes(self) -> Changes:
        """Return what differs."""
        names = topological(self.dataflow.graph())
        ordered = {name: self.identities[name] for name in names if name in self.identities}
        changes = ModelComparison(self.as_of, ordered, self.states, self.identities_on).changes()
        downstream = _downstream(changes, self.lineage)
        models = [replace(change, downstream=downstream.get(change.name, ())) for change in changes.values()]
        removed = [
            ModelChange(name, "removed", removed=tuple(state.identity.columns), published_as_of=state.as_of)
            for name, state in sorted(self.states.items())
            if name not in self.dataflow.models
        ]
        return Changes((*models, *removed), tuple(self._consumers(models)))

    def _consumers(self, models: Iterable[ModelChange]) -> Iterator[ConsumerChange]:
        changed = {change.name: self._changed_columns(change) for change in models}
        for name, columns in changed.items():
            declaration = self.dataflow.models[name].declaration
            if declaration.layer == CAMPAIGNS and columns:
                yield ConsumerChange("campaign list", name, declaration.owner, columns)
        for name, exposure in self.exposures.items():
            columns = tuple(ref for model in exposure.depends_on for ref in changed.get(model, ()))
            if columns:
                yield ConsumerChange("exposure", name, exposure.owner, columns)

    def _changed_columns(self, change: ModelChange) -> tuple[tuple[str, str], ...]:
        """Return the columns whose values may differ, removed ones too: all of them if the rows may differ."""
        every = tuple(self.identities[change.name].columns) if change.rows != "same" else ()
        names = dict.fromkeys((*every, *change.added, *change.modified, *change.removed))
        return tuple((change.name, name) for name in names)


def _column_changes(current: Identity, earlier: Identity) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the columns that are added, removed and modified; one that is not known is modified."""
    added = tuple(name for name in current.columns if name not in earlier.columns)
    removed = tuple(name for name in earlier.columns if name not in current.columns)
    modified = tuple(
        name
        for name, digest in current.columns.items()
        if name in earlier.columns and (digest is None or digest != earlier.columns[name])
    )
    return added, removed, modified


def _rows(current: Identity, earlier: Identity) -> Rows:
    return "same" if current.rows is not None and current.rows == earlier.rows else "must look"


def _downstream(changes: Mapping[str, ModelChange], lineage: Lineage) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the changed columns of other models that follow from each model with a change of its own."""
    differing = {
        ColumnRef(change.name, column)
        for change in changes.values()
        if change.kind in ("new", "changed")
        for column in (*change.added, *change.modified, *([ROWS] if change.rows != "same" else []))
    }
    origins: dict[str, list[ColumnRef]] = {}
    for ref in differing:
        origins.setdefault(ref.table, []).append(ref)
    dependents = {
        ref: [near for near in refs if near in differing]
        for ref, refs in _dependents(lineage).items()
        if ref in differing
    }
    order = {ref: number for number, ref in enumerate(_all_columns(lineage))}
    following = {}
    for change in changes.values():
        if change.is_own:
            refs = reached(origins.get(change.name, ()), lambda ref: dependents.get(ref, ()))
            columns = [ref for ref in refs if ref.table != change.name and ref.column != ROWS]
            following[change.name] = tuple((ref.table, ref.column) for ref in sorted(columns, key=order.__getitem__))
    return following


def _all_columns(lineage: Lineage) -> Iterator[ColumnRef]:
    for name, table in lineage.direct.items():
        yield from (ColumnRef(name, column) for column in table.columns)


def _dependents(lineage: Lineage) -> Mapping[ColumnRef, tuple[ColumnRef, ...]]:
    """Return what reads each column, and, as column ROWS, each table's rows."""
    dependents: dict[ColumnRef, list[ColumnRef]] = {ref: list(refs) for ref, refs in lineage.dependents.items()}
    for name, table in lineage.direct.items():
        for column, origins in (*table.columns.items(), (ROWS, table.rows)):
            for parent in origins.tables:
                dependents.setdefault(ColumnRef(parent, ROWS), []).append(ColumnRef(name, column))
        for ref in table.rows.controls:
            dependents.setdefault(ref, []).append(ColumnRef(name, ROWS))
    return {ref: tuple(refs) for ref, refs in dependents.items()}
