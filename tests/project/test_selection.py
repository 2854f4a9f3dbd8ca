"""The selection grammar on a small shop: the nodes of each selector, and the message for a wrong one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketing_ibis.errors import CyclicModels, NothingChanged, SelectionError, UsageError
from marketing_ibis.model.vocabulary import Materialized
from marketing_ibis.project.selection import METHODS, Term, names_tests, parse_selector, select_models
from marketing_ibis.project.static_parsing import Node, graph_of


def _source(table: str) -> Node:
    return Node(f"raw_{table}", "source", "sources", "table", "dataflows/sources.py", table=table)


def _model(name: str, layer: str, *parents: str, tags: tuple[str, ...] = ()) -> Node:
    stored: Materialized = "view" if layer == "staging" else "table"
    return Node(name, "model", layer, stored, f"dataflows/{layer}/{name}.py", tags, parents)


NODES = {
    node.name: node
    for node in (
        _source("customers"),
        _source("orders"),
        _source("payments"),
        _model("stg_customers", "staging", "raw_customers"),
        _model("stg_orders", "staging", "raw_orders", tags=("daily",)),
        _model("stg_payments", "staging", "raw_payments", tags=("daily", "finance")),
        _model("int_order_facts", "intermediate", "stg_orders", "stg_payments"),
        _model("cohorts", "marts", "int_order_facts", tags=("weekly",)),
        _model("revenue", "marts", "int_order_facts", tags=("finance",)),
        _model("customers", "core", "stg_customers", "int_order_facts", tags=("daily",)),
        _model("orders", "core", "int_order_facts"),
    )
}
SOURCES = ("raw_customers", "raw_orders", "raw_payments")
STAGING = ("stg_customers", "stg_orders", "stg_payments")
MARTS = ("cohorts", "revenue")
ENDS = ("cohorts", "customers", "orders", "revenue")
FACTS_UP = ("raw_orders", "raw_payments", "stg_orders", "stg_payments", "int_order_facts")


def chosen(*select: str, exclude: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the nodes that are selected from the small shop."""
    return select_models(NODES, graph_of(NODES), select=select, exclude=exclude)


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        pytest.param("revenue", {"revenue"}, id="name"),
        pytest.param("raw_orders", {"raw_orders"}, id="name_of_a_source"),
        pytest.param("orders", {"orders"}, id="a_bare_name_is_no_source_table"),
        pytest.param("name:revenue", {"revenue"}, id="name_method"),
        pytest.param("staging", set(STAGING), id="bare_layer"),
        pytest.param("sources", set(SOURCES), id="bare_layer_of_sources"),
        pytest.param("core", {"customers", "orders"}, id="a_layer_is_no_prefix"),
        pytest.param("layer:marts", set(MARTS), id="layer"),
        pytest.param("layer:[ms]ar*", set(MARTS), id="layer_wildcard"),
        pytest.param("tag:finance", {"stg_payments", "revenue"}, id="tag"),
        pytest.param("tag:*ly", {"cohorts"} | {"stg_orders", "stg_payments", "customers"}, id="tag_wildcard"),
        pytest.param("stg_*", set(STAGING), id="wildcard"),
        pytest.param("c*", {"cohorts", "customers"}, id="a_bare_wildcard_means_names_not_layers"),
        pytest.param("?rders", {"orders"}, id="wildcard_for_one"),
        pytest.param("*", set(NODES), id="everything"),
        pytest.param("source:orders", {"raw_orders"}, id="source_table"),
        pytest.param("source:raw_orders", {"raw_orders"}, id="source_name"),
        pytest.param("source:*", set(SOURCES), id="all_sources"),
        pytest.param("source:payments+2", {"raw_payments", "stg_payments", "int_order_facts"}, id="source_and_below"),
        pytest.param("source:raw_customers+", {"raw_customers", "stg_customers", "customers"}, id="all_below_a_source"),
        pytest.param("config.materialized:view", set(STAGING), id="views"),
        pytest.param("config.materialized:table", {"int_order_facts", *ENDS}, id="tables_are_models"),
        pytest.param("resource_type:source", set(SOURCES), id="resource_type_source"),
        pytest.param("resource_type:model", set(NODES) - set(SOURCES), id="resource_type_model"),
        pytest.param("path:dataflows/marts/revenue.py", {"revenue"}, id="path_of_a_file"),
        pytest.param("path:dataflows/marts", set(MARTS), id="path_of_a_folder"),
        pytest.param("path:./dataflows/marts/", set(MARTS), id="path_as_completed_by_a_shell"),
        pytest.param("dataflows/marts", set(MARTS), id="bare_path"),
        pytest.param("path:dataflows/*/*ments.py", {"stg_payments"}, id="path_glob"),
        pytest.param("path:dataflows/*.py", set(SOURCES), id="a_star_stops_at_a_slash"),
        pytest.param("path:dataflows/**/[or]*.py", {"orders", "revenue"}, id="two_stars_do_not"),
        pytest.param("path:dataflows", set(NODES), id="path_of_everything"),
        pytest.param("+int_order_facts", set(FACTS_UP), id="all_above"),
        pytest.param("1+int_order_facts", {"stg_orders", "stg_payments", "int_order_facts"}, id="one_above"),
        pytest.param("0+int_order_facts", {"int_order_facts"}, id="none_above"),
        pytest.param("stg_customers+", {"stg_customers", "customers"}, id="all_below"),
        pytest.param("raw_orders+1", {"raw_orders", "stg_orders"}, id="one_below"),
        pytest.param("1+int_order_facts+1", {"stg_orders", "stg_payments", "int_order_facts", *ENDS}, id="both_depths"),
        pytest.param("+stg_orders+", {"raw_orders", "stg_orders", "int_order_facts", *ENDS}, id="above_and_below"),
        pytest.param("@stg_orders", set(NODES), id="below_with_all_it_needs"),
        pytest.param("@cohorts", {*FACTS_UP, "cohorts"}, id="at_the_end_is_all_above"),
        pytest.param(
            "1+tag:finance", {"raw_payments", "stg_payments", "int_order_facts", "revenue"}, id="method_and_depth"
        ),
        pytest.param("staging+1", {*STAGING, "int_order_facts", "customers"}, id="layer_and_depth"),
        pytest.param(
            "@source:customers", {*FACTS_UP, "raw_customers", "stg_customers", "customers"}, id="at_and_method"
        ),
        pytest.param("revenue cohorts", set(MARTS), id="union"),
        pytest.param("  revenue   cohorts ", set(MARTS), id="union_with_more_spaces"),
        pytest.param("tag:daily,staging", {"stg_orders", "stg_payments"}, id="intersection"),
        pytest.param("tag:daily,staging,tag:finance", {"stg_payments"}, id="intersection_of_three"),
        pytest.param("+customers,staging", set(STAGING), id="intersection_after_depth"),
        pytest.param("tag:daily,core revenue", {"customers", "revenue"}, id="comma_before_space"),
        pytest.param("tag:daily,marts revenue", {"revenue"}, id="one_empty_part_of_a_union"),
    ],
)
def test_select(select: str, expected: set[str]) -> None:
    assert set(chosen(select)) == expected


