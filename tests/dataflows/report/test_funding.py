"""The report's statements about observed channels: what they cost and return, and more or less budget."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from urllib.parse import unquote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflows.report import REPORT, decisions, funding
from dataflows.report.budgets import KEEP, LESS, MORE, UNCLEAR, Funding, verdicts
from dataflows.report.rows import Coverage, FundingMonth
from marketing_ibis.report import page
from tests.dataflows.report.shops import TOUCHES, context_of, shop_of
from tests.report.markup import cells, parse, words
from tests.sources import GOLDEN_AS_OF, golden_touches
from tests.warehouse import build_tables, compiled_dataflow


def month(
    channel: str, number: int, spend: int, revenue: float, *, orders: float = 50, over: bool = True
) -> FundingMonth:
    return FundingMonth(channel, date(2024, number, 1), over, Decimal(spend), 100, orders, orders / 2, revenue)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        pytest.param([], "Which channel to fund cannot be said: no touches and no costs are loaded", id="no touches"),
        pytest.param(
            [month("search", 1, 100, 400), month("social", 1, 300, 150)],
            "Budget by observed touches, with the revenue per dollar: more for search ($4.00); less for social ($0.50)",
            id="two channels",
        ),
        pytest.param(
            [month("search", number, 100, 100.0 * number, over=number < 5) for number in range(1, 6)],
            "Budget by observed touches, with the revenue per dollar: unclear for search ($3.00)",
            id="the last three complete months",
        ),
        pytest.param(
            [month(name, 1, 100, 400) for name in "abcde"],
            "Budget by observed touches, with the revenue per dollar: keep a ($4.00), b ($4.00), c ($4.00) and 2 more",
            id="alike",
        ),
        pytest.param(
            [month("email", 1, 0, 400)], "No cost is recorded, so that no channel's return can be said", id="free"
        ),
        pytest.param(
            [month("search", 1, 100, 400, orders=29)],
            "Too little data: no channel with a cost is credited with 30 orders",
            id="few orders",
        ),
        pytest.param(
            [month("search", 1, 100, 400, over=False)],
            "No month is complete yet: later orders can still be credited to every touch",
            id="no complete month",
        ),
    ],
)
def test_the_title_says_what_to_do_with_the_budgets(months: list[FundingMonth], expected: str) -> None:
    assert words(funding.describe(months).title) == expected


def test_every_channel_is_listed_with_cost_and_credit() -> None:
    section = funding.describe(
        [month("search", 1, 100, 400), month("email", 1, 0, 60), month("search", 2, 9, 9, over=False)]
    )
    verdicts, table = section.tables
    assert cells(verdicts.rows) == [
        [
            *("search", "unclear", "$100.00", "$400.00", "$4.00", "too little data"),
            "no other channel with as many orders to compare it with",
        ],
        [*("email", "unclear", "$0.00", "$60.00", "\N{EN DASH}", "too little data"), "no cost is recorded"],
    ]
    assert cells(table.rows) == [
        ["search", "$100.00", "100", "50.0", "25.0", "$400.00", "4.00", "$4.00"],
        ["email", "$0.00", "100", "50.0", "25.0", "$60.00", "\N{EN DASH}", "\N{EN DASH}"],
    ]
    assert words(section.lead) == "Excluded: 1 month that later orders can still change."


def test_a_cost_without_an_observed_touch_has_an_unknown_effect() -> None:
    silent = FundingMonth("tv", date(2024, 1, 1), True, Decimal(90), 0, 0.0, 0.0, 0.0)
    section = funding.describe([month("search", 1, 100, 400), silent])
    verdicts, credits = section.tables
    assert cells(credits.rows)[1][-2:] == ["unknown", "unknown"]
    assert cells(verdicts.rows)[1] == [
        *("tv", "unclear", "$90.00", "$0.00", "unknown", "too little data"),
        "no touch is observed, so that the effect is unknown",
    ]
    assert [words(cell) for cell in section.views[1].tables[0].rows[0]][-1] == "unknown"
    assert not section.views[1].facts
    assert ",unknown" not in unquote(credits.data_url)


def test_observed_channels_and_those_of_the_rule_are_told_apart() -> None:
    section = funding.describe([month("email", 1, 100, 400), month("tv", 1, 1, 1)], ["Email Marketing", "Organic"])
    assert section.notes[-1].startswith("Alike in name only: “email” and “Email Marketing”.")
    assert not any("Alike" in note for note in funding.describe([month("tv", 1, 1, 1)], ["Email Marketing"]).notes)


def test_a_shop_with_touches_has_months_of_channels() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF, optional_sources=TOUCHES)
    answers = shop_of(golden_touches(), GOLDEN_AS_OF, context_of(models=dataflow.models, absent=dataflow.absent))
    months = answers.rows(decisions.funding)
    assert {row.channel for row in months} >= {"search", "email", "social"}
    assert "Cost and credit of channels" in parse(str(page.render("document.html", page.page_of(REPORT, answers)))).text

    (found,) = answers.rows(decisions.coverage)
    built = build_tables(golden_touches(), GOLDEN_AS_OF)["touch_attribution"]
    since = min(row["touch_date"] for row in built if row["touch_date"])
    orders = {row["order_id"]: row for row in built if row["order_date"] >= since}
    bare = [row["order_revenue"] for row in orders.values() if row["touch_id"] is None]
    assert (found.orders, found.revenue) == (len(orders), sum(row["order_revenue"] for row in orders.values()))
    assert (found.untouched_orders, found.untouched_revenue) == (len(bare), sum(bare))
    assert len(bare) in range(1, len(orders)), "the shop has orders of both kinds"


def test_orders_without_an_observed_touch_are_counted() -> None:
    found = Coverage(1937, Decimal(10_000), 452, Decimal(2000))
    section = funding.describe([month("search", 1, 100, 400)], (), [found])
    assert words(section.lead) == (
        "No touch is observed before 452 of the 1,937 orders since the first credited touch (23%; 20% of their"
        " revenue): no channel has credit for them."
    )
    assert funding.describe([month("search", 1, 100, 400)], (), [Coverage(9, Decimal(9), 0, Decimal(0))]).lead == ""


def test_readers_choose_an_observed_channel_and_see_its_months() -> None:
    def month(number: int, revenue: float, *, over: bool = True) -> FundingMonth:
        return FundingMonth("search", date(2024, number, 1), over, Decimal(100), 9, 4.0, 1.0, revenue)

    (view,) = funding.describe([month(1, 400.0), month(2, 300.0), month(3, 50.0, over=False)]).views
    assert words(view.facts[0].value) == "$300"
    assert cells(view.tables[0].rows) == [
        ["March 2024 (can still change)", "$100.00", "9", "4.0", "$50.00", "0.50"],
        ["February 2024", "$100.00", "9", "4.0", "$300.00", "3.00"],
        ["January 2024", "$100.00", "9", "4.0", "$400.00", "4.00"],
    ]


def channel(name: str, spend: int, orders: float, revenue: float, touches: int = 100) -> Funding:
    return Funding(name, Decimal(spend), touches, orders, orders / 2, revenue)


OTHER = channel("other", 1000, 100, 5000)


@pytest.mark.parametrize(
    ("one", "earlier", "action", "reason"),
    [
        pytest.param(channel("a", 1000, 200, 10_000), None, MORE, "clearly fewer orders per dollar", id="more"),
        pytest.param(channel("a", 1000, 40, 2000), None, LESS, "clearly more orders per dollar", id="less"),
        pytest.param(channel("a", 1000, 110, 5500), None, KEEP, "do not clearly differ", id="chance"),
        pytest.param(channel("a", 1000, 200, 4000), None, KEEP, "their value is not", id="more orders of less value"),
        pytest.param(channel("a", 1000, 40, 8000), None, KEEP, "their value is not", id="fewer orders of more value"),
        pytest.param(
            channel("a", 1000, 200, 10_000),
            channel("a", 1000, 400, 20_000),
            KEEP,
            "this channel clearly fell",
            id="fell",
        ),
        pytest.param(
            channel("a", 1000, 200, 10_000), channel("a", 1000, 100, 5000), MORE, "clearly fewer orders", id="rose"
        ),
        pytest.param(channel("a", 40, 200, 10_000), None, KEEP, "only 3.8% of the cost", id="too small to say more"),
        pytest.param(channel("a", 1000, 100, 500), None, LESS, "less revenue than it costs", id="loss"),
        pytest.param(channel("a", 1000, 29.9, 500), None, UNCLEAR, "credited with 29 orders", id="few orders"),
        pytest.param(channel("a", 1000, 0, 0, touches=0), None, UNCLEAR, "no touch is observed", id="silent"),
        pytest.param(channel("a", 0, 500, 9000), None, UNCLEAR, "no cost is recorded", id="free"),
    ],
)
def test_a_verdict_needs_more_than_chance(one: Funding, earlier: Funding | None, action: str, reason: str) -> None:
    verdict = verdicts([one, OTHER], [earlier] if earlier else [])[0]
    assert verdict.action == action
    assert reason in words(verdict.reason)


def test_a_small_channel_is_not_what_others_are_compared_with() -> None:
    # 500 orders for $10 would make 120 orders for $1,000 look poor.
    tiny = channel("tiny", 10, 500, 9000)
    by_name = {row.channel.name: row for row in verdicts([channel("a", 1000, 120, 6000), OTHER, tiny])}
    assert (by_name["a"].action, by_name["tiny"].action) == (KEEP, KEEP)
    assert "the others together return $5.00 per dollar" in by_name["a"].reason


def test_orders_per_dollar_are_compared_with_a_year_before() -> None:
    def year(number: int, orders: float) -> list[FundingMonth]:
        return [
            FundingMonth(name, date(number, month, 1), True, Decimal(100), 9, orders, 1.0, 500.0)
            for name in ("a", "b")
            for month in range(1, 13)
        ]

    section = funding.describe([*year(2023, 200), *year(2024, 100)])
    (verdicts_of, _) = section.tables
    assert [row[5] for row in verdicts_of.rows] == ["fell", "fell"]
    assert verdicts_of.head[5] == "Orders per dollar against a year before"
    assert all(len(view.tables[0].rows) == 12 for view in section.views)
    young = funding.describe(year(2024, 100)).tables[0]
    assert [row[5] for row in young.rows] == ["within chance", "within chance"]
    assert young.head[5] == "Orders per dollar against the 3 months before, season included"


AMOUNTS = st.integers(1, 10**5)


@given(st.lists(st.builds(channel, st.uuids().map(str), AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=6))
def test_channels_are_never_all_to_be_raised(rows: list[Funding]) -> None:
    decided = verdicts(rows)
    assert [row.channel for row in decided] == rows
    known = [row for row in decided if row.channel.is_known]
    assert not known or not all(row.action == MORE for row in known)
    assert all(row.action == UNCLEAR for row in decided if not row.channel.is_known)


def test_verdicts_on_channels_alike_are_chance_one_time_in_twenty_at_most() -> None:
    drawn = np.random.default_rng(3).poisson(200, size=(1000, 5))
    claims = sum(
        any(
            row.action in (MORE, LESS)
            for row in verdicts([channel(str(place), 1000, int(n), 50.0 * n) for place, n in enumerate(orders)])
        )
        for orders in drawn
    )
    # At most 50 are expected; three standard errors more are 71.
    assert claims < 71
