"""Find which entities can be joined to one without repeating its rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from marketing_ibis.outputs.semantics.records import Entity, SemanticModel
from marketing_ibis.testing.joins import Cardinality, Join


@dataclass(frozen=True, slots=True)
class JoinPath:
    """A join of ``entity`` as ``name``: its ``column`` equals ``start_column`` of ``start``.

    That is the base or an earlier join, of the entity ``start_entity``.
    """

    name: str
    entity: str
    column: str
    start: str
    start_entity: str
    start_column: str
    cardinality: Cardinality


def join_paths(model: SemanticModel, base: Entity) -> list[JoinPath]:
    """Return the joins of an entity, near ones first, over any number of steps; each adds at most one match per row.

    An entity that two columns of the base refer to is joined twice, named after the columns.
    """
    paths: list[JoinPath] = []
    visited, queue = {base.name}, deque([(base.name, base.name)])
    while queue:
        alias, start = queue.popleft()
        edges = [edge for edge in _edges(model, model.entity(start)) if edge.to not in visited]
        targets = [edge.to for edge in edges]
        for edge in edges:
            is_repeated = targets.count(edge.to) > 1
            name = f"{edge.to}_by_{edge.column}" if is_repeated else edge.to
            paths.append(JoinPath(name, edge.to, edge.to_column, alias, start, edge.column, edge.cardinality))
            visited.add(edge.to)
            if not is_repeated:
                queue.append((name, edge.to))
    return paths


def _edges(model: SemanticModel, entity: Entity) -> Iterator[Join]:
    """Yield the joins of an entity, and those of others to it that match one to one."""
    yield from entity.joins
    for other in model.entities:
        for join in other.joins:
            if join.to == entity.name and join.cardinality == "one_to_one":
                yield Join(join.to_column, other.name, join.column, "one_to_one")