@pytest.mark.parametrize(
    ("exclude", "expected"),
    [
        pytest.param(("source:*",), set(NODES) - set(SOURCES), id="method"),
        pytest.param(("int_order_facts+", "sources"), set(STAGING), id="two_items"),
        pytest.param(
            ("tag:daily,staging sources marts",), {"stg_customers", "int_order_facts", "customers", "orders"}, id="all"
        ),
    ],
)
def test_exclude_without_select_takes_from_everything(exclude: tuple[str, ...], expected: set[str]) -> None:
    assert set(chosen(exclude=exclude)) == expected


def test_exclude_takes_from_select() -> None:
    assert chosen("+revenue", "cohorts", exclude=("sources", "1+int_order_facts")) == ("cohorts", "revenue")


def test_names_come_after_their_parents_whatever_the_order_asked() -> None:
    assert chosen("revenue stg_orders int_order_facts raw_orders") == (
        "raw_orders",
        "stg_orders",
        "int_order_facts",
        "revenue",
    )


def test_no_selector_is_everything() -> None:
    assert set(chosen()) == set(NODES)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        pytest.param("m", Term("m", "", "m"), id="name"),
        pytest.param("+m", Term("+m", "", "m", up=None), id="up"),
        pytest.param("m+", Term("m+", "", "m", down=None), id="down"),
        pytest.param("2+m+13", Term("2+m+13", "", "m", up=2, down=13), id="depths"),
        pytest.param("@tag:m", Term("@tag:m", "tag", "m", around=True), id="around"),
        pytest.param("m*", Term("m*", "name", "m*"), id="wildcard"),
        pytest.param("a/m.py", Term("a/m.py", "path", "a/m.py"), id="slash"),
        pytest.param(
            "config.materialized:t+", Term("config.materialized:t+", "config.materialized", "t", down=None), id="dot"
        ),
    ],
)
def test_parse_selector(text: str, term: Term) -> None:
    assert parse_selector(text) == ((term,),)


