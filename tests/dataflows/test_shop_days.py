"""Boundary cases and laws of shop_days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.dataflows.cases import Case, built, cents, law, total
from tests.dataflows.comparison import Row
from tests.dataflows.shops import Placed, placed, shop
from tests.sources import GOLDEN_AS_OF


def rows(*orders: Placed) -> list[Row]:
    return sorted(built(shop(*orders), GOLDEN_AS_OF)["shop_days"], key=lambda row: str(row["day"]))


@law
def test_day_1_one_row_per_day_from_the_first_order(case: Case) -> None:
    first = min((sale.day for sale in case.sales), default=None)
    expected = [] if first is None else [first + timedelta(n) for n in range((case.as_of - first).days + 1)]
    assert sorted(row["day"] for row in _days(case)) == expected


@law
def test_day_2_days_add_up_to_the_shop(case: Case) -> None:
    days = _days(case)
    assert sum(row["orders"] for row in days) == len(case.sales)
    assert sum(row["successful_orders"] for row in days) == len(case.successful)
    assert sum(row["new_customers"] for row in days) == len(case.buyers)
    assert cents(days, "revenue") == case.net
    assert cents(days, "gross_revenue") == total(case.sales)


@law
def test_day_3_new_and_returning_revenue_is_the_revenue(case: Case) -> None:
    for row in _days(case):
        assert row["revenue"] == row["new_customer_revenue"] + row["returning_customer_revenue"]
        assert row["successful_orders"] >= row["new_customers"] + row["returning_customers"]


@law
def test_day_4_the_last_period_is_that_of_the_last_28_days(case: Case) -> None:
    recent = [sale for sale in case.successful if (case.as_of - sale.day).days < 28]
    for row in _days(case):
        if row["day"] == case.as_of:
            assert cents([row], "revenue_28d") == total(recent)
            assert row["orders_28d"] == len(recent)


def test_a_customer_may_be_new_and_returning_on_one_day() -> None:
    (*_, day) = rows(placed(1, 0, 100), placed(1, 0, 20), placed(1, 0, 3), placed(2, 0, 5, status="placed"))
    assert (day["new_customers"], day["returning_customers"], day["pending_orders"]) == (1, 1, 1)
    assert day["new_customer_revenue"] == Decimal("1.00")
    assert day["returning_customer_revenue"] == Decimal("0.23")
    assert day["avg_order_value"] == pytest.approx(0.41)


@pytest.mark.parametrize(
    ("age", "revenue", "previous", "growth"),
    [
        (0, "1.00", None, None),
        (27, "1.00", None, None),
        (28, "0.00", "1.00", -1.0),
        (55, "0.00", "1.00", -1.0),
        (56, "0.00", "0.00", None),
    ],
)
def test_periods_have_28_days(age: int, revenue: str, previous: str | None, growth: float | None) -> None:
    (*_, day) = rows(placed(1, age, 100))
    assert day["day"] == GOLDEN_AS_OF
    assert day["revenue_28d"] == Decimal(revenue)
    assert day["revenue_previous_28d"] == (None if previous is None else Decimal(previous))
    assert day["revenue_growth_28d"] == growth


def test_orders_that_are_not_facts_begin_no_day() -> None:
    late = placed(1, GOLDEN_AS_OF + timedelta(1), 100)
    assert rows(late) == []
    assert [row["day"] for row in rows(late, placed(1, 1, 100, status="returned"))] == [
        GOLDEN_AS_OF - timedelta(1),
        GOLDEN_AS_OF,
    ]


def test_an_order_of_a_leap_day_and_of_a_year_s_end() -> None:
    days = [row["day"] for row in rows(placed(1, date(2023, 12, 31), 100))]
    assert len(days) == 137
    assert date(2024, 2, 29) in days


def _days(case: Case) -> list[Row]:
    return case.tables["shop_days"]
