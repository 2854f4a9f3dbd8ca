"""Orders, waves and neighbours of a graph small enough to draw."""

from __future__ import annotations

import pytest

from marketing_ibis.errors import CyclicModels
from marketing_ibis.graph import ancestors, descendants, subgraph, topological, waves

SHOP = {
    "revenue": ("facts", "channels"),
    "facts": ("stg_orders", "stg_payments"),
    "stg_orders": ("raw_orders",),
    "stg_payments": ("raw_payments",),
    "raw_payments": (),
    "raw_orders": (),
    "channels": (),
}


def test_topological_puts_parents_first_and_is_alphabetical_otherwise() -> None:
    assert topological(SHOP) == (
        "channels",
        "raw_orders",
        "raw_payments",
        "stg_orders",
        "stg_payments",
        "facts",
        "revenue",
    )


def test_waves_start_each_name_as_early_as_its_parents_allow() -> None:
    assert waves(SHOP) == (
        ("channels", "raw_orders", "raw_payments"),
        ("stg_orders", "stg_payments"),
        ("facts",),
        ("revenue",),
    )


def test_an_empty_graph_has_no_waves() -> None:
    assert topological({}) == ()
    assert waves({}) == ()


def test_a_parent_from_outside_is_ignored() -> None:
    graph = {"stg_orders": ("raw_orders",), "facts": ("stg_orders", "as_of")}
    assert topological(graph) == ("stg_orders", "facts")
    assert waves(graph) == (("stg_orders",), ("facts",))
    assert ancestors(graph, ["facts"]) == {"stg_orders"}


def test_a_parent_named_twice_counts_once() -> None:
    assert waves({"a": (), "b": ("a", "a")}) == (("a",), ("b",))


@pytest.mark.parametrize(
    ("graph", "circle"),
    [
        pytest.param({"a": ("a",)}, "a -> a", id="itself"),
        pytest.param({"a": ("b",), "b": ("a",)}, "a -> b -> a", id="two"),
        pytest.param({"b": ("c",), "c": ("a",), "a": ("b",)}, "a -> b -> c -> a", id="three"),
        pytest.param({"a": ("z",), "y": ("z",), "z": ("y", "x"), "x": ()}, "y -> z -> y", id="a_reader_is_not_in_it"),
        pytest.param({"a": (), "b": ("a", "d"), "d": ("b",)}, "b -> d -> b", id="after_good_names"),
    ],
)
def test_a_circle_is_named(graph: dict[str, tuple[str, ...]], circle: str) -> None:
    for order in (topological, waves):
        with pytest.raises(CyclicModels, match=f": {circle}\\.") as caught:
            order(graph)
        assert caught.value.hint


@pytest.mark.parametrize(
    ("names", "depth", "expected"),
    [
        pytest.param(["facts"], None, {"stg_orders", "stg_payments", "raw_orders", "raw_payments"}, id="all"),
        pytest.param(["facts"], 1, {"stg_orders", "stg_payments"}, id="one_generation"),
        pytest.param(["facts"], 0, set(), id="none"),
        pytest.param(["facts"], 99, {"stg_orders", "stg_payments", "raw_orders", "raw_payments"}, id="past_the_end"),
        pytest.param(["raw_orders"], None, set(), id="at_the_top"),
        pytest.param(["stg_orders", "raw_orders"], None, {"raw_orders"}, id="one_of_the_names_is_reached"),
        pytest.param([], None, set(), id="of_nothing"),
    ],
)
def test_ancestors(names: list[str], depth: int | None, expected: set[str]) -> None:
    assert ancestors(SHOP, names, depth) == expected


@pytest.mark.parametrize(
    ("names", "depth", "expected"),
    [
        pytest.param(["raw_orders"], None, {"stg_orders", "facts", "revenue"}, id="all"),
        pytest.param(["raw_orders"], 2, {"stg_orders", "facts"}, id="two_generations"),
        pytest.param(["raw_orders", "facts"], 1, {"stg_orders", "revenue"}, id="of_two"),
        pytest.param(["revenue"], None, set(), id="at_the_bottom"),
    ],
)
def test_descendants(names: list[str], depth: int | None, expected: set[str]) -> None:
    assert descendants(SHOP, names, depth) == expected


@pytest.mark.parametrize("search", [ancestors, descendants, subgraph], ids=lambda function: function.__name__)
def test_an_unknown_name_is_a_key_error(search: object) -> None:
    assert callable(search)
    with pytest.raises(KeyError, match="nothing"):
        search(SHOP, ["nothing"])


def test_a_subgraph_keeps_the_edges_among_its_names() -> None:
    assert subgraph(SHOP, ["facts", "stg_orders"]) == {"facts": ("stg_orders",), "stg_orders": ()}


def test_a_subgraph_joins_names_over_those_left_out() -> None:
    assert subgraph(SHOP, ["revenue", "raw_orders", "raw_payments"])["revenue"] == ("raw_orders", "raw_payments")
