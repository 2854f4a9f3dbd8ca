"""Boundary cases and laws of customer_cohorts."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import accumulate

import pytest

from tests.dataflows.cases import Case, built, cents, in_cents, law, near, total
from tests.dataflows.comparison import Row
from tests.dataflows.shops import Placed, placed, shop
from tests.sources import GOLDEN_AS_OF, Sources
from tests.strategies import AS_OF_DATES

FIRST = date(2023, 1, 10)
CONSTANT = ("cohort_size", "cohort_ltv", "cohort_age_months", "avg_6m_retention", "avg_12m_retention")
CONSTANT += ("top_3_products", "cohort_quality", "is_cohort_quality_provisional", "analysis_timestamp")


def _month(k: int) -> date:
    """Return the tenth day of the k-th month after the cohort's."""
    return date(2023 + k // 12, 1 + k % 12, 10)


def _cohort(size: int, cents: int, **active: int) -> Sources:
    """Return a cohort of January 2023 that spent ``cents`` each, with the number that came back in months m1, m2 ..."""
    back = [placed(buyer, _month(int(m[1:]))) for m, count in active.items() for buyer in range(1, count + 1)]
    return shop(*(placed(buyer, FIRST, cents) for buyer in range(1, size + 1)), *back)


@pytest.mark.parametrize(
    ("size", "k", "active", "action"),
    [
        pytest.param(1, 0, 0, "Focus on onboarding experience", id="month_0"),
        pytest.param(2, 1, 1, "Monitor performance", id="month_1_half"),
        pytest.param(3, 1, 1, "Improve first month experience", id="month_1_third"),
        pytest.param(10, 2, 3, "Monitor performance", id="month_2_thirty_percent"),
        pytest.param(10, 2, 2, "Launch retention campaigns", id="month_2_twenty_percent"),
        pytest.param(4, 3, 1, "Launch retention campaigns", id="month_3_quarter"),
        pytest.param(4, 4, 1, "Monitor performance", id="month_4_quarter"),
        pytest.param(5, 4, 1, "Monitor performance", id="month_4_fifth"),
        pytest.param(6, 6, 1, "Implement win-back strategies", id="month_6_sixth"),
        pytest.param(6, 7, 0, "Monitor performance", id="month_7_nobody"),
        pytest.param(1, 12, 1, "Monitor performance", id="month_12_everybody"),
        pytest.param(10, 13, 1, "Monitor performance", id="month_13_tenth"),
        pytest.param(9, 13, 1, "Focus on loyalty programs", id="month_13_ninth"),
        pytest.param(1, 16, 1, "Monitor performance", id="unfinished_month"),
    ],
)
def test_marketing_action(size: int, k: int, active: int, action: str) -> None:
    rows = _rows(_cohort(size, 100, **{f"m{k}": active if k else 0}))
    assert rows[k]["marketing_action"] == action


@pytest.mark.parametrize(
    ("size", "cents", "active", "quality"),
    [
        pytest.param(5, 60_000, 2, "High Value", id="forty_percent_is_not_premium"),
        pytest.param(2, 50_001, 1, "Premium", id="above_40_percent_and_500"),
        pytest.param(2, 50_000, 1, "High Value", id="500_is_not_premium"),
        pytest.param(10, 60_000, 3, "Standard", id="thirty_percent_is_not_high_value"),
        pytest.param(2, 30_000, 1, "Standard", id="300_is_not_high_value"),
        pytest.param(5, 60_000, 1, "Below Average", id="twenty_percent_is_not_standard"),
        pytest.param(2, 20_000, 1, "Below Average", id="200_is_not_standard"),
        pytest.param(10, 60_000, 1, "At Risk", id="ten_percent_is_at_risk"),
        pytest.param(9, 0, 1, "Below Average", id="above_ten_percent"),
    ],
)
def test_cohort_quality(size: int, cents: int, active: int, quality: str) -> None:
    rows = _rows(_cohort(size, cents, **{f"m{k}": active for k in range(1, 7)}))
    assert {row["cohort_quality"] for row in rows} == {quality}


@pytest.mark.parametrize(
    ("as_of", "complete", "quality"),
    [
        pytest.param(date(2024, 2, 29), [True], "Standard", id="leap_day_ends_the_month"),
        pytest.param(date(2024, 2, 28), [False], "Standard", id="day_before_a_leap_day"),
        pytest.param(date(2024, 3, 31), [True, True], "At Risk", id="last_day_of_the_month"),
        pytest.param(date(2024, 3, 30), [True, False], "Standard", id="day_before_the_31st"),
        pytest.param(date(2024, 4, 30), [True, True, True], "At Risk", id="30th_of_a_short_month"),
        pytest.param(date(2024, 4, 1), [True, True, False], "At Risk", id="first_day_of_the_month"),
    ],
)
def test_only_finished_months_are_complete(as_of: date, complete: list[bool], quality: str) -> None:
    rows = _rows(shop(placed(1, date(2024, 2, 1), 100)), as_of)
    assert [row["is_complete_period"] for row in rows] == complete
    assert {row["cohort_quality"] for row in rows} == {quality}


@pytest.mark.parametrize(("as_of", "complete"), [(date(2023, 2, 28), True), (date(2023, 2, 27), False)])
def test_february_of_a_common_year_ends_on_the_28th(as_of: date, complete: bool) -> None:
    assert [row["is_complete_period"] for row in _rows(shop(placed(1, date(2023, 2, 1), 1)), as_of)] == [complete]


@pytest.mark.parametrize(
    ("k", "stage"),
    [
        *[(0, "Acquisition"), (1, "Activation"), (3, "Activation"), (4, "Retention"), (6, "Retention")],
        *[(7, "Revenue"), (12, "Revenue"), (13, "Referral"), (16, "Referral")],
    ],
)
def test_retention_stage(k: int, stage: str) -> None:
    assert _rows(_cohort(1, 100))[k]["retention_stage"] == stage


@pytest.mark.parametrize(
    ("first", "provisional"),
    [pytest.param(date(2023, 11, 1), True, id="five_months"), pytest.param(date(2023, 10, 31), False, id="six_months")],
)
def test_quality_is_provisional_for_six_months(first: date, provisional: bool) -> None:
    assert {row["is_cohort_quality_provisional"] for row in _rows(shop(placed(1, first, 1)))} == {provisional}


def test_averages_skip_the_unfinished_month_and_count_idle_ones() -> None:
    rows = _rows(_cohort(2, 100, m1=2, m7=2, m12=1))
    assert rows[0]["avg_6m_retention"] == pytest.approx(100 / 6)
    assert rows[0]["avg_12m_retention"] == pytest.approx(250 / 12)


@pytest.mark.parametrize(
    ("orders", "names"),
    [
        pytest.param([("A", 1), ("B", 2), ("C", 3), ("D", 4)], "D, C, B", id="most_revenue"),
        pytest.param([("b", 1), ("B", 1), ("a", 1)], "B, a, b", id="ties_by_name"),
        pytest.param([("A", -9), ("B", 0), ("C", 1)], "C, B, A", id="refunds_are_least"),
        pytest.param([("A", 1), ("A", 1), ("B", 2)], "A, B", id="only_two"),
        pytest.param([("A, B", 2), ('"C"', 1)], 'A, B, "C"', id="commas_and_quotes_stay"),
        pytest.param([(None, 2), ("(unknown)", 1), ("A", 3)], "(unknown), A", id="no_product_is_a_product"),
    ],
)
def test_top_3_products(orders: list[tuple[str | None, int]], names: str) -> None:
    rows = _rows(shop(*(placed(1, 5, amount, product=name) for name, amount in orders)))
    assert rows[0]["top_3_products"] == names


@pytest.mark.parametrize("status", ["returned", "placed"])
def test_cohort_starts_with_the_first_successful_order(status: str) -> None:
    earlier: Placed = placed(1, date(2024, 1, 31), 100, status=status)
    rows = _rows(shop(earlier, placed(1, date(2024, 3, 1), 100)))
    assert [row["period_month"] for row in rows] == [date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)]


