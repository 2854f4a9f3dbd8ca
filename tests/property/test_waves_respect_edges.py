"""Every node is built after its parents, in any graph and any order of reading it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.errors import CyclicModels
from marketing_ibis.graph import ancestors, descendants, subgraph, topological, waves
from tests.property.graphs import dags, dags_and_names

Dag = dict[str, tuple[str, ...]]


@given(dags(min_size=0))
def test_every_parent_stands_in_an_earlier_wave(graph: Dag) -> None:
    level = {name: number for number, wave in enumerate(waves(graph)) for name in wave}
    assert all(level[parent] < level[name] for name, parents in graph.items() for parent in parents)


@given(dags(min_size=0))
def test_no_name_waits_longer_than_its_last_parent(graph: Dag) -> None:
    level = {name: number for number, wave in enumerate(waves(graph)) for name in wave}
    assert all(level[name] == max((level[p] + 1 for p in parents), default=0) for name, parents in graph.items())


@given(dags(min_size=0))
def test_waves_partition_the_names(graph: Dag) -> None:
    built = [name for wave in waves(graph) for name in wave]
    assert sorted(built) == sorted(graph)
    assert all(waves(graph))


@given(dags(min_size=0))
def test_topological_is_a_permutation_that_respects_edges(graph: Dag) -> None:
    ordered = topological(graph)
    assert sorted(ordered) == sorted(graph)
    assert all(ordered.index(parent) < ordered.index(name) for name, parents in graph.items() for parent in parents)


@given(dags(min_size=0))
def test_topological_takes_the_first_ready_name(graph: Dag) -> None:
    done: set[str] = set()
    for name in topological(graph):
        ready = [other for other, parents in graph.items() if other not in done and done.issuperset(parents)]
        assert name == min(ready)
        done.add(name)


@given(dags(), st.data())
def test_order_does_not_depend_on_how_the_graph_was_read(graph: Dag, data: st.DataObject) -> None:
    shuffled = {name: tuple(reversed(graph[name])) for name in data.draw(st.permutations(sorted(graph)))}
    assert topological(shuffled) == topological(graph)
    assert waves(shuffled) == waves(graph)


@given(dags(), st.data())
def test_a_back_edge_is_refused_with_its_circle(graph: Dag, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(graph)))
    below = data.draw(st.sampled_from(sorted({name} | descendants(graph, [name]))))
    broken = graph | {name: (*graph[name], below)}
    with pytest.raises(CyclicModels) as caught:
        topological(broken)
    circle = caught.value.message.removesuffix(".").split(": ")[1].split(" -> ")
    assert circle[0] == circle[-1] == min(circle)
    assert all(parent in broken[child] for child, parent in itertools.pairwise(circle))


@given(dags_and_names())
def test_ancestors_mirror_descendants(drawn: tuple[Dag, frozenset[str]]) -> None:
    graph, names = drawn
    above = ancestors(graph, names)
    assert above == {other for other in graph if descendants(graph, [other]) & names}


@given(dags_and_names(), st.integers(0, 5))
def test_each_generation_adds_the_parents_of_the_last(drawn: tuple[Dag, frozenset[str]], depth: int) -> None:
    graph, names = drawn
    nearer = ancestors(graph, names, depth)
    parents = {parent for name in names | nearer for parent in graph[name]}
    assert ancestors(graph, names, depth + 1) == nearer | parents


@given(dags_and_names())
def test_a_subgraph_keeps_who_comes_before_whom(drawn: tuple[Dag, frozenset[str]]) -> None:
    graph, names = drawn
    kept = subgraph(graph, names)
    assert kept.keys() == names
    assert all(ancestors(kept, [name]) == ancestors(graph, [name]) & names for name in names)
