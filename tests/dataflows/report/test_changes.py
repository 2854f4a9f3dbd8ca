"""The report's statements about the last 28 days, repeat purchase and the lists to contact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dataflows.report import changes, queries, repeat
from dataflows.report.chance import (
    CRITICAL,
    T_VALUES,
    critical_value,
    is_clear,
    is_clear_by_day,
    is_clear_count,
    is_clear_mean,
    is_enough,
)
from dataflows.report.rows import CohortMonth, Day, GroupAge, Period, Repeat
from marketing_ibis.report import Answers
from tests.dataflows.report.shops import shop_of
from tests.dataflows.shops import placed, shop
from tests.report.markup import words
from tests.sources import GOLDEN_AS_OF

MINUS = "\N{MINUS SIGN}"


def period(number: int, buyers: int, revenue: int, *, orders: int = 0, returned: int = 0, again: int = 0) -> Period:
    orders = orders or buyers
    squares = revenue * revenue / orders + orders if orders else 0.0
    return Period(number, GOLDEN_AS_OF, 28 * 13, orders, returned, buyers, again, Decimal(revenue), squares)


def days_of(last: int, before: int, wobble: int = 0) -> list[Day]:
    """Return 56 days: those of the last 28 have ``last`` dollars, orders and buyers, and every second one more."""
    first = GOLDEN_AS_OF - timedelta(days=55)
    sold = [number + wobble * (place % 2) for place, number in enumerate([before] * 28 + [last] * 28)]
    # Two days with nothing in common: otherwise the wobble of a day would be that of the day it is compared with.
    sold[0], sold[27] = sold[27], sold[0]
    return [Day(first + timedelta(days=place), Decimal(n), n, n) for place, n in enumerate(sold)]


def title_of(last: Period, before: Period, days: list[Day]) -> str:
    return words(changes.describe([last, before], days).title)


def cohort(year: int, month: int, size: int, active: int, *, is_complete: bool = True) -> CohortMonth:
    return CohortMonth(date(year, month, 1), 1, size, active, 1.0, is_complete)


def meanings(*rows: Period) -> dict[str, str]:
    return {label: words(meaning) for label, _, meaning, _ in changes.describe(rows, days_of(9, 9)).facts}


def test_periods_count_from_the_day_of_the_tables() -> None:
    orders = [
        placed(1, 0, 100), placed(1, 27, 100), placed(2, 28, 300), placed(1, 55, 100), placed(3, 56, 100),
        placed(2, 1, 700, status="returned"), placed(2, 2, 900, status="placed"), placed(4, 111, 100),
    ]  # fmt: skip
    rows = shop_of(shop(*orders), GOLDEN_AS_OF).rows(queries.periods)
    assert [(row.number, row.days, row.orders, row.returned_orders, row.buyers, row.returning) for row in rows] == [
        (0, 112, 2, 1, 1, 1),
        (1, 112, 2, 0, 2, 0),
        (2, 112, 1, 0, 1, 0),
        (3, 112, 1, 0, 1, 0),
    ]
    assert [row.revenue for row in rows] == [Decimal("2.00"), Decimal("4.00"), Decimal("1.00"), Decimal("1.00")]
    assert [row.squares for row in rows] == [2.0, 10.0, 1.0, 1.0]
    assert {row.newest for row in rows} == {GOLDEN_AS_OF}


def test_days_of_two_periods_add_up_to_them(golden_shop: Answers) -> None:
    days, rows = golden_shop.rows(queries.recent_days), golden_shop.rows(queries.periods)
    assert [row.day for row in days] == [GOLDEN_AS_OF - timedelta(days=age) for age in reversed(range(56))]
    for number, part in ((0, days[28:]), (1, days[:28])):
        (row,) = [row for row in rows if row.number == number]
        assert (sum(day.revenue for day in part), sum(day.orders for day in part)) == (row.revenue, row.orders)


def test_periods_are_dated() -> None:
    section = changes.describe([period(0, 5, 9), period(1, 5, 9)], days_of(9, 9))
    assert words(section.lead).startswith(
        "Last 28 days: 18 April 2024 to 15 May 2024. The 28 days before: 21 March 2024 to 17 April 2024."
    )
    assert [words(row[0]) for row in section.tables[0].rows[:2]] == [
        "18 April 2024 to 15 May 2024",
        "21 March 2024 to 17 April 2024",
    ]


@pytest.mark.parametrize(
    ("last", "before", "expected"),
    [
        (
            120,
            100,
            "$120 in the last 28 days, 20% more than in the 28 days before: too few orders to tell from chance",
        ),
        (5, -2, f"$5.00 in the last 28 days, and {MINUS}$2.00 in the 28 days before"),
    ],
)
def test_the_title_compares_the_last_two_periods(last: int, before: int, expected: str) -> None:
    assert title_of(period(0, 5, last), period(1, 5, before), days_of(9, 9)) == expected


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        pytest.param(days_of(10, 9), "more than days ordinarily vary", id="every day is better"),
        pytest.param(days_of(10, 9, wobble=40), "within the ordinary day-to-day variation", id="days differ more"),
        pytest.param(days_of(9, 9), "within the ordinary day-to-day variation", id="all alike"),
    ],
)
def test_a_change_is_compared_with_that_of_single_days(days: list[Day], verdict: str) -> None:
    last, before = period(0, 100, 280), period(1, 100, 252)
    assert title_of(last, before, days) == f"$280 in the last 28 days, 11% more than in the 28 days before: {verdict}"
    facts = {fact.label: words(fact.meaning) for fact in changes.describe([last, before], days).facts}
    assert facts["Net revenue"] == f"+11% against the 28 days before: {verdict}"
    assert facts["Buyers"] == f"unchanged against the 28 days before: {verdict}"


def test_the_reason_is_the_factor_that_changed_most() -> None:
    section = changes.describe([period(0, 200, 2400, orders=240), period(1, 100, 1200, orders=110)], days_of(80, 40))
    assert words(section.lead).endswith(
        "Most of the change is the number of buyers: the number of buyers +100%, orders per buyer +9.1%, the value"
        f" of an order {MINUS}8.3%."
    )


def test_rates_are_compared_only_where_chance_does_not_explain_them() -> None:
    many = meanings(period(0, 900, 9, again=300), period(1, 900, 9, again=100), period(2, 900, 9))
    assert many["Retention"] == "higher: 11% before"
    alike = meanings(period(0, 900, 9, again=105), period(1, 900, 9, again=100), period(2, 900, 9))
    assert alike["Retention"] == "no clear change from 11%"
    few = meanings(period(0, 9, 9, again=9), period(1, 9, 9), period(2, 9, 9))
    assert few["Retention"] == "too few buyers to compare (9 and 9)"
    assert few["Buyers"] == "unchanged against the 28 days before: too few orders to tell from chance"
    newest = meanings(period(0, 900, 9, returned=10), period(1, 900, 9, returned=100))
    assert newest["Return rate"] == "not yet known: 10% before, and newest orders can still be returned"
    assert newest["Retention"] == "too few buyers to compare (900 and 0)"


def test_a_young_shop_has_too_little_data() -> None:
    rows = shop_of(shop(placed(1, 54, 100), placed(2, 1, 100)), GOLDEN_AS_OF).rows(queries.periods)
    section = changes.describe(rows, [])
    assert section.title.startswith("Too little data: two periods of 28 days are compared")
    assert not section.facts
    assert len(changes.complete(shop_of(shop(placed(1, 55, 100)), GOLDEN_AS_OF).rows(queries.periods))) == 2


def test_chance() -> None:
    # 45 of 100 against 60 of 100: z = 2.12 by every textbook; 50 against 60 is 1.42.
    assert is_clear(45, 100, 60, 100)
    assert not is_clear(50, 100, 60, 100)
    assert not is_clear(0, 29, 29, 29)
    assert not is_clear(0, 100, 0, 100)
    assert (is_enough(30, 30), is_enough(30, 29), is_enough()) == (True, False, False)
    # 100 against 129 orders: z = 1.916; against 130, 1.978.
    assert not is_clear_count(100, 30, 129, 30)
    assert is_clear_count(100, 30, 130, 30)
    assert not is_clear_count(29, 30, 2900, 30)
    # 209 in 40 days against 230 in 60: z = 3.1554 and p = 0.001603, which is above 0.05 / 32 and below 0.05 / 31.
    assert is_clear_count(209, 40, 230, 60, comparisons=31)
    assert not is_clear_count(209, 40, 230, 60, comparisons=32)


@given(st.integers(30, 9999), st.integers(1, 99), st.integers(1, 99))
def test_as_many_orders_per_day_never_differ_clearly(per_day: int, days: int, earlier_days: int) -> None:
    assert not is_clear_count(per_day * days, days, per_day * earlier_days, earlier_days)


def test_critical_values_are_those_of_scipy() -> None:
    assert [critical_value(number) for number in (1, 5, 8)] == pytest.approx(
        [stats.norm.isf(0.025 / number) for number in (1, 5, 8)]
    )
    assert round(T_VALUES[queries.PERIOD_DAYS], 3) == round(stats.t.isf(0.025, queries.PERIOD_DAYS - 1), 3)


@given(*[st.lists(st.integers(0, 99), min_size=28, max_size=28)] * 2)
def test_tests_are_those_of_scipy(last: list[int], before: list[int]) -> None:
    if len({now - then for now, then in zip(last, before, strict=True)}) > 1:
        paired = stats.ttest_rel(last, before).pvalue
        if abs(paired - 0.05) > 1e-3:
            assert is_clear_by_day(last, before) == (paired < 0.05)
    groups = [(sum(values), sum(value * value for value in values), len(values)) for values in (2 * last, 2 * before)]
    if len(set(last)) > 1 and len(set(before)) > 1:
        z = stats.ttest_ind(2 * last, 2 * before, equal_var=False).statistic
        if abs(abs(z) - CRITICAL) > 1e-6:
            assert is_clear_mean(*groups[0], *groups[1]) == (abs(z) > CRITICAL)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([], "Too little data to say whether retention is getting better", id="nothing"),
        pytest.param(
            [cohort(2024, 1, 100, 10), cohort(2024, 2, 100, 10), cohort(2024, 3, 100, 10)],
            "Too little data to say whether retention is getting better",
            id="nothing before",
        ),
        pytest.param(
            [cohort(2024, month, 1000, 100 if month < 4 else 200) for month in range(1, 7)],
            "Retention in the month after the first order is clearly better: 20% of the buyers of April 2024 to June"
            " 2024 ordered again, 10% of those of January 2024 to March 2024",
            id="better than the months before",
        ),
        pytest.param(
            [cohort(year, month, 1000, 300 - 100 * (year == 2024)) for year in (2023, 2024) for month in (1, 2, 3)],
            "Retention in the month after the first order is clearly worse: 20% of the buyers of January 2024 to"
            " March 2024 ordered again, 30% of those a year before",
            id="worse than a year before",
        ),
        pytest.param(
            [cohort(2024, month, 100, 10 + month) for month in range(1, 7)],
            "Retention in the month after the first order has not clearly changed: 15% of the buyers of"
            " April 2024 to June 2024",
            id="chance",
        ),
        pytest.param(
            [cohort(2024, month, 9, month) for month in range(1, 7)],
            "Too few buyers to say whether retention is getting better: 27 and 27",
            id="few",
        ),
    ],
)
def test_retention_gets_better_beyond_chance(rows: list[CohortMonth], expected: str) -> None:
    assert words(repeat.finding(rows)).startswith(expected)


@pytest.mark.parametrize(
    ("active", "contradiction"),
    [
        pytest.param({2: (340, 480)}, 2, id="worse in month 2"),
        pytest.param({2: (480, 480), 3: (340, 480)}, 3, id="worse in month 3"),
        pytest.param({2: (480, 340)}, None, id="better there too"),
        # z = 2.26: clear by itself, but not as one of the five months that are compared.
        pytest.param({2: (431, 460), **dict.fromkeys((3, 4, 5, 6), (400, 400))}, None, id="chance"),
    ],
)
def test_a_later_month_that_says_otherwise_is_named(
    active: dict[int, tuple[int, int]], contradiction: int | None
) -> None:
    first = [cohort(2024, number, 1000, 610 if number < 4 else 690) for number in range(1, 7)]
    later = [
        replace(cohort(2024, number, 1000, before if number < 4 else now), age=age)
        for age, (now, before) in active.items()
        for number in range(1, 7)
    ]
    title = words(repeat.finding(first, later))
    assert title.startswith("Retention in the month after the first order is clearly better: 69% of the buyers")
    if contradiction:
        assert title.endswith(
            f"; in month {contradiction} it is clearly worse: 34% of the buyers of April 2024 to June 2024, 48% of"
            " those of January 2024 to March 2024"
        )
    else:
        assert "; in month" not in title
    assert (
        words(repeat.describe([*first, *later], [Repeat(1, 600, 60, 21.5, 500, 0.1, 400, 0.2, 20, 0.5)]).title) == title
    )


def test_all_months_of_retention_share_the_error() -> None:
    # 61 against 64 of 100 in 3,000 buyers each: z = 2.40, above 1.96 for one month and below 2.64 for six.
    first = [cohort(2024, number, 1000, 610 if number < 4 else 640) for number in range(1, 7)]
    alike = [replace(cohort(2024, number, 1000, 400), age=age) for age in range(2, 7) for number in range(1, 7)]
    assert "is clearly better" in repeat.finding(first)
    assert "has not clearly changed" in repeat.finding(first, alike)
    # Months with nothing to compare them with take no part of the error.
    alone = [replace(cohort(2024, 1, 1000, 400), age=age) for age in range(2, 7)]
    assert "is clearly better" in repeat.finding(first, alone)


def test_retention_that_does_not_change_is_called_clear_one_time_in_twenty_at_most() -> None:
    drawn = np.random.default_rng(7).binomial(1000, 0.3, size=(1000, 6, 6))
    titles = [
        repeat.finding(
            [cohort(2024, number + 1, 1000, int(active)) for number, active in enumerate(months[0])],
            [
                replace(cohort(2024, number + 1, 1000, int(active)), age=age)
                for age in range(2, 7)
                for number, active in enumerate(months[age - 1])
            ],
        )
        for months in drawn
    ]
    # 50 are expected; three standard errors more are 71. Each month at 5% by itself would give 265.
    assert 20 < sum("clearly better" in title or "clearly worse" in title for title in titles) < 71


def test_months_that_are_not_over_are_excluded_and_counted() -> None:
    rows = [cohort(2024, month, 100, 10, is_complete=month < 6) for month in range(1, 7)]
    repeats = [Repeat(1, 600, 60, 21.5, 500, 0.1, 400, 0.2, 20, 0.5)]
    section = repeat.describe(rows, repeats)
    (drawn,) = section.figures
    assert words(drawn.caption).endswith("1 cohort whose month is not over is excluded.")
    assert words(section.lead) == (
        "Of the 400 buyers who first ordered 90 days or more before the day of this report, 20% ordered again within 90"
        " days. Half of the second orders came within 21.5 days."
    )
    assert words(repeat.lead([Repeat(1, 9, 0, None, 5, 0.0, 0, None, 0, None)])) == (
        "Too few buyers have had 30 days to order again: 5."
    )


def test_readers_choose_the_attribute_of_first_orders() -> None:
    groups = [GroupAge("first_channel", "Email", age, 50, 50 - 40 * age) for age in (0, 1)]
    groups += [GroupAge("first_product", "Bell", 0, 7, 7)]
    (view,) = repeat.views(groups)
    (drawn,) = view.heat_maps
    assert view.label == "By first channel"
    assert [(name, [tile and tile.text for tile in tiles]) for name, tiles in drawn.rows] == [("Email", ["50", "20"])]
