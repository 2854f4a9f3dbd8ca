"""Order names by their dependencies, and find their ancestors and descendants.

A graph maps each name to its parents. A parent that is not a key of the graph comes from outside and appears in no
result.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from marketing_ibis.errors import CyclicModels

N = TypeVar("N", bound=Hashable)
Graph = Mapping[str, tuple[str, ...]]
"""Each name with its parents."""


def topological(graph: Graph) -> tuple[str, ...]:
    """Return every name after its parents, in alphabetical order where the edges leave a choice.

    Raises:
        CyclicModels: some names need each other.
    """
    waiting = {name: set(parents) for name, parents in _inside(graph).items()}
    children = children_of(graph)
    ready = sorted(name for name, parents in waiting.items() if not parents)
    ordered: list[str] = []
    while ready:
        name = heapq.heappop(ready)
        ordered.append(name)
        del waiting[name]
        for child in children[name]:
            waiting[child].discard(name)
            if not waiting[child]:
                heapq.heappush(ready, child)
    if waiting:
        raise _cyclic(waiting)
    return tuple(ordered)


def waves(graph: Graph) -> tuple[tuple[str, ...], ...]:
    """Return the names in groups that can run at once, each as early as its parents allow.

    Raises:
        CyclicModels: some names need each other.
    """
    parents = _inside(graph)
    levels: dict[str, int] = {}
    for name in topological(graph):
        levels[name] = 1 + max((levels[parent] for parent in parents[name]), default=-1)
    groups: list[list[str]] = [[] for _ in range(1 + max(levels.values(), default=-1))]
    for name in sorted(levels):
        groups[levels[name]].append(name)
    return tuple(map(tuple, groups))


def ancestors(graph: Graph, names: Iterable[str], depth: int | None = None) -> frozenset[str]:
    """Return what ``names`` need, up to ``depth`` generations above them; one of them only if another needs it.

    Raises:
        KeyError: a name is not in the graph.
    """
    return reached(names, _inside(graph).__getitem__, depth)


def descendants(graph: Graph, names: Iterable[str], depth: int | None = None) -> frozenset[str]:
    """Return what needs ``names``, up to ``depth`` generations below them; one of them only if it needs another.

    Raises:
        KeyError: a name is not in the graph.
    """
    return reached(names, children_of(graph).__getitem__, depth)


def reached(names: Iterable[N], near: Callable[[N], Iterable[N]], depth: int | None = None) -> frozenset[N]:
    """Return what is up to ``depth`` steps of ``near`` away from ``names``; one of them only if a step leads to it."""
    visited: set[N] = set()
    frontier = frozenset(names)
    generation = 0
    while frontier and (depth is None or generation < depth):
        frontier = frozenset(neighbour for name in frontier for neighbour in near(name)) - visited
        visited |= frontier
        generation += 1
    return frozenset(visited)


def children_of(graph: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return each name with those that have it as a parent, in the order of the graph."""
    children: dict[str, list[str]] = {name: [] for name in graph}
    for name, parents in graph.items():
        for parent in dict.fromkeys(parents):
            if parent in graph:
                children[parent].append(name)
    return {name: tuple(dependents) for name, dependents in children.items()}


def subgraph(graph: Graph, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the graph of ``names`` alone; a path through other names becomes an edge.

    A table that is read through a view must still come before its reader when the view itself is not selected.

    Raises:
        KeyError: a name is not in the graph.
    """
    parents, selected = _inside(graph), frozenset(names)
    return {name: _selected_parents(parents, name, selected) for name in sorted(selected)}


def _selected_parents(parents: Graph, name: str, selected: frozenset[str]) -> tuple[str, ...]:
    selected_parents: dict[str, None] = {}
    visited: set[str] = set()
    stack = list(reversed(parents[name]))
    while stack:
        parent = stack.pop()
        if parent in selected:
            selected_parents[parent] = None
        elif parent not in visited:
            visited.add(parent)
            stack.extend(reversed(parents[parent]))
    return tuple(selected_parents)


def _inside(graph: Graph) -> dict[str, tuple[str, ...]]:
    return {name: tuple(parent for parent in parents if parent in graph) for name, parents in graph.items()}


def _cyclic(waiting: Mapping[str, set[str]]) -> CyclicModels:
    cycle = _cycle(waiting)
    return CyclicModels(
        f"Models depend on each other in a cycle: {' -> '.join((*cycle, cycle[0]))}.",
        hint="Each depends on the one after the arrow: remove one of these parameters.",
    )


def _cycle(waiting: Mapping[str, set[str]]) -> list[str]:
    # Whatever still waits, waits for something that waits too, so walking from parent to parent must return to one.
    path = [min(waiting)]
    while (parent := min(waiting[path[-1]])) not in path:
        path.append(parent)
    cycle = path[path.index(parent) :]
    first = cycle.index(min(cycle))
    return cycle[first:] + cycle[:first]
