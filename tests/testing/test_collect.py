"""Which tests a project has, and which of them are selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from marketing_ibis.data_tests import unique
from marketing_ibis.errors import SelectionError
from marketing_ibis.model import DataTest
from marketing_ibis.project.static_parsing import Node
from marketing_ibis.testing.collect import MOST_NAMES, declared_data_tests, select_data_tests
from tests.shop import AS_OF
from tests.testing.test_gate import shop_with


def test_only_what_has_tests_is_collected(tmp_path: Path) -> None:
    dataflow = shop_with(tmp_path, halves="unique()").project.compile(AS_OF)
    assert list(declared_data_tests(dataflow)) == ["halves"]


def test_a_test_turned_into_a_warning_takes_along_those_that_repeat_it_alone(tmp_path: Path) -> None:
    both = dict.fromkeys(("raw_sales", "stg_sales"), "accepted_values((1, 2, 3)), positive_value()")
    dataflow = shop_with(tmp_path, **both).project.compile(AS_OF)
    found = declared_data_tests(dataflow, {"positive_value_raw_sales_id": {"severity": "warn"}})
    assert {test.name: test.severity for declared in found.values() for test in declared} == {
        "accepted_values_raw_sales_id": "error",
        "positive_value_raw_sales_id": "warn",
        "accepted_values_stg_sales_id": "error",
        "positive_value_stg_sales_id": "warn",
    }


def hint_without_tests(tested: Sequence[str]) -> str:
    """Return the names in the hint of a selection of a model without tests, beside models that have one each."""
    names = ("bare", *tested)
    nodes = {name: Node(name, "model", "marts", "table", f"{name}.py") for name in names}
    data_tests: dict[str, Sequence[DataTest]] = {name: (replace(unique(), name=f"of_{name}"),) for name in tested}
    with pytest.raises(SelectionError, match="bare") as caught:
        select_data_tests({"bare": (), **data_tests}, nodes, dict.fromkeys(names, ()), select=["bare"])
    return caught.value.hint.partition(": ")[2]


def test_a_selection_without_tests_is_told_what_has_some() -> None:
    assert hint_without_tests(["b", "a"]) == "a, b."
    letters = "abcdefghijklmnop"
    many = ", ".join(letters[:MOST_NAMES])
    assert hint_without_tests(letters[:MOST_NAMES]) == f"{many}."
    assert hint_without_tests(letters[: MOST_NAMES + 1]) == f"{many}, ...."
