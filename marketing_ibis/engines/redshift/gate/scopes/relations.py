"""What a query can name: relations with their columns, and the scopes that they are in reach of.

Names are folded to lower case, also in quotes: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import sqlglot.expressions as sge

Type: TypeAlias = sge.DataType.Type
Schemas = Mapping[str, Mapping[str, Type | None]]
"""The columns of stored tables with their types, by `schema.table` or `table`, in lower case."""


class Output(NamedTuple):
    """A column that a query returns; without a name if it has none of its own, without a type if it is unknown."""

    name: str
    type: Type | None = None


Outputs = Sequence[Output] | None
"""The columns of a query, or None if a star stands for unknown ones."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, a named query or a derived table in FROM; ``outputs`` is None where its columns are unknown.

    ``is_value`` marks the elements of a SUPER array, which are read by the relation's own name. ``place`` is the schema
    of a stored table that has no alias, with its database.
    """

    name: str
    outputs: Outputs = None
    is_value: bool = False
    place: str | None = None
    types: Mapping[str, Type | None] = field(init=False, default_factory=dict)
    duplicates: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        if self.outputs is None:
            return
        types = {output.name: output.type for output in self.outputs if output.name}
        object.__setattr__(self, "types", types)
        if len(types) < len(self.outputs):
            names = [output.name for output in self.outputs if output.name]
            object.__setattr__(self, "duplicates", frozenset(name for name in types if names.count(name) > 1))

    @property
    def is_open(self) -> bool:
        """Whether the relation may have any column."""
        return self.outputs is None

    def rename(self, name: str, columns: Sequence[str]) -> Relation:
        """Return the relation under another name; the first of its columns are renamed, too."""
        if self.outputs is None or not columns:
            return Relation(name, self.outputs if not columns else None)
        pairs = zip(columns, self.outputs, strict=False)
        outputs = [Output(column, output.type) for column, output in pairs]
        return Relation(name, [*outputs, *self.outputs[len(columns) :]])


@dataclass(slots=True)
class Scope:
    """The relations of one FROM, within the scope of the query around it."""

    outer: Scope | None = None
    relations: list[Relation] = field(default_factory=list)
    names: dict[str, Relation] = field(default_factory=dict)
    merged: dict[str, set[int]] = field(default_factory=dict)
    """The relations, by identity, whose columns of a name USING and NATURAL make one."""
    aliases: dict[str, sge.Expression] = field(default_factory=dict)
    types: dict[str, Type | None] = field(default_factory=dict)
    is_open: bool = False

    def add(self, relation: Relation) -> bool:
        """Bring a relation into reach; return whether its name is the only one."""
        self.relations.append(relation)
        self.is_open = self.is_open or relation.is_open
        if not relation.name:
            return True
        return self.names.setdefault(relation.name, relation) is relation

    def owners(self, column: str) -> list[Relation]:
        """Return the relations that are known to have a column."""
        return [relation for relation in self.relations if column in relation.types]

    def sources(self, column: str) -> list[Relation]:
        """Return the relations that are known to have a column, one of those that share it."""
        owners = self.owners(column)
        merged = self.merged.get(column)
        if merged is None:
            return owners
        shared = [relation for relation in owners if id(relation) in merged]
        return [*shared[:1], *(relation for relation in owners if id(relation) not in merged)]

    def merge(self, column: str, relations: Iterable[Relation]) -> None:
        """Make the columns of several relations one."""
        self.merged.setdefault(column, set()).update(id(relation) for relation in relations)

    def relation(self, name: str) -> Relation | None:
        """Return the relation of that name in reach, the nearest first."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def reach(self) -> Iterable[Scope]:
        """Yield this scope and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer
