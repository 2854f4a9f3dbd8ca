"""Selectors that the settings name choose what their text would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.errors import ConfigurationError, MarketingIbisError
from marketing_ibis.project.named_selectors import add_selectors
from marketing_ibis.project.selection import select_models
from marketing_ibis.project.setting_values import NamedSelector, read_values
from marketing_ibis.project.settings import ProjectSettings
from marketing_ibis.project.static_parsing import graph_of
from tests.invocation import Run
from tests.project.test_selection import ENDS, MARTS, NODES

SETTINGS = """
[tool.marketing_ibis.selectors]
nightly = "tag:daily+ marts"
money = ["product_performance", "orders"]
light = {select = "selector:money", exclude = "orders"}
"""
TEXTS = (
    "revenue",
    "+customers",
    "tag:daily",
    "staging",
    "marts,tag:finance",
    "@stg_orders",
    "c*",
    "layer:core",
    "nothing",
)


def test_a_name_is_used_in_every_command(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    assert run("ls", "-s", "selector:money").output.split() == ["orders", "product_performance"]
    assert run("ls", "-s", "selector:light").output.split() == ["product_performance"]
    assert run("ls", "-s", "selector:m*", "--exclude", "selector:light").output.split() == ["orders"]
    assert "stg_orders" in run("ls", "-s", "+selector:light,staging").output.split()
    names = [
        json.loads(line)["selectors"] for line in run("ls", "-s", "orders", "--output", "json").output.splitlines()
    ]
    assert names == [["nightly", "money"]]
    assert "Wrote the SQL of 2 models" in run("compile", "-s", "selector:money").output
    assert "Did you mean selector:money?" in run("ls", "-s", "selector:mony", code=1).output


def test_without_any_name_the_message_says_where_to_write_one(run: Run) -> None:
    assert "[tool.marketing_ibis.selectors]" in run("ls", "-s", "selector:x", code=1).output
    assert "--select selector:NAME" in " ".join(run("run", "--selector", "x", code=2).output.split())


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3), st.lists(st.sampled_from(TEXTS), max_size=2))
def test_a_name_means_its_text(select: list[str], exclude: list[str]) -> None:
    try:
        expected = set(select_models(NODES, graph_of(NODES), select=select, exclude=exclude))
    except MarketingIbisError:
        with pytest.raises(ConfigurationError, match=r"selectors\.named: "):
            add_selectors(NODES, {"named": NamedSelector(tuple(select), tuple(exclude))})
        return
    selectors = {"outer": NamedSelector(("selector:named",)), "named": NamedSelector(tuple(select), tuple(exclude))}
    nodes = add_selectors(NODES, selectors)
    for name in selectors:
        assert set(select_models(nodes, graph_of(nodes), select=[f"selector:{name}"])) == expected
        assert {name for name, node in nodes.items() if node.selectors == ("outer", "named")} == expected


def test_terms_reach_around_a_name() -> None:
    nodes = add_selectors(NODES, {"mart": NamedSelector(("marts",))})
    assert set(select_models(nodes, graph_of(nodes), select=["1+selector:mart"])) == {"int_order_facts", *MARTS}
    assert set(select_models(nodes, graph_of(nodes), exclude=["selector:mart"])) == set(NODES) - set(MARTS)
    assert set(ENDS) > set(select_models(nodes, graph_of(nodes), select=["selector:mart,tag:weekly"]))


@pytest.mark.parametrize(
    ("selectors", "message"),
    [
        ("nightly", "selectors is 'nightly', not a table"),
        ({"a": 5}, "selectors.a is 5, not a list of names"),
        ({"a": " "}, "selectors.a is ' ', not a list of names"),
        ({"a": {}}, "selectors.a is empty"),
        ({"a": {"slect": "x"}}, "selectors.a.slect is unknown"),
        ({"a b": "orders"}, "selectors.a b is not a valid name"),
        ({"a": "ordrs"}, "selectors.a: No model or source matches 'ordrs'"),
        ({"a": "++"}, r"selectors.a: Cannot parse the selector"),
        ({"a": "state:modified"}, "'state:modified' compares with a state"),
        ({"a": {"select": "marts", "exclude": "test_name:unique"}}, "'test_name:unique' selects tests"),
        ({"a": "selector:b", "b": "selector:c+", "c": "selector:b"}, "selectors.b names itself: b -> c -> b"),
        ({"a": "selector:b"}, "selectors.a: No model or source matches 'selector:b'"),
    ],
)
def test_a_wrong_name_is_reported_by_every_command(selectors: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        ProjectSettings(Path(__file__).parents[2], **read_values({"selectors": selectors})).nodes()