def test_parse_selector_groups_intersections_in_a_union() -> None:
    shape = [[term.value for term in terms] for terms in parse_selector("a,b c")]
    assert shape == [["a", "b"], ["c"]]


MALFORMED = """
    ++m  m++  +  @  @@m  @m+  @+m  +@m  2+  1+2+m  m+x  -1+m  9999999+m  m+1.5
    tag:  :m  tag::m  +tag:  a:b:c  a,,b  ,a  a,  ,
"""


@pytest.mark.parametrize("text", [*MALFORMED.split(), "revenue, cohorts", "revenue ,cohorts"])
def test_malformed_selectors(text: str) -> None:
    with pytest.raises(SelectionError) as caught:
        chosen(text)
    assert caught.value.hint
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("text", ["++m", "+", "a,,b", "@m+", "tag:"])
def test_a_malformed_selector_is_quoted_and_answered_with_the_grammar(text: str) -> None:
    with pytest.raises(SelectionError, match="Cannot parse the selector") as caught:
        chosen(text)
    assert f"'{text}'" in caught.value.message
    assert "2+name+1" in caught.value.hint


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_selector_is_not_everything(text: str) -> None:
    with pytest.raises(SelectionError, match="A selector is empty"):
        chosen(text)
    with pytest.raises(SelectionError, match="A selector is empty"):
        chosen(exclude=(text,))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param("stg_ordrs", "stg_orders", id="name"),
        pytest.param("+revenu+2", "revenue", id="name_with_depths"),
        pytest.param("stagin", "staging", id="bare_layer"),
        pytest.param("layer:mart", "marts", id="layer"),
        pytest.param("tag:dayly", "Did you mean tag:daily?", id="tag"),
        pytest.param("source:order", "orders", id="source"),
        pytest.param("path:dataflows/mart", "dataflows/marts", id="path"),
        pytest.param("config.materialized:views", "view", id="config"),
        pytest.param("resource_type:models", "model", id="resource_type"),
        pytest.param("zzz*", "Known: cohorts, customers", id="wildcard"),
        pytest.param("STG_ORDERS,staging", "Known: ", id="names_have_a_case"),
    ],
)
def test_a_term_that_matches_nothing_is_named_with_the_nearest(text: str, hint: str) -> None:
    for select, exclude in (([text], ()), ([], (text,)), ([f"revenue,{text}"], ())):
        with pytest.raises(SelectionError, match="No model or source matches") as caught:
            chosen(*select, exclude=exclude)
        assert f"'{text.split(',')[0]}'" in caught.value.message
        assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("tags", "hint"), [(("hourly",), "Known: hourly."), (("daily_2",), "Did you mean tag:daily_2?")]
)
def test_only_tags_of_the_project_are_suggested(tags: tuple[str, ...], hint: str) -> None:
    nodes = {name: replace(node, tags=tags) for name, node in NODES.items()}
    with pytest.raises(SelectionError) as caught:
        select_models(nodes, graph_of(nodes), select=["tag:dayli"])
    assert hint in caught.value.hint


def test_a_tag_when_there_are_none() -> None:
    nodes = {name: replace(node, tags=()) for name, node in NODES.items()}
    with pytest.raises(SelectionError) as caught:
        select_models(nodes, graph_of(nodes), select=["tag:daily"])
    assert caught.value.hint == "No model or source has a tag."


def test_an_unknown_method_lists_the_methods() -> None:
    with pytest.raises(SelectionError, match="unknown method owner") as caught:
        chosen("owner:me")
    assert caught.value.hint.startswith("Known: config.materialized, ")
    assert all(method in caught.value.hint for method in METHODS if method)
    with pytest.raises(SelectionError, match="'stat:modified': unknown method stat") as caught:
        chosen("stat:modified")
    assert caught.value.hint.startswith("Did you mean state")


