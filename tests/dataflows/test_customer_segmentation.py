"""Boundary cases and laws of customer_segmentation."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from itertools import product

import pytest

from tests.dataflows.cases import Case, built, cents, in_cents, law, near
from tests.dataflows.comparison import Row
from tests.dataflows.shops import placed, shop
from tests.paths import GOLDEN
from tests.reference.customer_segmentation import segment
from tests.sources import GOLDEN_AS_OF, Sources
from tests.warehouse import build_tables

SEGMENTS = json.loads((GOLDEN / "segment_map.json").read_text(encoding="utf-8"))
SCORES = ("recency_score", "frequency_score", "monetary_score")
ACTIONS = {
    "Champions": "Reward loyalty, early access to new products",
    "Loyal Customers": "Upsell higher value products",
    "Potential Loyalists": "Membership offers, loyalty programs",
    "New Customers": "Welcome series, onboarding",
    "Promising": "Create brand awareness, free trials",
    "Need Attention": "Reactivation campaigns, limited time offers",
    "At Risk": "Win-back campaigns, feedback surveys",
    "Cant Lose Them": "Win-back with special offers",
    "Hibernating": "Recreation campaigns, new product announcements",
    "Lost": "Consider removing from active campaigns",
}
TIERS = {1: "Low Value", 2: "Low Value", 3: "Medium Value", 4: "High Value", 5: "High Value"}


def _every_cell() -> Sources:
    """Return 125 buyers, one for each combination of scores."""
    orders = []
    for buyer, (r, f, m) in enumerate(product(range(5), repeat=3), start=1):
        orders += [placed(buyer, 50 - 10 * r, 1000 * m), *(placed(buyer, 60) for _ in range(f))]
    return shop(*orders)


@pytest.mark.parametrize("scores", SEGMENTS)
def test_every_cell_has_its_segment(scores: str) -> None:
    r, f, m = map(int, scores)
    rows = {row["rfm_combined_score"]: row for row in _rows(_every_cell())}
    assert rows[int(scores)]["customer_segment"] == SEGMENTS[scores] == segment(r, f, m)


@pytest.mark.parametrize("scoring", ["ties", "ntile"])
def test_every_cell_has_one_buyer(scoring: str) -> None:
    rows = build_tables(_every_cell(), GOLDEN_AS_OF, scoring=scoring)["customer_segmentation"]
    assert Counter(str(row["rfm_combined_score"]) for row in rows) == Counter(SEGMENTS.keys())


@pytest.mark.parametrize(
    ("spent", "scores"),
    [
        pytest.param([7], [1], id="alone"),
        pytest.param([7, 7, 7], [1, 1, 1], id="all_tied"),
        pytest.param([1, 2], [1, 3], id="two"),
        pytest.param([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], id="five"),
        pytest.param([1, 1, 1, 1, 2], [1, 1, 1, 1, 5], id="tie_at_the_bottom"),
        pytest.param([1, 2, 2, 2, 2], [1, 2, 2, 2, 2], id="tie_at_the_top"),
        pytest.param([1, 2, 3, 4, 5, 6], [1, 1, 2, 3, 4, 5], id="six"),
        pytest.param([1, 2, 3, 4, 5, 6, 7], [1, 1, 2, 3, 3, 4, 5], id="seven"),
        pytest.param([-5, 0, 5], [1, 2, 4], id="negative_is_worst"),
    ],
)
def test_score_counts_the_strictly_worse(spent: list[int], scores: list[int]) -> None:
    rows = _rows(shop(*(placed(buyer, 5, amount) for buyer, amount in enumerate(spent, 1))))
    assert [row["monetary_score"] for row in rows] == scores
    assert {row["frequency_score"] for row in rows} == {row["recency_score"] for row in rows} == {1}


def test_ntile_breaks_ties_by_customer() -> None:
    sources = shop(*(placed(buyer, 5, 100) for buyer in range(1, 8)))
    rows = build_tables(sources, GOLDEN_AS_OF, scoring="ntile")["customer_segmentation"]
    assert [row["monetary_score"] for row in sorted(rows, key=lambda row: row["customer_id"])] == [1, 1, 2, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("orders", "favourite"),
    [
        pytest.param([("B", 1), ("B", 1), ("A", 100)], "B", id="orders_before_money"),
        pytest.param([("A", 1), ("B", 2)], "B", id="money_breaks_the_tie"),
        pytest.param([("A", -9), ("B", 1)], "B", id="a_refund_is_less_than_any_money"),
        pytest.param([("b", 1), ("B", 1), ("a", 1)], "B", id="name_breaks_the_tie_bytewise"),
        pytest.param([(None, 1), ("(unknown)", 1), ("A", 1)], "(unknown)", id="no_product_is_a_product"),
    ],
)
def test_favourite_product(orders: list[tuple[str | None, int]], favourite: str) -> None:
    (row,) = _rows(shop(*(placed(1, 5, amount, product=name) for name, amount in orders)))
    assert row["favorite_product"] == favourite


def test_favourite_product_counts_orders_and_not_payments() -> None:
    (row,) = _rows(shop(placed(1, 9, 1, 1, 1, product="A"), placed(1, 8, 1, product="B"), placed(1, 7, product="B")))
    assert row["favorite_product"] == "B"


@pytest.mark.parametrize(
    ("paid", "method"),
    [
        pytest.param([("coupon", 1), ("coupon", 1), ("gift_card", 9)], "coupon", id="payments_before_money"),
        pytest.param([("coupon", 1), ("gift_card", 2)], "gift_card", id="money_breaks_the_tie"),
        pytest.param([("coupon", -9), ("gift_card", 1)], "gift_card", id="a_refund_is_less_than_any_money"),
        pytest.param([("gift_card", 2), ("coupon", 2)], "coupon", id="name_breaks_the_tie"),
        pytest.param([(None, 5), (None, 5), ("paypal", None)], "paypal", id="a_method_without_name_does_not_count"),
        pytest.param([("coupon", 0), ("gift_card", None)], "coupon", id="no_amount_is_no_money"),
        pytest.param([("coupon", None), ("coupon", None), ("card", 9)], "coupon", id="no_amount_is_still_a_payment"),
        pytest.param([(None, 5)], None, id="only_methods_without_name"),
        pytest.param([], None, id="no_payment"),
    ],
)
def test_preferred_payment_method(paid: list[tuple[str | None, int | None]], method: str | None) -> None:
    (row,) = _rows(shop(placed(1, 5, *paid)))
    assert row["preferred_payment_method"] == method


@pytest.mark.parametrize(
    ("status", "groups"),
    [
        pytest.param("returned", (False, 1, 0), id="only_returned"),
        pytest.param("placed", (False, 0, 1), id="only_pending"),
        pytest.param("shipped", (True, 0, 0), id="buyer"),
    ],
)
def test_buyer_needs_a_successful_order(status: str, groups: tuple[bool, int, int]) -> None:
    (row,) = _rows(shop(placed(1, 5, 100, status=status)))
    assert (row["has_purchased"], row["returned_orders"], row["pending_orders"]) == groups


def test_order_of_the_day_counts_and_of_tomorrow_does_not() -> None:
    (row,) = _rows(shop(placed(1, 0, 100), placed(1, -1, 900)))
    assert (row["days_since_last_order"], row["total_orders"], row["total_revenue"] * 100) == (0, 1, 100)


@law
def test_seg_1_every_customer_exactly_once(case: Case) -> None:
    customers = Counter(row["customer_id"] for row in case.tables["stg_customers"])
    assert Counter(row["customer_id"] for row in _segmentation(case)) == customers


@law
def test_seg_2_revenue_adds_up_to_net(case: Case) -> None:
    assert cents(_segmentation(case), "total_revenue") == case.net


@law
def test_seg_3_orders_add_up_to_the_successful_ones(case: Case) -> None:
    assert sum(row["total_orders"] for row in _segmentation(case)) == len(case.successful)


@law
def test_seg_4_has_purchased_iff_buyer(case: Case) -> None:
    assert {row["customer_id"] for row in _segmentation(case) if row["has_purchased"]} == case.buyers


@law
def test_seg_5_labels_and_scores_are_in_range(case: Case) -> None:
    for row in _segmentation(case):
        assert all(row[score] in range(1, 6) for score in SCORES)
        assert row["customer_segment"] in ACTIONS
        assert row["value_tier"] in TIERS.values()
        assert row["engagement_level"] in {"Highly Engaged", "Moderately Engaged", "Low Engagement"}


@law
def test_seg_6_combined_score_is_its_three_digits(case: Case) -> None:
    for row in _segmentation(case):
        r, f, m = (row[score] for score in SCORES)
        assert row["rfm_combined_score"] == 100 * r + 10 * f + m


@law
def test_seg_7_labels_are_functions_of_the_scores(case: Case) -> None:
    for row in _segmentation(case):
        r, f, m = (row[score] for score in SCORES)
        assert row["customer_segment"] == SEGMENTS[f"{r}{f}{m}"]
        assert row["recommended_action"] == ACTIONS[row["customer_segment"]]
        assert row["value_tier"] == TIERS[m]
        assert row["engagement_level"] == _engagement(r, f)


@law
def test_seg_8_scores_are_monotone_and_equal_metrics_score_equally(case: Case) -> None:
    metrics = ("last_order_date", "total_orders", "total_revenue")
    for score, metric in zip(SCORES, metrics, strict=True):
        pairs = sorted((row[metric], row[score]) for row in _buyers(case))
        assert [value for _, value in pairs] == sorted(value for _, value in pairs)
        assert len({metric for metric, _ in pairs}) == len(set(pairs))


@law
def test_seg_9_some_buyer_scores_one(case: Case) -> None:
    for score in SCORES:
        assert not case.buyers or 1 in {row[score] for row in _buyers(case)}


@law
def test_seg_10_dates_are_consistent(case: Case) -> None:
    for row in _buyers(case):
        days = [sale.day for sale in case.successful if sale.customer_id == row["customer_id"]]
        first, last = row["first_order_date"], row["last_order_date"]
        assert (first, last) == (min(days), max(days))
        assert first <= last <= case.as_of
        assert row["customer_lifespan_days"] == (last - first).days
        assert row["days_since_last_order"] == (case.as_of - last).days


@law
def test_seg_11_average_times_orders_is_revenue(case: Case) -> None:
    for row in _segmentation(case):
        assert near(row["avg_order_value"] * row["total_orders"], float(row["total_revenue"]))


@law
def test_seg_12_promotional_ratio_is_a_share(case: Case) -> None:
    for row in _segmentation(case):
        assert case.has_negative_payments or 0 <= row["promotional_spend_ratio"] <= 1
        revenue = in_cents(row["total_revenue"])
        assert revenue or row["promotional_spend_ratio"] == 0
        assert near(row["promotional_spend_ratio"] * revenue, in_cents(row["promotional_spend"]) if revenue else 0)


@law
def test_seg_13_non_buyers_have_zeros_and_nulls(case: Case) -> None:
    nulls = ("days_since_last_order", "first_order_date", "last_order_date", "customer_lifespan_days")
    nulls += ("favorite_product", "preferred_payment_method")
    zeros = ("total_orders", "total_revenue", "avg_order_value", "unique_products_purchased", "promotional_spend")
    for row in _segmentation(case):
        if row["customer_id"] not in case.buyers:
            assert row["rfm_combined_score"] == 111
            assert {row[column] for column in nulls} == {None}
            assert {row[column] for column in (*zeros, "promotional_spend_ratio")} == {0}


@law
def test_seg_14_favourite_and_product_count_fit_the_orders(case: Case) -> None:
    for row in _buyers(case):
        bought = {sale.product for sale in case.successful if sale.customer_id == row["customer_id"]}
        assert 1 <= row["unique_products_purchased"] <= row["total_orders"]
        assert row["unique_products_purchased"] == len(bought)
        assert row["favorite_product"] in bought


def _engagement(r: int, f: int) -> str:
    if r >= 4 and f >= 3:
        return "Highly Engaged"
    return "Moderately Engaged" if r >= 3 or f >= 3 else "Low Engagement"


def _rows(sources: Sources, as_of: date = GOLDEN_AS_OF) -> list[Row]:
    return sorted(built(sources, as_of)["customer_segmentation"], key=lambda row: row["customer_id"])


def _segmentation(case: Case) -> list[Row]:
    return case.tables["customer_segmentation"]


def _buyers(case: Case) -> list[Row]:
    return [row for row in _segmentation(case) if row["customer_id"] in case.buyers]
