"""The models of a shop with order lines reproduce the golden example, and are absent from one without."""

from __future__ import annotations

import pytest

from tests.dataflows.comparison import KEYS, KEYS_WITH_LINES, KEYS_WITH_TOUCHES, differences, golden_rows, only
from tests.paths import GOLDEN_LINES
from tests.sources import GOLDEN_AS_OF, golden_lines, golden_sources
from tests.warehouse import build_tables, compiled_dataflow

SETTING = "_min_group_size_"
EXAMPLES = sorted(
    path.stem
    for path in (GOLDEN_LINES / "expected").glob("*.json")
    if path.stem not in KEYS_WITH_TOUCHES and SETTING not in path.stem
)
LINES = ("raw_order_lines",)
MARTS = ("product_performance", "customer_cohorts", "marketing_attribution", "int_customer_products")


@pytest.mark.parametrize("model", EXAMPLES)
def test_model_gives_the_golden_rows(model: str) -> None:
    expected = golden_rows(model, GOLDEN_LINES)
    actual = build_tables(golden_lines(), GOLDEN_AS_OF)[model]
    # The example is older than the forecast of core customers.
    columns = expected[0] if model in {"int_order_products", "customers"} else actual[0]
    assert len(actual) == len(expected)
    assert not differences(model, only(actual, *columns), expected)


def test_a_shop_without_lines_has_none_of_their_models_and_columns() -> None:
    without, with_lines = compiled_dataflow(GOLDEN_AS_OF), compiled_dataflow(GOLDEN_AS_OF, optional_sources=LINES)
    assert with_lines.models.keys() - without.models.keys() == set(KEYS_WITH_LINES)
    assert with_lines.sources.keys() - without.sources.keys() == {"raw_order_lines"}
    columns = {
        (name, column)
        for name, model in without.models.items()
        for column in with_lines.models[name].schema
        if column not in model.schema
    }
    assert columns == {
        ("product_performance", "units_sold"),
        ("product_performance", "average_unit_price"),
        ("orders", "product_count"),
        ("orders", "unit_count"),
        ("orders", "line_amount"),
        ("orders", "unexplained_amount"),
    }
    assert without.absent - with_lines.absent == {"raw_order_lines", *KEYS_WITH_LINES}
    for name in MARTS:
        assert "int_order_products" in with_lines.models[name].parents
        assert "int_order_products" not in without.models[name].parents


def test_no_line_at_all_changes_no_number() -> None:
    shop = golden_sources()
    plain, empty = build_tables(shop, GOLDEN_AS_OF), build_tables(shop.with_lines([]), GOLDEN_AS_OF)
    for model in KEYS:
        columns = plain[model][0] if plain[model] else ()
        assert not differences(model, only(empty[model], *columns), plain[model], to_the_bit=True)
    assert {row["units_sold"] for row in empty["product_performance"]} == {0, 1, 3, 5}
    assert {row["line_amount"] for row in empty["orders"]} == {None}
