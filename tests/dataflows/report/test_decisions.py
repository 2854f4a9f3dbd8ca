"""The report's statements about channels to fund, products to push, and segments that grew."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from urllib.parse import unquote

import pytest

from dataflows.report import REPORT, decisions, funding, ltv, migration, offers
from dataflows.report.rows import Forecast, FundingMonth, Migration, Offer, Pair, SegmentForecast
from marketing_ibis.report import page
from tests.dataflows.report.shops import TOUCHES, context_of, shop_of
from tests.report.markup import parse, words
from tests.sources import GOLDEN_AS_OF, golden_sources, golden_touches
from tests.warehouse import compiled_dataflow


def month(
    channel: str, number: int, spend: int, revenue: float, *, orders: float = 50, over: bool = True
) -> FundingMonth:
    return FundingMonth(channel, date(2024, number, 1), over, Decimal(spend), 100, orders, orders / 2, revenue)


def offer(kind: str, name: str, *, status: str = "Standard", stage: str = "Mature", total: int = 1) -> Offer:
    return Offer(kind, total, name, status, stage, Decimal(900), 40, 0.25, 0.3, "Advice")


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        pytest.param([], "Which channel to fund cannot be said: no touches and no costs are loaded", id="no touches"),
        pytest.param(
            [month("search", 1, 100, 400), month("social", 1, 300, 150)],
            "Most revenue per dollar of cost, by observed touches: search, $4.00; least: social, $0.50, for 75 % of the"
            " cost ($300)",
            id="two channels",
        ),
        pytest.param(
            [month("search", number, 100, 100.0 * number, over=number < 5) for number in range(1, 6)],
            "Most revenue per dollar of cost, by observed touches: search, $3.00",
            id="the last three complete months",
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
def test_the_channel_to_fund_returns_most_per_dollar(months: list[FundingMonth], expected: str) -> None:
    assert words(funding.describe(months).title) == expected


def test_every_channel_is_listed_with_cost_and_credit() -> None:
    section = funding.describe(
        [month("search", 1, 100, 400), month("email", 1, 0, 60), month("search", 2, 9, 9, over=False)]
    )
    (table,) = section.tables
    assert [[words(cell) for cell in row] for row in table.rows] == [
        ["search", "$100.00", "100", "50.0", "25.0", "$400.00", "4.00", "$4.00"],
        ["email", "$0.00", "100", "50.0", "25.0", "$60.00", "\N{EN DASH}", "\N{EN DASH}"],
    ]
    assert words(section.lead) == "Excluded: 1 month that later orders can still change."


def test_a_cost_without_an_observed_touch_has_an_unknown_effect() -> None:
    silent = FundingMonth("tv", date(2024, 1, 1), True, Decimal(90), 0, 0.0, 0.0, 0.0)
    section = funding.describe([month("search", 1, 100, 400), silent])
    assert [words(cell) for cell in section.tables[0].rows[1]][-2:] == ["unknown", "unknown"]
    assert [words(cell) for cell in section.views[1].tables[0].rows[0]][-1] == "unknown"
    assert not section.views[1].facts
    assert ",unknown" not in unquote(section.tables[0].data_url)
    assert words(section.lead) == "No touch of tv is observed: the effect of $90.00 is unknown."


def test_observed_channels_and_those_of_the_rule_are_told_apart() -> None:
    section = funding.describe([month("email", 1, 100, 400), month("tv", 1, 1, 1)], ["Email Marketing", "Organic"])
    assert section.notes[-1].startswith("Alike in name only: “email” and “Email Marketing”.")
    assert len(funding.describe([month("tv", 1, 1, 1)], ["Email Marketing"]).notes) == 1


def test_a_shop_with_touches_has_months_of_channels() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF, optional_sources=TOUCHES)
    answers = shop_of(golden_touches(), GOLDEN_AS_OF, context_of(models=dataflow.models, absent=dataflow.absent))
    months = answers.rows(decisions.funding)
    assert {row.channel for row in months} >= {"search", "email", "social"}
    assert "Cost and credit of channels" in parse(str(page.render("document.html", page.page_of(REPORT, answers)))).text


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "No product stands out: none grows with few returns, and none declines or is returned often"),
        (
            [offer("push", "Road", status="Star", stage="Growth", total=3)],
            "Push Road (growing, a Star by revenue, 30 % of its customers buy it again) and 2 more products",
        ),
        (
            [offer("question", "Bell", status="Problem"), offer("question", "Pump", stage="Declining", total=2)],
            "Question Bell (25 % returned)",
        ),
        (
            [offer("push", "Road"), offer("question", "Pump", status="Problem", stage="Declining", total=2)],
            (
                "Push Road (30 % of its customers buy it again); question Pump (25 % returned, declining) and 1 more"
                " product"
            ),
        ),
    ],
)
def test_products_are_pushed_or_questioned_for_a_reason(rows: list[Offer], expected: str) -> None:
    section = offers.describe(rows)
    assert words(section.title) == expected
    assert len(section.views) == len({row.kind for row in rows})


def test_pairs_are_offered_together() -> None:
    (view,) = offers.describe([], [Pair("Bell", "Pump", 40, 0.5, 1.25)]).views
    assert [words(cell) for cell in view.tables[0].rows[0]] == ["Bell", "Pump", "40", "50 %", "1.25"]


def test_segments_that_grew_and_shrank() -> None:
    def moved(origin: str, target: str, customers: int) -> Migration:
        return Migration(date(2024, 4, 1), date(2024, 5, 1), origin, target, customers, Decimal(10 * customers))

    rows = [moved("Champions", "Lost", 3), moved("Champions", "Champions", 5), moved("(new)", "Lost", 2)]
    assert migration.grown(rows) == "Lost grew by 5 and Champions shrank by 3"
    assert [[words(cell) for cell in row] for row in migration.growth_table(rows).rows] == [
        ["Champions", "8", "5", "\N{MINUS SIGN}3", "\N{MINUS SIGN}38 %", "$50.00"],
        ["Lost", "0", "5", "+5", "\N{EN DASH}", "$50.00"],
    ]
    assert migration.grown([moved("Lost", "Lost", 1)]) == "no segment changed in size"


EXPECTED = [SegmentForecast("Lost", 12, 1.0, 0.0, 0.0), SegmentForecast("Champions", 800, 90.0, 9000.0, 1e6)]
SPEND = (
    "Today's 812 buyers are expected to spend $9.00k (80 % band: $8.00k to $10.0k) in the next 365 days, without buyers"
    " to come."
)


@pytest.mark.parametrize(
    ("fit", "forecasts", "expected"),
    [
        pytest.param(
            Forecast(None, 812, 240, 251.4),
            EXPECTED,
            f"{SPEND} Made 90 days earlier, the forecast was 251 purchase days in these days, and there were 240.",
            id="fitted",
        ),
        pytest.param(Forecast(None, 812, 240, None), EXPECTED, SPEND, id="too young to hold days out"),
        pytest.param(
            Forecast("There are 5 buyers, and a fit needs 500.", 5, 0, None),
            [],
            "No lifetime value is forecast: There are 5 buyers, and a fit needs 500.",
            id="refused",
        ),
        pytest.param(Forecast("There are 0 buyers, and a fit needs 500.", 0, 0, None), [], "", id="no buyers"),
        pytest.param(None, [], "", id="no fit"),
    ],
)
def test_what_buyers_are_expected_to_spend(
    fit: Forecast | None, forecasts: list[SegmentForecast], expected: str
) -> None:
    assert words(ltv.forecast_sentence(forecasts, [fit] if fit else [])) == expected


def test_a_small_shop_says_why_nothing_is_forecast() -> None:
    shop = shop_of(golden_sources(), GOLDEN_AS_OF)
    assert words(ltv.section(shop).lead).endswith("There are 5 buyers, and a fit needs 500.")
