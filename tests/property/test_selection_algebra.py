"""Selectors follow the laws of sets: spaces unite, commas intersect, --exclude subtracts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.errors import SelectionError
from marketing_ibis.graph import ancestors, descendants, topological
from marketing_ibis.project.selection import select_models
from marketing_ibis.project.static_parsing import Node, graph_of
from tests.property.graphs import catalogs, selectors

Nodes = dict[str, Node]
Draw = tuple[Nodes, str, str, str]


@st.composite
def nodes_and_terms(draw: st.DrawFn) -> Draw:
    """Draw a dataflow and three terms that match some of it."""
    nodes = draw(catalogs())
    a, b, c = (draw(selectors(nodes)) for _ in range(3))
    return nodes, a, b, c


@st.composite
def nodes_and_name(draw: st.DrawFn) -> tuple[Nodes, str]:
    """Draw a dataflow and one of its names."""
    nodes = draw(catalogs())
    return nodes, draw(st.sampled_from(sorted(nodes)))


def chosen(nodes: Nodes, *select: str, exclude: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the selected nodes as a set, which is empty instead of an error."""
    try:
        return frozenset(select_models(nodes, graph_of(nodes), select=select, exclude=exclude))
    except SelectionError as error:
        if not error.message.startswith("Nothing is"):
            raise
        return frozenset()


@given(nodes_and_terms())
def test_a_space_unites(drawn: Draw) -> None:
    nodes, a, b, _ = drawn
    assert chosen(nodes, f"{a} {b}") == chosen(nodes, a, b) == chosen(nodes, a) | chosen(nodes, b)


@given(nodes_and_terms())
def test_a_comma_intersects(drawn: Draw) -> None:
    nodes, a, b, _ = drawn
    assert chosen(nodes, f"{a},{b}") == chosen(nodes, f"{b},{a}") == chosen(nodes, a) & chosen(nodes, b)


@given(nodes_and_terms())
def test_a_comma_binds_tighter_than_a_space(drawn: Draw) -> None:
    nodes, a, b, c = drawn
    assert chosen(nodes, f"{a},{b} {c}") == chosen(nodes, f"{a},{b}") | chosen(nodes, c)


@given(nodes_and_terms())
def test_a_term_twice_is_the_term_once(drawn: Draw) -> None:
    nodes, a, _, _ = drawn
    assert chosen(nodes, a, a) == chosen(nodes, f"{a},{a}") == chosen(nodes, a)


@given(nodes_and_terms())
def test_exclude_takes_away(drawn: Draw) -> None:
    nodes, a, b, c = drawn
    assert chosen(nodes, a, exclude=(b, c)) == chosen(nodes, a) - chosen(nodes, b) - chosen(nodes, c)


@given(nodes_and_terms())
def test_what_is_excluded_and_what_is_left_make_up_everything(drawn: Draw) -> None:
    nodes, a, _, _ = drawn
    assert chosen(nodes, exclude=(a,)) | chosen(nodes, a) == frozenset(nodes)


@given(nodes_and_terms())
def test_excluding_everything_selected_is_an_error(drawn: Draw) -> None:
    nodes, a, _, _ = drawn
    with pytest.raises(SelectionError, match="Nothing is left"):
        select_models(nodes, graph_of(nodes), select=[a], exclude=[a])


@given(nodes_and_terms())
def test_names_come_in_topological_order(drawn: Draw) -> None:
    nodes, a, b, _ = drawn
    selected = select_models(nodes, graph_of(nodes), select=[a, b])
    assert selected == tuple(name for name in topological(graph_of(nodes)) if name in selected)


@given(catalogs())
def test_no_selector_selects_everything(nodes: Nodes) -> None:
    assert select_models(nodes, graph_of(nodes)) == topological(graph_of(nodes))


@given(nodes_and_name())
def test_plus_on_both_sides_is_the_name_with_all_above_and_below(drawn: tuple[Nodes, str]) -> None:
    nodes, name = drawn
    graph = graph_of(nodes)
    assert chosen(nodes, f"+{name}+") == {name} | ancestors(graph, [name]) | descendants(graph, [name])
    assert chosen(nodes, f"+{name}+") == chosen(nodes, f"+{name}") | chosen(nodes, f"{name}+")


@given(nodes_and_name())
def test_at_holds_all_below_and_all_that_these_need(drawn: tuple[Nodes, str]) -> None:
    nodes, name = drawn
    below = chosen(nodes, f"{name}+")
    around = chosen(nodes, f"@{name}")
    assert chosen(nodes, f"+{name}+") <= around
    assert around == frozenset().union(*(chosen(nodes, f"+{one}") for one in below))


@given(nodes_and_name(), st.integers(0, 6), st.sampled_from(("{depth}+{name}", "{name}+{depth}")))
def test_a_greater_depth_selects_no_less(drawn: tuple[Nodes, str], depth: int, shape: str) -> None:
    nodes, name = drawn
    nearer = chosen(nodes, shape.format(depth=depth, name=name))
    farther = chosen(nodes, shape.format(depth=depth + 1, name=name))
    assert {name} <= nearer <= farther <= chosen(nodes, shape.format(depth="", name=name))


@given(nodes_and_name())
def test_depths_end_where_the_graph_does(drawn: tuple[Nodes, str]) -> None:
    nodes, name = drawn
    assert chosen(nodes, f"0+{name}") == {name}
    assert chosen(nodes, f"{len(nodes)}+{name}+{len(nodes)}") == chosen(nodes, f"+{name}+")
