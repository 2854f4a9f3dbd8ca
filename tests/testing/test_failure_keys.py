"""A failure is named by its grain, and shows the value that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from marketing_ibis.data_tests import accepted_values, custom, not_null, positive_value, unique
from marketing_ibis.model import DataTest
from tests.testing.asking import Row, Table, Tables

SOLD = custom(lambda t: t.filter(t.cents > 0).select("cents", "id"))
PRICES = custom(lambda t: t.filter(t.cents > 0).select(price="cents", half=t.cents / 2))
CASES = {
    "a row": (positive_value(), "cents", [(1, 100), (3, -5)], {"id": 3, "cents": -5}),
    "a row whose key is wrong": (positive_value(), "id", [(-1, 100)], {"id": -1}),
    "a missing value needs no showing": (not_null(), "cents", [(1, 100), (2, None)], {"id": 2}),
    "a row among others": (
        custom(lambda t: t.cents == t.cents.max()),
        "cents",
        [(1, 9), (2, 7)],
        {"id": 2, "cents": 7},
    ),
    "a table with the grain": (SOLD, "", [(1, 100)], {"id": 1}),
    "a table without the grain": (PRICES, "", [(1, 100)], {"price": 100}),
    "a value that repeats": (unique(), "cents", [(1, 7), (2, 7), (3, 8)], {"cents": 7}),
}


@pytest.mark.parametrize(("data_test", "column", "rows", "key"), CASES.values(), ids=CASES)
def test_a_failure_is_named(data_test: DataTest, column: str, rows: Sequence[Row], key: Mapping[str, object]) -> None:
    sales = Table({"id": "int64", "cents": "int64"}, rows)
    assert Tables().ask(data_test, sales, at=column).keys == (key,)


def test_values_that_are_not_accepted_are_named() -> None:
    sales = Table({"id": "int64", "cents": "int64"}, [(1, 100), (2, 7), (3, 7)])
    assert Tables().ask(accepted_values((100,)), sales, at="cents").message == "found 7 2 times, not one of 100"
