"""Boundary cases and laws of the core table customers."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from tests.dataflows.cases import Case, Sale, built, cents, in_cents, law, total
from tests.dataflows.comparison import Row
from tests.dataflows.shops import placed, shop
from tests.sources import GOLDEN_AS_OF

SHARED = ("has_purchased", "customer_segment", "value_tier", "engagement_level", "recommended_action")


@pytest.mark.parametrize(
    ("status", "net", "month"),
    [
        pytest.param("completed", 100, date(2024, 5, 1), id="successful"),
        pytest.param("returned", 0, None, id="returned"),
        pytest.param("placed", 0, None, id="pending"),
    ],
)
def test_lifetime_value_is_gross_and_net(status: str, net: int, month: date | None) -> None:
    (row,) = built(shop(placed(1, 5, 100, status=status)), GOLDEN_AS_OF)["customers"]
    assert (in_cents(row["customer_lifetime_value"]), in_cents(row["net_lifetime_value"])) == (100, net)
    assert (row["number_of_orders"], row["cohort_month"]) == (1, month)


def test_customer_without_orders_has_a_row() -> None:
    (row,) = built(shop(customers=1), GOLDEN_AS_OF)["customers"]
    assert (row["number_of_orders"], row["customer_lifetime_value"], row["first_order"]) == (0, 0, None)
    assert row["customer_segment"] == "Hibernating"


def test_touches_of_one_day_follow_the_order_id() -> None:
    (row,) = built(shop(placed(1, 5, 1), placed(1, 5, 20_000), placed(1, 5, ("coupon", 1))), GOLDEN_AS_OF)["customers"]
    assert (row["first_touch_channel"], row["last_touch_channel"]) == ("Organic", "Promotional Campaign")


@law
def test_cus_1_every_customer_exactly_once(case: Case) -> None:
    customers = Counter(row["customer_id"] for row in case.tables["stg_customers"])
    assert Counter(row["customer_id"] for row in _customers(case)) == customers


@law
def test_cus_2_gross_value_adds_up_to_all_payments(case: Case) -> None:
    assert cents(_customers(case), "customer_lifetime_value") == total(case.sales)


@law
def test_cus_3_net_value_adds_up_to_net(case: Case) -> None:
    assert cents(_customers(case), "net_lifetime_value") == case.net


@law
def test_cus_4_orders_are_successful_returned_or_pending(case: Case) -> None:
    journeys = _journeys(case)
    for row in _customers(case):
        groups = Counter(sale.group for sale in journeys[row["customer_id"]])
        counted = {group: row[f"{group}_orders"] for group in ("successful", "returned", "pending")}
        assert counted == {group: groups[group] for group in counted}
        assert row["number_of_orders"] == sum(counted.values())


@law
def test_cus_5_orders_add_up_to_all_orders(case: Case) -> None:
    assert sum(row["number_of_orders"] for row in _customers(case)) == len(case.sales)


@law
def test_cus_6_no_orders_iff_no_dates(case: Case) -> None:
    for row in _customers(case):
        assert {row["first_order"] is None, row["most_recent_order"] is None} == {row["number_of_orders"] == 0}


@law
def test_cus_7_net_does_not_exceed_gross(case: Case) -> None:
    for row in _customers(case):
        assert case.has_negative_payments or row["net_lifetime_value"] <= row["customer_lifetime_value"]


@law
def test_cus_8_first_order_is_not_after_the_most_recent(case: Case) -> None:
    journeys = _journeys(case)
    for row in _customers(case):
        if row["number_of_orders"]:
            assert row["first_order"] <= row["most_recent_order"] <= case.as_of
            days = [sale.day for sale in journeys[row["customer_id"]]]
            assert (row["first_order"], row["most_recent_order"]) == (min(days), max(days))


@law
def test_cus_9_buyers_have_a_cohort_and_touches(case: Case) -> None:
    for row in _customers(case):
        is_buyer = row["customer_id"] in case.buyers
        assert row["has_purchased"] is is_buyer
        assert {
            row[column] is not None for column in ("cohort_month", "first_touch_channel", "last_touch_channel")
        } == {is_buyer}


@law
def test_customers_agree_with_segmentation(case: Case) -> None:
    segmentation = {row["customer_id"]: row for row in case.tables["customer_segmentation"]}
    for row in _customers(case):
        segment = segmentation[row["customer_id"]]
        assert [row[column] for column in SHARED] == [segment[column] for column in SHARED]
        assert (row["net_lifetime_value"], row["average_order_value"]) == (
            segment["total_revenue"],
            segment["avg_order_value"],
        )


def _customers(case: Case) -> list[Row]:
    return case.tables["customers"]


def _journeys(case: Case) -> dict[int, list[Sale]]:
    journeys = defaultdict(list)
    for sale in case.sales:
        journeys[sale.customer_id].append(sale)
    return journeys
