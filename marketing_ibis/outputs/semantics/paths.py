"""Find which entities can be joined to one without repeating its rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from marketing_ibis.outputs.semantics.records import Cardinality, Entity, SemanticModel


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


@dataclass(frozen=True, slots=True)
class _Edge:
    column: str
    entity: str
    field: str
    cardinality: Cardinality


def join_paths(model: SemanticModel, base: Entity) -> list[JoinPath]:
    """Return the joins of an entity, near ones first, over any number of steps; each adds at most one match per row.

    An entity that two columns of the base refer to is joined twice, named after the columns.
    """
    paths: list[JoinPath] = []
    visited, queue = {base.name}, deque([(base.name, base.name)])
    while queue:
        alias, start = queue.popleft()
        edges = [edge for edge in _edges(model, model.entity(start)) if edge.entity not in visited]
        targets = [edge.entity for edge in edges]
        for edge in edges:
            is_repeated = targets.count(edge.entity) > 1
            name = f"{edge.entity}_by_{edge.column}" if is_repeated else edge.entity
            paths.append(JoinPath(name, edge.entity, edge.field, alias, start, edge.column, edge.cardinality))
            visited.add(edge.entity)
            if not is_repeated:
                queue.append((name, edge.entity))
    return paths


def _edges(model: SemanticModel, entity: Entity) -> Iterator[_Edge]:
    """Yield the joins of an entity, and those of others to it that match one to one."""
    for join in entity.joins:
        yield _Edge(join.column, join.entity, join.field, join.cardinality)
    for other in model.entities:
        for join in other.joins:
            if join.entity == entity.name and join.cardinality == "one_to_one":
                yield _Edge(join.field, other.name, join.column, "one_to_one")
