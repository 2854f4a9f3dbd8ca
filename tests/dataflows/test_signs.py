"""Amounts may be negative: no ratio is -0.0, and a smaller loss earns no better class."""

from __future__ import annotations

from math import copysign

import pytest

from tests.dataflows.cases import Case, built, law
from tests.dataflows.comparison import Row
from tests.dataflows.shops import placed, shop
from tests.sources import GOLDEN_AS_OF, Sources

LOSSES = {
    "one_loss": shop(placed(1, 0, 5_000, -9_000)),
    "a_promotion_of_nothing": shop(placed(1, 0, -100, ("coupon", 0))),
    "losses_and_sales": shop(placed(1, 0, -100), placed(2, 0, 100, product="B"), placed(3, 3, ("coupon", -50))),
    "a_returned_loss": shop(placed(1, 0, -100, status="returned"), placed(1, 0, -100, status="placed")),
    "losses_of_long_ago": shop(placed(1, 7_000, ("coupon", -100)), placed(1, 0, -100), placed(2, 500, 0)),
}


@pytest.mark.parametrize("sources", LOSSES.values(), ids=LOSSES)
def test_no_number_is_minus_zero_beside_losses(sources: Sources) -> None:
    assert not negative_zeros(built(sources, GOLDEN_AS_OF))


@law
def test_no_number_is_minus_zero(case: Case) -> None:
    assert not negative_zeros(case.tables)


def test_a_shop_that_only_lost_money_has_ratios_of_zero() -> None:
    tables = built(LOSSES["one_loss"], GOLDEN_AS_OF)
    (customer,) = tables["customer_segmentation"]
    (product,) = tables["product_performance"]
    assert str(customer["promotional_spend_ratio"]) == str(product["promotional_revenue_ratio"]) == "0.0"
    assert (product["product_status"], product["abc_category"]) == ("New", "C")


def test_a_loss_is_no_star_and_in_no_class_of_revenue() -> None:
    orders = [
        placed(1, 40, -100, product="Lamp"),
        placed(2, 40, -300, product="Chair"),
        placed(3, 40, 0, product="Cup"),
    ]
    products = {row["product_name"]: row for row in built(shop(*orders), GOLDEN_AS_OF)["product_performance"]}
    assert {row["product_status"] for row in products.values()} == {"Standard"}
    assert {row["abc_category"] for row in products.values()} == {"C"}


def negative_zeros(tables: dict[str, list[Row]]) -> set[tuple[str, str]]:
    """Return the models and columns that contain -0.0."""
    return {
        (name, column)
        for name, rows in tables.items()
        for row in rows
        for column, value in row.items()
        if isinstance(value, float) and value == 0 and copysign(1, value) < 0
    }