@law
def test_coh_1_cohort_and_month_are_unique(case: Case) -> None:
    keys = Counter((row["cohort_month"], row["months_since_first_purchase"]) for row in _cohorts(case))
    assert all(count == 1 for count in keys.values())


@law
def test_coh_2_months_run_from_0_to_the_age_without_hole(case: Case) -> None:
    assert {first: len(rows) for first, rows in _by_cohort(case).items()} == {
        first: _months(first, case.as_of) + 1 for first in set(_cohort_months(case).values())
    }
    for first, rows in _by_cohort(case).items():
        assert [row["months_since_first_purchase"] for row in rows] == list(range(len(rows)))
        assert all(_months(first, row["period_month"]) == k for k, row in enumerate(rows))
        assert all(row["period_month"].day == 1 for row in rows)


@law
def test_coh_3_sizes_add_up_to_the_buyers(case: Case) -> None:
    assert sum(rows[0]["cohort_size"] for rows in _by_cohort(case).values()) == len(case.buyers)


@law
def test_coh_4_everybody_is_active_in_month_0(case: Case) -> None:
    for rows in _by_cohort(case).values():
        assert rows[0]["customers_active"] == rows[0]["cohort_size"]
        assert rows[0]["retention_rate"] == 100.0


@law
def test_coh_5_revenue_and_orders_add_up_to_net_and_sales(case: Case) -> None:
    assert cents(_cohorts(case), "cohort_revenue") == case.net
    assert sum(row["total_orders"] for row in _cohorts(case)) == len(case.successful)


