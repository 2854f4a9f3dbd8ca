"""The report's statements about the months of the channels of the stand-in rule, and about campaigns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflows.report import trends
from dataflows.report.rows import CampaignResult, ChannelMonth
from tests.report.markup import cells, words


def channel_months(name: str, *revenue: int, orders: int = 0) -> list[ChannelMonth]:
    """Return months with 20 orders per dollar, or with as many ``orders`` each."""
    as_of = date(2024, len(revenue), 15)
    return [ChannelMonth(name, date(2024, n, 1), orders or 20 * r, Decimal(r), as_of) for n, r in enumerate(revenue, 1)]


RISE = "By the stand-in rule, Email rose most, by 100% in the last 3 complete months, against the 3 months before"
NO_RISE = "By the stand-in rule, no channel clearly rose in the last 3 complete months, against the 3 months before"
UNKNOWN = "; whether this is growth or the season cannot be determined without the same months a year before"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            [*channel_months("Email", 1, 1, 1, 2, 2, 2, 99), *channel_months("Social", 4, 4, 4, 3, 3, 3, 0)],
            f"{RISE}; Social fell most, by 25%{UNKNOWN}",
            id="one rose, one fell",
        ),
        pytest.param(
            [*channel_months("Email", 1, 1, 1, 2, 2, 2, 0), *channel_months("Social", 4, 4, 4, 5, 5, 5, 0)],
            f"{RISE}; Social rose least, by 25%{UNKNOWN}",
            id="both rose",
        ),
        pytest.param(
            channel_months("Email", 2, 2, 2, 1, 1, 1, 99),
            f"{NO_RISE}; Email fell most, by 50%{UNKNOWN}",
            id="the month that is not over does not count",
        ),
        pytest.param(
            [*channel_months("Email", 2, 2, 2, 3, 3, 3, 3, orders=20), *channel_months("Social", 9, 9, 9, 4, 4, 4, 4)],
            f"{NO_RISE}; of the channels whose change is clear, Social fell most, by 56%{UNKNOWN}",
            id="more revenue of as many orders",
        ),
        pytest.param(
            channel_months("Email", 2, 2, 2, 3, 3, 3, 3, orders=20),
            "By the stand-in rule, no channel's orders changed by more than chance explains in the last 3 complete"
            " months, against the 3 months before",
            id="nothing clear",
        ),
        pytest.param(
            channel_months("Email", 1, 1, 1, 2, 2, 2, 2, orders=9),
            "Too little data to say which channel grew: 6 complete months and 30 orders are needed",
            id="few orders",
        ),
        pytest.param(
            channel_months("Email", 1, 1, 2, 2, 2, 2),
            "Too little data to say which channel grew: 6 complete months and 30 orders are needed",
            id="few months",
        ),
    ],
)
def test_the_channel_that_rose_in_a_young_shop(rows: list[ChannelMonth], expected: str) -> None:
    assert words(trends.describe(rows).title) == expected


def years(name: str, before: tuple[int, ...], last: tuple[int, ...]) -> list[ChannelMonth]:
    """Return the months of two years up to March, with 20 orders per dollar; the last one is over."""
    as_of = date(2024, 3, 31)
    first = [date(2022 + (3 + n) // 12, (3 + n) % 12 + 1, 1) for n in range(24)]
    return [
        ChannelMonth(name, month, 20 * revenue, Decimal(revenue), as_of)
        for month, revenue in zip(first, [*before, *last], strict=True)
    ]


SEASON = (0,) * 9 + (5, 6, 7)
STEADY = (6,) * 12
GROWING = (6,) * 9 + (9, 9, 9)


def test_the_rise_of_a_season_is_not_growth() -> None:
    season_only = trends.describe(years("New Year", SEASON, SEASON))
    assert words(season_only.title) == (
        "By the stand-in rule, no channel's orders changed by more than chance explains in the last 3 complete months,"
        " against the same months a year before"
    )
    assert cells(season_only.views[0].tables[0].rows)[0][-2:] == ["0%", "within chance"]
    assert season_only.views[0].tables[0].head[-2] == "Against a year before"
    both = trends.describe([*years("New Year", SEASON, SEASON), *years("Email", STEADY, GROWING)])
    assert words(both.title) == (
        "By the stand-in rule, of the channels whose change is clear, Email grew most, by 50% in the last 3 complete"
        " months, against the same months a year before"
    )
    assert words(both.views[1].facts[0].meaning).endswith("+50% against the same months a year before, clear")


def test_a_channel_younger_than_a_year_is_not_compared_with_another_season() -> None:
    young = years("New", STEADY, GROWING)[-9:]
    section = trends.describe([*years("Email", STEADY, GROWING), *young])
    assert "Email grew most" in section.title
    assert cells(section.views[0].tables[0].rows)[1][-2:] == ["\N{EN DASH}", "too little data"]


@given(st.lists(st.integers(0, 99), min_size=12, max_size=12))
def test_a_year_that_repeats_itself_never_grows(year: list[int]) -> None:
    assert not trends.clear_changes(trends.trends_of(years("Email", tuple(year), tuple(year))))


def test_the_more_channels_are_compared_the_less_is_clear() -> None:
    # 300 orders against 354 in as many days: z = 2.11, above 1.96 for one channel and below 2.58 for five.
    email = channel_months("Email", *[100] * 3, *[118] * 3, 9)
    months = [replace(row, orders=int(row.revenue)) for row in email]
    others = [row for name in "ABCD" for row in channel_months(name, *[100] * 6, 9, orders=100)]
    alone, among_five = trends.describe(months), trends.describe([*months, *others])
    assert words(alone.title).startswith("By the stand-in rule, Email rose most, by 18% in the last 3 complete months")
    assert words(among_five.title).startswith("By the stand-in rule, no channel's orders changed")
    for section, verdict in ((alone, "clear"), (among_five, "within chance")):
        assert cells(section.views[0].tables[0].rows)[0][-1] == verdict
        assert words(section.views[1].facts[0].meaning).endswith(verdict)


def test_channels_are_compared_by_orders_per_day() -> None:
    # 92 days against 90: 1,000 orders on each are 2,000 fewer, which would be clear of equally long times.
    days = {date(2022, 10, 1): 31, date(2022, 11, 1): 30, date(2022, 12, 1): 31}
    days |= {date(2023, 1, 1): 31, date(2023, 2, 1): 28, date(2023, 3, 1): 31}
    rows = [ChannelMonth("Email", first, 1000 * n, Decimal(n), date(2023, 3, 31)) for first, n in days.items()]
    assert cells(trends.describe(rows).views[0].tables[0].rows)[0][-2:] == ["\N{MINUS SIGN}2.2%", "within chance"]


def test_readers_choose_a_channel_and_see_its_months() -> None:
    rows = [*channel_months("Email", 100, 150, 75, orders=20), *channel_months("Social", 10, 10, 10, orders=20)]
    campaigns = [
        CampaignResult("Holiday Campaign", "Email", 3, 2, Decimal(300), Decimal(225)),
        CampaignResult("Discount Campaign", "Email", 1, 1, Decimal(100), Decimal(70)),
    ]
    section = trends.describe(rows, campaigns)
    assert [view.label for view in section.views] == ["All channels", "Email", "Social", "Campaigns"]
    assert words(section.lead) == "Of the campaigns, Holiday Campaign brought most: $300, 75% of net revenue."
    email = section.views[1]
    assert cells(email.tables[0].rows) == [
        ["March 2024 (to date)", "$75.00", "20", "\N{EN DASH}"],
        ["February 2024", "$150.00", "20", "+50%"],
        ["January 2024", "$100.00", "20", "\N{EN DASH}"],
    ]
    assert words(email.facts[0].meaning) == "Jan 24 to Feb 24: too little data to compare"
    assert cells(section.views[-1].tables[0].rows)[0] == [
        *("Holiday Campaign", "Email", "3", "2", "$300.00", "75%", "$225.00"),
    ]
    assert trends.describe([]).title == "No channel has an order yet, so that there are no months to compare"
    assert trends.campaign_finding([]) == ""
