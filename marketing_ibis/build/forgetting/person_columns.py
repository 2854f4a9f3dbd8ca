"""Find the columns that say which person a row is about: keys of customers, and of what belongs to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from marketing_ibis.errors import ConfigurationError, UsageError, nearest
from marketing_ibis.graph import topological
from marketing_ibis.lineage.carried_values import carried_columns
from marketing_ibis.model import Model, Source
from marketing_ibis.model.dataflow import Dataflow

RELATIONSHIPS = "relationships"
"""The data test that says of which table's key a column has the values."""


@dataclass(frozen=True, slots=True)
class PersonColumns:
    """The columns with the keys of people and of what belongs to them.

    ``people`` is the source with one row per customer. ``kinds`` are the sources whose keys matter, parents first:
    customers, their orders, the payments of those. ``keys`` has the kind of each such column of each source and
    model, ``personal`` the columns with personal data by which a row may be known.
    """

    people: str
    kinds: tuple[str, ...]
    keys: Mapping[str, Mapping[str, str]]
    personal: Mapping[str, tuple[str, ...]]

    def keys_by_name(self) -> dict[str, str]:
        """Return the kind of each name of a column that means the same key wherever it occurs."""
        kinds: dict[str, set[str]] = {}
        for columns in self.keys.values():
            for name, kind in columns.items():
                kinds.setdefault(name, set()).add(kind)
        return {name: min(of_name) for name, of_name in kinds.items() if len(of_name) == 1}


def find_person_columns(dataflow: Dataflow, people: str = "") -> PersonColumns:
    """Return the key columns of a compiled project; ``people`` names the source of customers.

    Sources refer to one another by ``relationships`` tests. Models have the keys that they pass through.

    Raises:
        UsageError: ``people`` is not a source, or its rows have no single key.
        ConfigurationError: the source of customers cannot be told from the others.
    """
    sources = _declared_sources(dataflow)
    people = _check_people(people, sources) if people else _source_of_people(sources)
    kinds, keys = _source_keys(sources, people)
    for name in topological(dataflow.graph()):
        model = dataflow.models.get(name)
        if model is None or not model.evaluated:
            continue
        carried = carried_columns(model.expression)
        if name in sources:
            for column, kind in keys.get(name, {}).items():
                for ref in carried.get(column, ()):
                    keys.setdefault(ref.table, {})[ref.column] = kind
            continue
        for column, refs in carried.items():
            key_kinds = {keys[ref.table][ref.column] for ref in refs if ref.column in keys.get(ref.table, {})}
            if len(key_kinds) == 1:
                keys.setdefault(name, {})[column] = key_kinds.pop()
    return PersonColumns(people, kinds, keys, {name: _telling_columns(dataflow, name) for name in dataflow.nodes})


def _telling_columns(dataflow: Dataflow, name: str) -> tuple[str, ...]:
    """Return the personal columns by which a row may be known: not numbers that are computed, which others have too."""
    node, declared = dataflow.nodes[name], dataflow.declared_personal.get(name, ())
    columns = (column.name for column in node.declaration.contract.columns if column.pii)
    return tuple(column for column in columns if column in declared or node.schema[column].is_string())


def _declared_sources(dataflow: Dataflow) -> dict[str, Source | Model]:
    """Return the sources, and the adapters that replace one."""
    adapters = {name: model for name, model in dataflow.models.items() if model.declaration.replaces_source}
    return {**dataflow.sources, **adapters}


def _key_of(node: Source | Model) -> str:
    grain = node.declaration.grain
    return grain[0] if len(grain) == 1 else ""


def _references(sources: Mapping[str, Source | Model]) -> Iterator[tuple[str, str, str]]:
    """Yield each column of a source that has the keys of another, as (source, column, other source)."""
    for name, node in sources.items():
        for column in node.declaration.contract.columns:
            for test in column.tests:
                if test.test == RELATIONSHIPS and isinstance(test.arguments, tuple):
                    to, field = test.arguments
                    if to in sources and _key_of(sources[to]) == field:
                        yield name, column.name, to


def _check_people(people: str, sources: Mapping[str, Source | Model]) -> str:
    if people not in sources:
        raise UsageError(f"{people} is not a source.", hint=nearest(people, sources))
    if not _key_of(sources[people]):
        raise UsageError(f"The rows of {people} have no key of one column.", hint="Name the source of customers.")
    return people


def _source_of_people(sources: Mapping[str, Source | Model]) -> str:
    references = list(_references(sources))
    personal = [
        name
        for name, node in sources.items()
        if _key_of(node) and any(column.pii for column in node.declaration.contract.columns)
    ]
    candidates = [
        name for name in personal if not any(source == name and to in personal for source, _, to in references)
    ]
    if len(candidates) > 1:
        candidates = [name for name in candidates if any(to == name for _, _, to in references)] or candidates
    if len(candidates) != 1:
        reason = (
            f"{' and '.join(candidates)} both have personal data" if candidates else "none with a key has personal data"
        )
        raise ConfigurationError(
            f"The source of customers is unclear: {reason}.",
            hint="Name it with --source, or mark its columns with pii=True.",
        )
    return candidates[0]


def _source_keys(
    sources: Mapping[str, Source | Model], people: str
) -> tuple[tuple[str, ...], dict[str, dict[str, str]]]:
    """Return the sources that belong to people, parents first, and the key columns of each."""
    kinds, keys = [people], {people: {_key_of(sources[people]): people}}
    references = list(_references(sources))
    # The list grows while it is read: what belongs to orders belongs to their customers.
    for kind in kinds:
        for name, column, to in references:
            if to != kind:
                continue
            columns = keys.setdefault(name, {})
            columns.setdefault(column, kind)
            key = _key_of(sources[name])
            if key and key not in columns:
                columns[key] = name
                kinds.append(name)
    return tuple(kinds), keys
