"""Boundary cases of product_performance."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.dataflows.cases import built
from tests.dataflows.comparison import Row
from tests.dataflows.shops import Placed, placed, shop
from tests.sources import GOLDEN_AS_OF, Sources

# Five products that take the ranks of the stars, so that the one in question shows another status.
STARS = tuple(placed(20, 5, 1_000_000, product=f"Star {place}") for place in range(5))


@pytest.mark.parametrize(
    ("revenues", "classes"),
    [
        pytest.param([100], "A", id="a_single_product_is_a"),
        pytest.param([80, 20], "AB", id="eighty_percent_above_is_not_a"),
        pytest.param([799, 201], "AA", id="below_eighty_percent_is_a"),
        pytest.param([95, 5], "AC", id="ninety_five_percent_above_is_c"),
        pytest.param([94, 6], "AB", id="below_ninety_five_percent_is_b"),
        pytest.param([60, 20, 20], "AAA", id="ties_share_a_class"),
        pytest.param([80, 10, 10], "ABB", id="ties_share_the_second_class"),
        pytest.param([10] * 12, "A" * 12, id="many_ties_share_a_class"),
        pytest.param([0, 0], "CC", id="no_revenue_is_c"),
        pytest.param([10, -10], "CC", id="refunds_cancel_to_c"),
        pytest.param([10, -20], "CC", id="negative_total_is_c"),
        pytest.param([-10 - place for place in range(10)], "C" * 10, id="refunds_alone_are_c"),
    ],
)
def test_abc_category(revenues: list[int], classes: str) -> None:
    rows = _rows(shop(*(placed(1, 5, cents, product=f"P{place}") for place, cents in enumerate(revenues))))
    assert "".join(rows[name]["abc_category"] for name in sorted(rows)) == classes


@pytest.mark.parametrize(
    ("orders", "status"),
    [
        pytest.param([placed(1, 29, 1)], "New", id="first_sale_29_days_ago"),
        pytest.param([placed(1, 30, 1)], "Standard", id="first_sale_30_days_ago"),
        pytest.param([placed(1, 60, 1)], "Standard", id="last_sale_60_days_ago"),
        pytest.param([placed(1, 61, 1)], "Declining", id="last_sale_61_days_ago"),
        pytest.param([placed(1, 61, 1), placed(1, 60, 1, status="returned")], "Problem", id="half_returned"),
        pytest.param([placed(1, 5, status="placed")], "New", id="never_sold"),
        pytest.param([placed(1, 5, 1)] * 4 + [placed(1, 5, status="returned")], "New", id="a_fifth_returned"),
        pytest.param([placed(1, 5, 1)] * 3 + [placed(1, 5, status="returned")], "Problem", id="a_quarter_returned"),
    ],
)
def test_product_status_of_a_sixth_product(orders: list[Placed], status: str) -> None:
    assert _rows(shop(*STARS, *orders))["Road Pro"]["product_status"] == status


@pytest.mark.parametrize(
    ("repeats", "below", "status"),
    [
        pytest.param(4, 7, "Cash Cow", id="four_in_ten_repeat"),
        pytest.param(3, 7, "Standard", id="three_in_ten_repeat"),
        pytest.param(4, 5, "Standard", id="at_the_median"),
    ],
)
def test_cash_cow_is_above_the_median_and_bought_again(repeats: int, below: int, status: str) -> None:
    once = [placed(buyer, 40, 1000) for buyer in range(1, 11)]
    again = [placed(buyer, 40, 1000) for buyer in range(1, repeats + 1)]
    lower = [placed(20, 40, 1, product=f"Low {place}") for place in range(below)]
    assert _rows(shop(*STARS, *once, *again, *lower))["Road Pro"]["product_status"] == status


def test_star_needs_revenue_and_rank_five() -> None:
    rows = _rows(shop(*(placed(1, 40, 10 - place, product=f"P{place}") for place in range(6)), placed(1, 40)))
    assert [row["product_status"] for _, row in sorted(rows.items())] == ["Star"] * 5 + ["Standard"] * 2


@pytest.mark.parametrize("paid", [0, -100], ids=["nothing", "a_refund"])
def test_a_product_that_earns_nothing_is_no_star(paid: int) -> None:
    (row,) = _rows(shop(placed(1, 40, paid))).values()
    assert (row["revenue_rank"], row["product_status"]) == (1, "Standard")


@pytest.mark.parametrize(
    ("orders", "stage"),
    [
        pytest.param([placed(1, 29, 1)], "New", id="first_sale_29_days_ago"),
        pytest.param([placed(1, 30, 1)], "Growth", id="first_sale_30_days_ago"),
        pytest.param([placed(1, 61, 1)], "Declining", id="last_sale_61_days_ago"),
        pytest.param([placed(1, 60, 1)], "Growth", id="last_sale_60_days_ago"),
        pytest.param([placed(1, 90, 200), placed(1, 5, 100)], "Mature", id="half_of_prior"),
        pytest.param([placed(1, 90, 200), placed(1, 5, 99)], "Declining", id="less_than_half_of_prior"),
        pytest.param([placed(1, 90, 100), placed(1, 5, 110)], "Mature", id="a_tenth_more_than_prior"),
        pytest.param([placed(1, 90, 100), placed(1, 5, 111)], "Growth", id="more_than_a_tenth_more"),
        pytest.param([placed(1, 89, 200), placed(1, 5, 1)], "Growth", id="89_days_are_recent"),
        pytest.param([placed(1, 179, 200), placed(1, 5, 1)], "Declining", id="179_days_are_prior"),
        pytest.param([placed(1, 180, 200), placed(1, 5, 1)], "Growth", id="180_days_are_neither"),
        pytest.param([placed(1, 90, 200, status="returned"), placed(1, 5, 1)], "Growth", id="returns_are_not_revenue"),
        pytest.param([placed(1, 40)], "Mature", id="no_revenue_at_all"),
        pytest.param([placed(1, 90, 200, status="placed")], "New", id="never_sold"),
    ],
)
def test_lifecycle_stage(orders: list[Placed], stage: str) -> None:
    (row,) = _rows(shop(*orders)).values()
    assert row["lifecycle_stage"] == stage


ADVICE = {
    "Maintain": "Maintain current strategy",
    "Investigate": "Investigate quality issues, improve product descriptions",
    "Develop": "Develop retention strategies, bundle offers",
    "Reduce": "Reduce dependency on promotions",
    "Increase": "Increase awareness campaigns",
}


def _returned(sold: int, returned: int) -> list[Placed]:
    return [placed(1, 5, 1)] * (sold - returned) + [placed(1, 5, status="returned")] * returned


@pytest.mark.parametrize(
    ("orders", "advice"),
    [
        pytest.param(_returned(20, 3), "Maintain", id="15_percent_returned"),
        pytest.param(_returned(19, 3), "Investigate", id="more_than_15_percent_returned"),
        pytest.param([placed(1, 5, 1)] * 2 + [placed(b, 5, 1) for b in range(2, 11)], "Maintain", id="tenth_repeats"),
        pytest.param([placed(1, 5, 1)] * 2 + [placed(b, 5, 1) for b in range(2, 12)], "Develop", id="fewer_repeat"),
        pytest.param([placed(1, 5, 1, ("coupon", 1)), placed(1, 5)], "Maintain", id="half_promotional"),
        pytest.param([placed(1, 5, 1, ("coupon", 2)), placed(1, 5)], "Reduce", id="mostly_promotional"),
        pytest.param([placed(1, 5, 1, status="placed")], "Increase", id="never_sold"),
    ],
)
def test_recommendation(orders: list[Placed], advice: str) -> None:
    row = _rows(shop(*STARS, *orders, customers=20))["Road Pro"]
    assert row["marketing_recommendation"] == ADVICE[advice]


@pytest.mark.parametrize(("customers", "advice"), [(20, "Maintain"), (21, "Increase")])
def test_five_percent_of_customers_are_enough(customers: int, advice: str) -> None:
    low = [placed(1, 5, 1, product="Low"), placed(1, 5, 1, product="Low")]
    row = _rows(shop(placed(1, 5, 1_000_000), *low, customers=customers))["Low"]
    assert row["marketing_recommendation"] == ADVICE[advice]


def test_best_product_gets_the_marketing_spend() -> None:
    (row,) = _rows(shop(placed(1, 5, 1))).values()
    assert row["marketing_recommendation"] == "Focus marketing spend, premium positioning"


def test_order_paid_in_parts_counts_once() -> None:
    (row,) = _rows(shop(placed(1, 5, 100, 200, ("coupon", 0), ("coupon", 300), status="returned"))).values()
    assert (row["return_count"], row["return_rate"], row["total_orders"]) == (1, 1.0, 1)
    assert (row["credit_card_orders"], row["coupon_orders"], row["promotional_orders"]) == (1, 1, 1)
    assert row["min_order_value"] == row["max_order_value"] == Decimal("6.00")
    assert row["repeat_purchase_rate"] is None


def test_ranks_break_ties_by_name() -> None:
    rows = _rows(shop(*(placed(1, 5, 100, product=name) for name in ("b", "B", "a"))))
    for rank in ("revenue_rank", "volume_rank", "popularity_rank"):
        assert {name: row[rank] for name, row in rows.items()} == {"B": 1, "a": 2, "b": 3}
    assert {row["revenue_percentile"] for row in rows.values()} == {0.0}


def test_refunds_rank_below_no_revenue() -> None:
    rows = _rows(shop(*(placed(1, 5, cents, product=name) for name, cents in (("A", -9), ("B", 0), ("C", 1)))))
    assert {name: (row["revenue_rank"], row["revenue_percentile"]) for name, row in rows.items()} == {
        "C": (1, 1.0),
        "B": (2, 0.5),
        "A": (3, 0.0),
    }


def test_product_without_name_is_the_unknown_product() -> None:
    (row,) = _rows(shop(placed(1, 5, 1, product=None), placed(2, 5, 2, product="(unknown)"))).values()
    assert (row["product_name"], row["unique_customers"], row["total_revenue"]) == ("(unknown)", 2, Decimal("0.03"))


def _rows(sources: Sources) -> dict[str, Row]:
    return {row["product_name"]: row for row in built(sources, GOLDEN_AS_OF)["product_performance"]}