def test_an_unknown_state_is_reported_before_a_manifest_is_needed() -> None:
    for text in ("state:modifed", "revenue,state:modifed"):
        with pytest.raises(SelectionError, match="'state:modifed': unknown state") as caught:
            chosen(text)
        assert caught.value.hint == "Did you mean state:modified or state:unmodified?"


CHANGES = dict.fromkeys(NODES, ("old", "unmodified")) | {
    "stg_orders": ("old", "modified"),
    "revenue": ("new", "modified"),
}


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        pytest.param("state:modified", {"stg_orders", "revenue"}, id="a_new_one_is_modified_too"),
        pytest.param("state:new", {"revenue"}, id="new"),
        pytest.param("state:old,staging", set(STAGING), id="old"),
        pytest.param("state:modified,tag:weekly state:modified,marts", {"revenue"}, id="a_part_that_holds_for_nothing"),
        pytest.param("state:modified+", {"stg_orders", "int_order_facts", *ENDS}, id="children"),
    ],
)
def test_state_compares(select: str, expected: set[str]) -> None:
    assert set(select_models(NODES, graph_of(NODES), select=(select,), changes=CHANGES)) == expected


def test_state_excludes() -> None:
    left = select_models(NODES, graph_of(NODES), exclude=("state:unmodified",), changes=CHANGES)
    assert set(left) == {"stg_orders", "revenue"}


def test_no_change_is_reported() -> None:
    unchanged = dict.fromkeys(NODES, ("old", "unmodified"))
    with pytest.raises(NothingChanged, match="Nothing to do: state:modified selects nothing") as caught:
        select_models(NODES, graph_of(NODES), select=("state:modified",), changes=unchanged)
    assert "--state" in caught.value.hint


def test_a_state_that_does_not_exist_is_reported() -> None:
    with pytest.raises(SelectionError, match="state:modifed") as caught:
        select_models(NODES, graph_of(NODES), select=("state:modifed",), changes=CHANGES)
    assert "modified" in caught.value.hint


def test_state_without_a_manifest_is_reported() -> None:
    with pytest.raises(UsageError, match=r"compares with what is published") as caught:
        chosen("state:modified+")
    assert "--state DIR" in caught.value.hint


def test_an_empty_intersection_says_what_a_comma_does() -> None:
    with pytest.raises(SelectionError, match="'marts,tag:daily' have nothing in common") as caught:
        chosen("marts,tag:daily")
    assert "comma" in caught.value.hint


def test_excluding_all_says_what_was_selected() -> None:
    with pytest.raises(SelectionError, match="--exclude '\\+revenue' removes everything") as caught:
        chosen("marts,revenue", exclude=("+revenue",))
    assert "revenue" in caught.value.hint


def test_a_project_without_models() -> None:
    with pytest.raises(SelectionError, match="The project declares no model or source"):
        select_models({}, {})


def test_a_circle_is_an_error_of_its_own() -> None:
    nodes = {"a": _model("a", "marts", "b"), "b": _model("b", "marts", "a")}
    with pytest.raises(CyclicModels, match="a -> b -> a"):
        select_models(nodes, graph_of(nodes), select=["@a"])


def test_an_exposure_is_named_by_its_method() -> None:
    nodes = NODES | {"board": Node("board", "exposure", "core", "table", "dataflows/board.py", parents=("revenue",))}
    assert select_models(nodes, graph_of(nodes), select=["exposure:*"]) == ("board",)


def test_the_folder_that_holds_everything_has_no_name() -> None:
    with pytest.raises(SelectionError, match=r"No model or source matches 'path:\.'"):
        chosen("path:.")


@pytest.mark.parametrize(
    ("selector", "named"), [("test_name:unique", True), ("orders test_name:unique", True), ("orders,core", False)]
)
def test_a_selector_of_tests_is_distinguished_from_one_of_models(selector: str, named: bool) -> None:
    assert names_tests(selector) == named


def test_models_are_not_chosen_by_a_test() -> None:
    with pytest.raises(SelectionError, match="'test_name:unique' selects tests, but only models can be selected here"):
        chosen("test_name:unique")


@pytest.mark.parametrize(
    ("selected", "message"), [("+revenue", "Selected were int_order_facts"), ("*", " and 5 more.")]
)
def test_at_most_six_selected_names_are_listed(selected: str, message: str) -> None:
    with pytest.raises(SelectionError) as caught:
        chosen(selected, exclude=("*",))
    assert message in caught.value.hint
    assert ("more" in caught.value.hint) == (selected == "*")
