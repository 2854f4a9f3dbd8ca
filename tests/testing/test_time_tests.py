"""Data tests of days are refused on columns of other types, when the project is compiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.errors import CompileError
from marketing_ibis.testing.collect import declared_data_tests
from tests.shop import AS_OF, SHOP, make_shop

SOURCE = """
        from datetime import date
        from marketing_ibis.data_tests import not_after_as_of, not_before, recency_freshness, table_freshness

        COLUMNS = (
            column("id", "int64", "Key."),
            column("cents", "int64", "Price."),
            column("sold", "{kind}", "When.", tests=({test},)),
        )

        @source(table="sales", grain=("id",), columns=COLUMNS)
        def raw_sales() -> ir.Table:
            '''Sales.'''
        """
STAGED = SHOP["stg_sales"].replace("cents > 0)", "cents > 0).select('id', 'cents')")
TESTS = ("table_freshness(2)", "recency_freshness(2)", "not_after_as_of()", "not_before(date(2020, 1, 1))")


@pytest.mark.parametrize("test", TESTS)
def test_a_test_of_days_needs_days(tmp_path: Path, test: str) -> None:
    shop = make_shop(tmp_path, stg_sales=STAGED, raw_sales=SOURCE.format(kind="string", test=test))
    with pytest.raises(CompileError, match=r"compares dates, but column sold of raw_sales is string") as caught:
        declared_data_tests(shop.project.compile(AS_OF))
    assert 'Declare the column as "date" or "timestamp"' in caught.value.hint


@pytest.mark.parametrize("kind", ["date", "timestamp"])
def test_days_and_timestamps_are_tested(tmp_path: Path, kind: str) -> None:
    shop = make_shop(tmp_path, stg_sales=STAGED, raw_sales=SOURCE.format(kind=kind, test=", ".join(TESTS)))
    assert len(declared_data_tests(shop.project.compile(AS_OF))["raw_sales"]) == len(TESTS)
