"""Which columns are unique, and how many rows a join meets, follow from data tests that prove it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from marketing_ibis.testing.collect import declared_data_tests
from marketing_ibis.testing.joins import Join, joins_of
from tests.shop import AS_OF, make_shop

ORDERS = """
    from marketing_ibis.data_tests import relationships, unique

    COLUMNS = (
        column("id", "int64", "Key."),
        column("shop_code", "int64", "Shop.", tests=(relationships("shops", "code"),)),
    )

    @model(layer="marts", grain=("id",), columns=COLUMNS)
    def orders(stg_sales: ir.Table) -> ir.Table:
        '''Orders.'''
        return stg_sales.select("id", shop_code=stg_sales.id)
"""
SHOPS = """
    from marketing_ibis.data_tests import unique

    COLUMNS = (column("id", "int64", "Key."), column("code", "int64", "Code.", tests=({test},)))

    @model(layer="marts", grain=("id",), columns=COLUMNS)
    def shops(stg_sales: ir.Table) -> ir.Table:
        '''Shops.'''
        return stg_sales.select("id", code=stg_sales.id)
"""


def joins_of_orders(folder: Path, test: str, settings: dict[str, Any] | None = None) -> tuple[Join, ...]:
    dataflow = make_shop(folder, orders=ORDERS, shops=SHOPS.format(test=test)).project.compile(AS_OF)
    return joins_of(dataflow, declared_data_tests(dataflow, settings), "orders")


def test_a_unique_column_is_met_by_many_rows(tmp_path: Path) -> None:
    assert joins_of_orders(tmp_path, "unique()") == (Join("shop_code", "shops", "code", "many_to_one"),)


@pytest.mark.parametrize(
    "test",
    ["unique(severity='warn')", "unique(where=ibis._.id > 1)", "unique(error_if='>10')"],
    ids=["only warns", "some of the rows", "allows failures"],
)
def test_a_test_that_proves_less_does_not_make_a_column_unique(tmp_path: Path, test: str) -> None:
    (join,) = joins_of_orders(tmp_path, test)
    assert join.cardinality == "many_to_many"


def test_settings_can_take_the_proof_away(tmp_path: Path) -> None:
    (join,) = joins_of_orders(tmp_path, "unique()", {"unique_shops_code": {"severity": "warn"}})
    assert join.cardinality == "many_to_many"
