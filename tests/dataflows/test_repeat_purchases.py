"""Boundary cases and laws of repeat_purchases and customer_cohorts_by."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import pytest

from dataflows.lib.cohort_months import ATTRIBUTES
from dataflows.marts.customer_cohorts_by import GroupRules, customer_cohorts_by
from dataflows.marts.repeat_purchases import WITHIN_DAYS
from tests.dataflows.cases import Case, built, cents, law
from tests.dataflows.comparison import Row, differences, golden_rows
from tests.dataflows.shops import Placed, placed, shop
from tests.paths import GOLDEN_LINES
from tests.sources import GOLDEN_AS_OF, golden_lines
from tests.strategies import AS_OF_DATES
from tests.warehouse import evaluated_rows

REVENUE = "cohort_revenue"
MEASURES = ("cohort_size", "customers_active", "total_orders")


def rows(*orders: Placed, as_of: date = GOLDEN_AS_OF) -> list[Row]:
    return sorted(built(shop(*orders), as_of)["repeat_purchases"], key=lambda row: int(str(row["order_number"])))


@law
def test_rpt_1_and_2_each_number_continues_with_the_next(case: Case) -> None:
    numbers = _numbers(case)
    assert [row["order_number"] for row in numbers] == [1, 2, 3, 4, 5]
    assert numbers[0]["customers"] == len(case.buyers)
    for row, following in pairwise(numbers):
        assert row["continued"] == following["customers"]


@law
def test_rpt_3_who_returned_in_time_continued(case: Case) -> None:
    for row in _numbers(case):
        for days in WITHIN_DAYS:
            share, eligible = row[f"returned_within_{days}"], row[f"eligible_{days}"]
            assert (share is None) == (eligible == 0)
            assert round((share or 0) * eligible) <= row["continued"]


@law
def test_rpt_4_a_later_day_never_lowers_who_is_eligible(case: Case) -> None:
    later = min((day for day in AS_OF_DATES if day > case.as_of), default=case.as_of)
    by_number = {row["order_number"]: row for row in built(case.sources, later)["repeat_purchases"]}
    for row in _numbers(case):
        for days in WITHIN_DAYS:
            assert by_number[row["order_number"]][f"eligible_{days}"] >= row[f"eligible_{days}"]


@law
def test_cby_1_values_add_up_to_the_cohorts(case: Case) -> None:
    whole = {_cell(row): _measures(row) for row in case.tables["customer_cohorts"]}
    for attribute in ATTRIBUTES:
        parts: dict[tuple[object, object], list[int]] = defaultdict(lambda: [0] * 4)
        for row in case.tables["customer_cohorts_by"]:
            if row["attribute"] == attribute:
                sums = zip(parts[_cell(row)], _measures(row), strict=True)
                parts[_cell(row)] = [left + right for left, right in sums]
        assert parts == whole


@law
def test_cby_2_channels_have_their_first_touch_customers(case: Case) -> None:
    acquired: Counter[object] = Counter()
    for row in case.tables["customer_cohorts_by"]:
        if row["attribute"] == "first_channel" and row["months_since_first_purchase"] == 0:
            acquired[row["attribute_value"]] += row["cohort_size"]
    expected: Counter[object] = Counter()
    for row in case.tables["marketing_attribution"]:
        size = row["first_touch_customers"]
        expected[row["attribution_channel"] if size >= 5 else "(other)"] += size
    assert acquired == +expected


@pytest.mark.parametrize(
    ("age", "gap", "eligible", "share"),
    [
        pytest.param(30, 30, 1, 1.0, id="on_the_last_day"),
        pytest.param(29, 29, 0, None, id="too_young"),
        pytest.param(40, 31, 1, 0.0, id="a_day_too_late"),
        pytest.param(40, 0, 1, 1.0, id="on_the_same_day"),
    ],
)
def test_a_customer_counts_once_all_days_have_passed(age: int, gap: int, eligible: int, share: float | None) -> None:
    first, second, *_ = rows(placed(1, age, 100), placed(1, age - gap, 100))
    assert (first["eligible_30"], first["returned_within_30"]) == (eligible, share)
    assert first["median_days_to_next"] == gap
    assert second["continuation_rate"] == 0.0


def test_the_median_of_an_even_number_is_between_the_middle_ones() -> None:
    gaps = enumerate((1, 2, 5, 90), 1)
    (first, *_) = rows(*(placed(buyer, age) for buyer, gap in gaps for age in (200, 200 - gap)))
    assert first["median_days_to_next"] == 3.5


def test_without_buyers_every_number_has_a_row_of_nobody() -> None:
    numbers = rows(placed(1, 10, 100, status="placed"))
    assert [row["customers"] for row in numbers] == [0] * 5
    assert {row["continuation_rate"] for row in numbers} == {row["median_days_to_next"] for row in numbers} == {None}


def test_the_first_possible_day_has_nobody_eligible() -> None:
    (first, *_) = rows(placed(1, date(1, 1, 1), 100), as_of=date(1, 1, 1))
    assert (first["customers"], first["eligible_365"]) == (1, 0)


def test_a_smaller_limit_names_more_values() -> None:
    expected = golden_rows("customer_cohorts_by_min_group_size_2", GOLDEN_LINES)
    actual = evaluated_rows(customer_cohorts_by, golden_lines(), GOLDEN_AS_OF, group_rules=GroupRules(2))
    assert not differences("customer_cohorts_by", actual, expected)


def test_four_buyers_are_other_and_five_have_a_name() -> None:
    orders = [placed(buyer, 10, 100, product="Four" if buyer < 5 else "Five") for buyer in range(1, 10)]
    sizes = {
        row["attribute_value"]: row["cohort_size"]
        for row in built(shop(*orders), GOLDEN_AS_OF)["customer_cohorts_by"]
        if row["attribute"] == "first_product"
    }
    assert sizes == {"(other)": 4, "Five": 5}


def _cell(row: Row) -> tuple[object, object]:
    return row["cohort_month"], row["months_since_first_purchase"]


def _measures(row: Row) -> list[int]:
    return [*(row[name] for name in MEASURES), cents([row], REVENUE)]


def _numbers(case: Case) -> list[Row]:
    return sorted(case.tables["repeat_purchases"], key=lambda row: int(str(row["order_number"])))
