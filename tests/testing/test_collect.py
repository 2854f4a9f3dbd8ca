"""The tests of a project, and those that are selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from marketing_ibis.data_tests import unique
from marketing_ibis.errors import CompileError, NothingChanged, SelectionError
from marketing_ibis.model import DataTest
from marketing_ibis.project.fingerprint import DIGITS
from marketing_ibis.project.static_parsing import Node
from marketing_ibis.testing.collect import MOST_NAMES, data_test_fingerprints, declared_data_tests, select_data_tests
from tests.shop import AS_OF, SHOP, make_shop
from tests.testing.test_gate import shop_with


def test_only_what_has_tests_is_collected(tmp_path: Path) -> None:
    dataflow = shop_with(tmp_path, halves="unique()").project.compile(AS_OF)
    assert list(declared_data_tests(dataflow)) == ["halves"]


@pytest.mark.parametrize("needed", [None, ("stg_sales",)], ids=["all_models", "selected_models"])
def test_a_test_turned_into_a_warning_takes_along_those_that_repeat_it_alone(
    tmp_path: Path, needed: tuple[str, ...] | None
) -> None:
    both = dict.fromkeys(("raw_sales", "stg_sales"), "accepted_values((1, 2, 3)), positive_value()")
    dataflow = shop_with(tmp_path, **both).project.compile(AS_OF, needed)
    tests_by_node = declared_data_tests(dataflow, {"positive_value_raw_sales_id": {"severity": "warn"}})
    assert {test.name: test.severity for declared in tests_by_node.values() for test in declared} == {
        "accepted_values_raw_sales_id": "error",
        "positive_value_raw_sales_id": "warn",
        "accepted_values_stg_sales_id": "error",
        "positive_value_stg_sales_id": "warn",
    }


def hint_without_tests(tested: Sequence[str]) -> str:
    """Return the names in the hint for selecting a model without tests, next to models that have one each."""
    names = ("bare", *tested)
    nodes = {name: Node(name, "model", "marts", "table", f"{name}.py") for name in names}
    data_tests: dict[str, Sequence[DataTest]] = {name: (replace(unique(), name=f"of_{name}"),) for name in tested}
    with pytest.raises(SelectionError, match="bare") as caught:
        select_data_tests({"bare": (), **data_tests}, nodes, dict.fromkeys(names, ()), select=["bare"])
    return caught.value.hint.partition(": ")[2]


def test_a_selection_without_tests_names_tables_that_have_some() -> None:
    assert hint_without_tests(["b", "a"]) == "a, b."
    letters = "abcdefghijklmnop"
    many = ", ".join(letters[:MOST_NAMES])
    assert hint_without_tests(letters[:MOST_NAMES]) == f"{many}."
    assert hint_without_tests(letters[: MOST_NAMES + 1]) == f"{many}, ...."


def selection_error(data_tests: dict[str, Sequence[DataTest]], *, exclude: Sequence[str] = ()) -> SelectionError:
    nodes = {name: Node(name, "model", "marts", "table", f"{name}.py") for name in data_tests}
    with pytest.raises(SelectionError) as caught:
        select_data_tests(data_tests, nodes, dict.fromkeys(nodes, ()), exclude=exclude)
    return caught.value


def test_excluding_every_test_is_an_error() -> None:
    error = selection_error({"a": (replace(unique(), name="of_a"),)}, exclude=["a"])
    assert error.message == "No test is selected."
    assert error.hint == "Exclude less, or select tables that have tests."


def test_modified_models_without_tests_are_nothing_to_do() -> None:
    data_tests: dict[str, Sequence[DataTest]] = {"a": (replace(unique(), name="of_a"),), "b": ()}
    nodes = {name: Node(name, "model", "marts", "table", f"{name}.py") for name in data_tests}
    changes = {"a": ("old", "unmodified"), "b": ("old", "modified")}
    with pytest.raises(NothingChanged, match="Nothing to do: state:modified selects nothing"):
        select_data_tests(data_tests, nodes, dict.fromkeys(nodes, ()), select=["state:modified"], changes=changes)
    with pytest.raises(NothingChanged, match="Nothing to do: --exclude state:unmodified selects nothing"):
        select_data_tests(data_tests, nodes, dict.fromkeys(nodes, ()), exclude=["state:unmodified"], changes=changes)


def test_a_project_without_tests_has_none_to_select() -> None:
    error = selection_error({"a": (), "b": ()})
    assert error.message == "No model or source has data tests."
    assert error.hint == "Declare them: column(..., tests=(unique(),))."


def test_a_selection_has_only_tables_with_tests() -> None:
    data_tests = {"a": (replace(unique(), name="of_a"),), "b": ()}
    nodes = {name: Node(name, "model", "marts", "table", f"{name}.py") for name in data_tests}
    assert list(select_data_tests(data_tests, nodes, dict.fromkeys(nodes, ()))) == ["a"]


def test_a_test_of_a_missing_column_names_the_nearest_one(tmp_path: Path) -> None:
    declaration = 'columns=COLUMNS, tests=(unique(column="cent"),)'
    stg_sales = SHOP["stg_sales"].replace("columns=COLUMNS", declaration)
    imported = "\n        from marketing_ibis.data_tests import unique\n"
    shop = make_shop(tmp_path, stg_sales=imported + stg_sales)
    with pytest.raises(CompileError, match="tests column cent, which stg_sales does not have") as caught:
        declared_data_tests(shop.project.compile(AS_OF))
    assert caught.value.hint == "Did you mean cents?"


def test_a_test_that_cannot_be_compiled_has_a_fingerprint(tmp_path: Path) -> None:
    dataflow = shop_with(tmp_path, stg_sales="expression_is_true(lambda t: t.prise > 0)").project.compile(AS_OF)
    data_tests = declared_data_tests(dataflow)
    assert [len(digest) for digest in data_test_fingerprints(dataflow, data_tests).values()] == [DIGITS]
