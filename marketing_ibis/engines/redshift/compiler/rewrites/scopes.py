"""Find the columns that a relation reads from outside of it, and replace them with others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import ibis.expr.operations as ops

Values = Mapping[ops.Node, ops.Node]
"""Columns, subqueries and relations whose rows are counted, each with what takes its place."""
R = TypeVar("R", bound=ops.Relation)
V = TypeVar("V", bound=ops.Value)


def inputs(rel: ops.Relation) -> tuple[ops.Relation, ...]:
    """Return the relations whose rows a relation is computed from, and whose columns its values may read."""
    if isinstance(rel, ops.JoinChain):
        return tuple(rel.tables)
    return tuple(child for child in rel.__children__ if isinstance(child, ops.Relation))


def own_values(rel: ops.Relation) -> Iterator[ops.Value]:
    """Yield the values that a relation computes or compares."""
    for child in rel.__children__:
        if isinstance(child, ops.JoinLink):
            yield from child.predicates
        elif isinstance(child, ops.Value):
            yield child


class Scopes:
    """What relations read from outside of them, computed once for each relation."""

    def __init__(self) -> None:
        self._foreign: dict[ops.Relation, frozenset[ops.Field]] = {}

    def foreign_fields(self, rel: ops.Relation) -> frozenset[ops.Field]:
        """Return the columns that a relation reads and that none of its inputs has."""
        columns = self._foreign.get(rel)
        if columns is None:
            local = inputs(rel)
            fields = {field for value in own_values(rel) for field in self.fields(value) if field.rel not in local}
            columns = frozenset(fields.union(*(self.foreign_fields(source) for source in local)))
            self._foreign[rel] = columns
        return columns

    def fields(self, value: ops.Value) -> frozenset[ops.Field]:
        """Return the columns that a value reads, those that its subqueries read from outside of them included."""
        if isinstance(value, ops.Field):
            return frozenset((value,))
        fields: set[ops.Field] = set()
        for node in value.find((ops.Field, ops.Subquery), filter=ops.Value):
            fields |= {node} if isinstance(node, ops.Field) else self.foreign_fields(node.rel)
        return frozenset(fields)

    def substitute(self, value: V, values: Values) -> V:
        """Replace columns and subqueries in a value; a subquery keeps the columns of its own relations."""
        if not values:
            return value
        if isinstance(value, ops.Field):  # as most values are
            column: V = values.get(value, value)
            return column

        def replace(node: Any, changed: Mapping[str, Any] | None) -> Any:
            if node in values:
                return values[node]
            current = node.__recreate__(changed) if changed else node
            if isinstance(current, ops.CountStar | ops.CountDistinctStar):
                return current.copy(arg=values.get(current.arg, current.arg))
            if isinstance(current, ops.Subquery):
                rel = self.substitute_foreign(current.rel, values)
                return current if rel is current.rel else current.copy(rel=rel)
            return current

        result: V = value.replace(replace, filter=ops.Value)
        return result

    def substitute_foreign(self, rel: ops.Relation, values: Values) -> ops.Relation:
        """Replace the columns that a relation reads from outside of it."""
        replaced = {field: values[field] for field in self.foreign_fields(rel) if field in values}
        if not replaced:
            return rel
        return self.rebuild(
            rel, {source: self.substitute_foreign(source, replaced) for source in inputs(rel)}, replaced
        )

    def rebuild(self, rel: R, sources: Mapping[ops.Relation, ops.Relation], values: Values) -> R:
        """Return a relation over other inputs, with columns from outside replaced.

        The columns of an input are read from the relation that takes its place.
        """
        replacements = {
            old: new for old, new in values.items() if not (isinstance(old, ops.Field) and old.rel in sources)
        }
        replacements |= moved_fields(sources)

        def change(part: Any) -> Any:
            if isinstance(part, ops.Relation):
                return sources.get(part, part)
            if isinstance(part, ops.Value):
                return self.substitute(part, replacements)
            if isinstance(part, ops.JoinLink):
                return part.copy(table=change(part.table), predicates=change(part.predicates))
            if isinstance(part, Mapping) and not isinstance(rel, ops.PhysicalTable):
                return {change(name): change(value) for name, value in part.items()}
            return tuple(map(change, part)) if isinstance(part, tuple) else part

        changed = {name: change(part) for name, part in zip(rel.__argnames__, rel.__args__, strict=True)}
        result: R = rel.__recreate__(changed)
        return result


def moved_fields(sources: Mapping[ops.Relation, ops.Relation]) -> dict[ops.Node, ops.Node]:
    """Return relations and their columns, each with the relation that takes its place and with its column there."""
    moved: dict[ops.Node, ops.Node] = {}
    for old, new in sources.items():
        if old is not new:
            moved[old] = new
            moved |= {ops.Field(old, name): ops.Field(new, name) for name in old.schema}
    return moved