@law
def test_coh_6_active_buyers_are_some_of_the_cohort(case: Case) -> None:
    for row in _cohorts(case):
        assert 0 <= row["customers_active"] <= min(row["cohort_size"], row["total_orders"])
        assert near(row["retention_rate"] * row["cohort_size"], 100 * row["customers_active"])


@law
def test_coh_7_cumulative_revenue_is_the_running_sum(case: Case) -> None:
    for rows in _by_cohort(case).values():
        running = list(accumulate(row["cohort_revenue"] for row in rows))
        assert [row["cumulative_revenue"] for row in rows] == running
        assert all(near(row["cumulative_ltv"] * row["cohort_size"], float(row["cumulative_revenue"])) for row in rows)


@law
def test_coh_8_lifetime_value_is_the_last_cumulative_one(case: Case) -> None:
    for rows in _by_cohort(case).values():
        assert near(rows[-1]["cohort_ltv"] * rows[-1]["cohort_size"], in_cents(rows[-1]["cumulative_revenue"]) / 100)


@law
def test_coh_9_cohort_columns_are_constant(case: Case) -> None:
    for rows in _by_cohort(case).values():
        assert len({tuple(row[column] for column in CONSTANT) for row in rows}) == 1


@law
def test_coh_10_age_is_the_number_of_rows_less_one(case: Case) -> None:
    for rows in _by_cohort(case).values():
        assert {row["cohort_age_months"] for row in rows} == {len(rows) - 1}


@law
def test_coh_11_only_the_month_of_the_day_is_incomplete(case: Case) -> None:
    is_month_end = (case.as_of + timedelta(days=1)).day == 1
    for rows in _by_cohort(case).values():
        assert [row["is_complete_period"] for row in rows] == [True] * (len(rows) - 1) + [is_month_end]


@law
def test_coh_12_averages_run_over_complete_months(case: Case) -> None:
    for rows in _by_cohort(case).values():
        for column, last in (("avg_6m_retention", 6), ("avg_12m_retention", 12)):
            rates = [row["retention_rate"] for row in rows[1 : last + 1] if row["is_complete_period"]]
            assert (rows[0][column] is None) == (not rates)
            assert not rates or near(rows[0][column], sum(rates) / len(rates))


@law
def test_coh_13_active_buyers_are_distinct_a_month(case: Case) -> None:
    pairs = {(sale.customer_id, sale.day.replace(day=1)) for sale in case.successful}
    assert sum(row["customers_active"] for row in _cohorts(case)) == len(pairs)
    for first, rows in _by_cohort(case).items():
        members = {buyer for buyer, month in _cohort_months(case).items() if month == first}
        for row in rows:
            active = {buyer for buyer, month in pairs if month == row["period_month"] and buyer in members}
            sales = [sale for sale in case.successful if (sale.customer_id in active)]
            spent = total(sale for sale in sales if sale.day.replace(day=1) == row["period_month"])
            assert (row["customers_active"], in_cents(row["cohort_revenue"])) == (len(active), spent)


def test_every_day_is_tried_at_a_month_end_and_inside_a_month() -> None:
    assert {(day + timedelta(days=1)).day == 1 for day in AS_OF_DATES} == {True, False}


def _rows(sources: Sources, as_of: date = GOLDEN_AS_OF) -> list[Row]:
    return sorted(built(sources, as_of)["customer_cohorts"], key=lambda row: row["months_since_first_purchase"])


def _cohorts(case: Case) -> list[Row]:
    return case.tables["customer_cohorts"]


def _by_cohort(case: Case) -> dict[date, list[Row]]:
    """Return the rows of each cohort by month."""
    grouped = defaultdict(list)
    for row in sorted(_cohorts(case), key=lambda row: row["months_since_first_purchase"]):
        grouped[row["cohort_month"]].append(row)
    return grouped


def _cohort_months(case: Case) -> dict[int, date]:
    """Return the month of each buyer's first successful sale."""
    months: dict[int, date] = {}
    for sale in case.successful:
        months.setdefault(sale.customer_id, sale.day.replace(day=1))
    return months


def _months(first: date, last: date) -> int:
    return 12 * (last.year - first.year) + last.month - first.month
