"""Draw random graphs without circles, and the nodes of such graphs."""

from __future__ import annotations

import string
from collections.abc import Mapping

from hypothesis import strategies as st

from marketing_ibis.project.static_parsing import Node

NAMES = tuple(string.ascii_lowercase[:12])
TAGS = ("daily", "weekly")
LAYERS = ("staging", "marts")


@st.composite
def dags(draw: st.DrawFn, *, min_size: int = 1) -> dict[str, tuple[str, ...]]:
    """Draw a graph without circles, its keys in any order."""
    ordered = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=min_size))
    parents = {name: draw(_some_of(ordered[:place])) for place, name in enumerate(ordered)}
    return {name: parents[name] for name in draw(st.permutations(ordered))}


@st.composite
def dags_and_names(draw: st.DrawFn) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    """Draw a graph and some of its names."""
    graph = draw(dags())
    return graph, frozenset(draw(_some_of(sorted(graph))))


@st.composite
def catalogs(draw: st.DrawFn) -> dict[str, Node]:
    """Draw the nodes of a dataflow: names without parents are sources, others models."""
    graph = draw(dags())
    return {name: draw(_nodes(name, graph)) for name in graph}


def selectors(nodes: Mapping[str, Node]) -> st.SearchStrategy[str]:
    """Draw a term that matches some of ``nodes``."""
    bare = st.sampled_from(sorted(nodes))
    tags = sorted({tag for node in nodes.values() for tag in node.tags})
    methods = [f"layer:{layer}" for layer in sorted({node.layer for node in nodes.values()})]
    methods += [f"tag:{tag}" for tag in tags] + ["*", "resource_type:*"]
    value = st.one_of(bare, st.sampled_from(methods))
    around = st.builds("{}{}{}".format, st.sampled_from(("", "+", "1+", "2+")), value, st.sampled_from(("", "+", "+1")))
    return st.one_of(around, value.map("@{}".format))


def _nodes(name: str, graph: Mapping[str, tuple[str, ...]]) -> st.SearchStrategy[Node]:
    is_source = not graph[name]
    return st.builds(
        Node,
        name=st.just(name),
        kind=st.just("source" if is_source else "model"),
        layer=st.just("sources") if is_source else st.sampled_from(LAYERS),
        materialized=st.sampled_from(("view", "table")),
        path=st.just(f"flows/{name}.py"),
        tags=_some_of(TAGS),
        parents=st.just(graph[name]),
        table=st.just(f"table_{name}" if is_source else ""),
    )


def _some_of(values: list[str] | tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    if not values:
        return st.just(())
    return st.lists(st.sampled_from(values), unique=True, max_size=3).map(tuple)
