"""Decide whether a build replaces a part of an incremental table, or all of it, and why: plain data, without Ibis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from marketing_ibis.build.reasons import list_names, reason_of
from marketing_ibis.engines.folded_names import as_declared
from marketing_ibis.errors import ContractBroken

if TYPE_CHECKING:
    from marketing_ibis.build.changes import ModelChange
    from marketing_ibis.build.state import ModelState
    from marketing_ibis.engines.target import RelationKind
    from marketing_ibis.model import Model


@dataclass(frozen=True, slots=True)
class Increment:
    """A published table of which a build replaces a part; ``added`` are the columns that its rows do not have yet.

    ``built_at`` is when it was built: rows are replaced in no other table. ``is_repair`` says that the keys of all rows
    that differ are replaced, instead of those in the window. ``views`` are the published views that mean what the
    project says, so that what they read can be read in their place.
    """

    built_at: datetime
    added: tuple[str, ...] = ()
    is_repair: bool = False
    views: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FullRefresh:
    """Why an incremental table is built whole."""

    reason: str


Refresh = Increment | FullRefresh
UNKNOWN = FullRefresh("the published table was not inspected")


@dataclass(frozen=True, slots=True)
class IncrementalStep:
    """How a step builds an incremental table.

    A full refresh has a ``reason``. Otherwise ``built_at`` is when the published table was built, in UTC; rows of it
    are replaced in place when it is published, and until then the candidate is a view. Where columns were added,
    ``keep`` is the statement that adds the published rows that are kept to a table of the new ones.
    ``drift`` is the SELECT of the days before the window whose rows or amounts, of the columns ``amounts``, differ from
    those of the source; in a repair from those published. ``obstacles`` say which tables are read whole, and why.
    """

    reason: str = ""
    built_at: str = ""
    keep: str = ""
    drift: str = ""
    amounts: tuple[str, ...] = ()
    is_repair: bool = False
    obstacles: tuple[str, ...] = ()

    @property
    def is_in_place(self) -> bool:
        """Whether rows of the published table are replaced."""
        return bool(self.built_at) and not self.keep


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """What exists of an incremental model: the kind of its relation, its columns with their types, its state.

    ``is_sample`` says that the table was built from a sample of the sources, ``moves`` that a different as_of changes
    its rows, instead of letting further ones in. ``views`` are published views that mean what the project says.
    """

    kind: RelationKind | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    state: ModelState | None = None
    is_sample: bool = False
    moves: bool = False
    views: frozenset[str] = frozenset()


def decide_refresh(
    model: Model, change: ModelChange | None, published: PublishedTable, as_of: date, *, is_repair: bool = False
) -> Refresh:
    """Return how an incremental model is built; ``change`` is how it differs from the published one.

    Raises:
        ContractBroken: its columns changed, and it declares that this is a failure.
    """
    state, reason = published.state, _missing(published, as_of)
    if reason or state is None or change is None:
        return FullRefresh(reason or UNKNOWN.reason)
    added, difference = _column_differences(model, as_declared(published.columns, model.schema))
    policy = model.declaration.incremental.on_schema_change if model.declaration.incremental else "full_refresh"
    if difference and policy == "fail":
        raise ContractBroken(
            f"The columns of {model.name} differ from the published table: {difference}.",
            hint='Build it whole with --full-refresh, or declare on_schema_change="full_refresh".',
        )
    appends = policy == "append" and bool(added) and difference == _added(added) and _nullable(model, added)
    if difference and not appends:
        return FullRefresh(difference)
    if change.kind != "unchanged" and not (appends and _only_adds(change, added)):
        return FullRefresh(reason_of(change))
    if published.moves:
        return FullRefresh(f"its rows depend on as_of, {state.as_of} before")
    return Increment(state.built_at, added, is_repair and not added, published.views)


def _missing(published: PublishedTable, as_of: date) -> str:
    """Return what the published table lacks, so that none of its rows can be kept."""
    state = published.state
    if published.kind != "table":
        return "it is published as a view" if published.kind else "it is not published yet"
    if state is None or state.content is None:
        return "no build recorded the state of the published table"
    if published.is_sample:
        return "the published table is that of a sample"
    if not state.identity.is_known:
        return "it was built from tables of an unknown state"
    if state.as_of > as_of:
        return f"as_of was {state.as_of}, a later date"
    return "" if state.content.rows else "the published table is empty"


def _column_differences(model: Model, columns: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """Return the columns that the published table lacks, and all differences in words."""
    added = tuple(name for name in model.schema if name not in columns)
    removed = tuple(name for name in columns if name not in model.schema)
    retyped = tuple(n for n, dtype in model.schema.items() if n in columns and _differs(str(dtype), columns[n]))
    phrases = [_added(added)] if added else []
    phrases += [f"{word} {list_names(names)}" for word, names in (("removed", removed), ("retyped", retyped)) if names]
    return added, "; ".join(phrases)


def _differs(declared: str, published: str) -> bool:
    # Whether a column is required is no part of the types that a catalog has.
    return declared.lstrip("!") != published.lstrip("!")


def _added(names: tuple[str, ...]) -> str:
    return f"added {list_names(names)}"


def _nullable(model: Model, names: tuple[str, ...]) -> bool:
    columns = {column.name: column for column in model.declaration.contract.columns}
    return all(columns[name].nullable for name in names)


def _only_adds(change: ModelChange, added: tuple[str, ...]) -> bool:
    return change.rows == "same" and change.added == added and not (change.removed or change.modified)
