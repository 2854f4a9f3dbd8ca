"""The report's statements about segments in detail, next actions, the forecast, channels' months and audiences."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from math import isclose, sqrt

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflows.report import actions, contacts, decisions, details, forecast, funding, queries, segment_details, trends
from dataflows.report.commands import export_command
from dataflows.report.rows import (
    Action,
    CampaignResult,
    ChannelMonth,
    Contact,
    Forecast,
    FundingMonth,
    Segment,
    SegmentForecast,
    SegmentProduct,
    Total,
)
from dataflows.report.segments import groups
from marketing_ibis.model.audiences import Audience
from marketing_ibis.project.audiences import AudienceSize, DeclaredAudience
from marketing_ibis.report import Answers, Section, Table, page
from tests.report.markup import parse, words

FITTED = Forecast(None, 900, 100, 110.4)
COUNTS = st.integers(0, 10**6)


def cells(rows: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    return [[words(cell) for cell in row] for row in rows]


def action(name: str, customers: int, revenue: int, segment: str = "Champions") -> Action:
    return Action(segment, name, customers, Decimal(revenue))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([], "No customer has a next best action", id="none"),
        pytest.param([action("No action", 9, 90)], "No customer has a next best action", id="nothing to do"),
        pytest.param(
            [action("Cross-sell", 5, 50), action("Cross-sell", 1, 9, "Lost"), action("No action", 4, 99)],
            "“Cross-sell” is the next best action for 6 customers (60 %); too few customers to say whose action is"
            " worth most",
            id="few",
        ),
        pytest.param(
            [action("Cross-sell", 60, 600), action("Personal win-back", 30, 900), action("Lost cause", 10, 9000)],
            "“Cross-sell” is the next best action for 60 customers (60 %); the 30 of “Personal win-back” have paid most"
            " each: $30.00",
            id="another one is worth most",
        ),
        pytest.param(
            [action("Cross-sell", 60, 600), action("No action", 40, 4000)],
            "“Cross-sell” is the next best action for 60 customers (60 %), who have paid most each: $10.00",
            id="the largest is worth most",
        ),
    ],
)
def test_the_next_best_action_of_most_customers(rows: list[Action], expected: str) -> None:
    assert words(actions.describe(rows).title) == expected


def test_every_action_has_its_command() -> None:
    (table,) = actions.describe([action("Cross-sell", 3, 30), action("Low-cost win-back", 1, 0, "Lost")]).tables
    assert cells(table.rows) == [
        ["Cross-sell", "3", "75 %", "$30.00", "$10.00"],
        ["Low-cost win-back", "1", "25 %", "$0.00", "$0.00"],
    ]
    assert table.commands
    assert table.commands.lines == (
        (
            "Cross-sell",
            "marketing-ibis export next_best_action --where \"next_best_action = 'Cross-sell'\" --to cross-sell.csv",
        ),
        ("Low-cost win-back", actions.command("Low-cost win-back")),
    )


def test_a_summary_is_never_taken_for_the_list() -> None:
    (table,) = actions.describe([action("Cross-sell", 3, 30)]).tables
    plain = Table("Sales", ("Day",), (("1",),))
    markup = page.render(
        "document.html", page.Page("t", "", "", (), (Section("a", "b", "c", tables=(table, plain)),), (), (), "")
    )
    read = parse(str(markup))
    assert "Download this summary as CSV" in read.texts
    assert "Download as CSV" in read.texts
    assert actions.command("Cross-sell") in read.texts
    assert (table.file_name, plain.file_name) == ("next-best-actions-summary.csv", "sales.csv")
    assert "marketing-ibis" not in table.data_url


@pytest.mark.parametrize("value", ["Can't Lose", "At Risk"])
def test_a_command_selects_the_rows_of_a_value(value: str) -> None:
    command = shlex.split(export_command("customer_segmentation", column="customer_segment", value=value))
    condition = command[command.index("--where") + 1]
    with duckdb.connect() as con:
        con.execute("CREATE TABLE segments AS SELECT unnest(['At Risk', 'Can''t Lose']) AS customer_segment")
        assert con.execute(f"SELECT customer_segment FROM segments WHERE {condition}").fetchall() == [(value,)]


@given(st.lists(st.builds(action, st.sampled_from("abc"), COUNTS, COUNTS, st.sampled_from("xyz"))))
def test_actions_of_segments_add_up(rows: list[Action]) -> None:
    plans = actions.add_up(rows)
    assert sum(plan.customers for plan in plans) == sum(row.customers for row in rows)
    assert sum(plan.revenue for plan in plans) == sum(row.revenue for row in rows)
    assert len({plan.name for plan in plans}) == len(plans)


def test_the_golden_shop_has_one_action_per_customer(golden_shop: Answers) -> None:
    rows, total = golden_shop.rows(details.actions), golden_shop.row(queries.total)
    assert (sum(row.customers for row in rows), sum(row.revenue for row in rows)) == (total.customers, total.revenue)
    products = golden_shop.rows(details.segment_products)
    assert sum(row.revenue for row in products) == total.revenue
    months = golden_shop.rows(details.channel_trend)
    assert (sum(row.orders for row in months), sum(row.revenue for row in months)) == (total.orders, total.revenue)
    campaigns = golden_shop.rows(details.campaigns)
    assert sum(row.revenue for row in campaigns) == total.revenue
    assert "no forecast" in forecast.section(golden_shop).title.lower()
    assert "There are 5 buyers, and a fit needs 500" in golden_shop.rows(decisions.forecasts)[0].reason


@pytest.mark.parametrize(
    ("fits", "expected"),
    [
        ([], "No forecast of what buyers will spend: it has not been computed"),
        (
            [Forecast("There are 5 buyers, and a fit needs 500.", 5, 0, None)],
            "No forecast of what buyers will spend: there are 5 buyers, and a fit needs 500",
        ),
        ([FITTED], "No forecast of what buyers will spend: there is no buyer"),
    ],
)
def test_a_refused_fit_says_why_there_is_no_forecast(fits: list[Forecast], expected: str) -> None:
    section = forecast.describe([], fits)
    assert (section.title, section.figures, section.tables) == (expected, (), ())


def test_the_forecast_has_its_band_and_its_test() -> None:
    rows = [
        SegmentForecast("At Risk", 10, 5.0, 1000.0, 90_000.0),
        SegmentForecast("Champions", 20, 40.0, 3000.0, 160_000.0),
    ]
    section = forecast.describe(rows, [FITTED])
    assert words(section.title) == (
        "Today's 30 buyers are expected to spend $4.00k (80 % band: $3.50k to $4.50k) in the next 365 days, without"
        " buyers to come; Champions bring 75 % of it"
    )
    assert words(section.lead) == (
        "A forecast of the last 90 days, made without knowing them, was 110 purchase days, and 100 happened: 10 % too"
        " many."
    )
    assert words(forecast.tested([replace(FITTED, later_expected=100.0)])).endswith("happened: as many.")
    (table,) = section.tables
    assert cells(table.rows)[0] == ["Champions", "20", "40", "$3,000", "$2,600", "$3,400", "$150.00"]
    assert "Do not rely on the forecast" in forecast.tested([replace(FITTED, later_expected=60.0)])
    assert "could not be tested" in forecast.tested([replace(FITTED, later_expected=None)])


@given(st.lists(st.builds(SegmentForecast, st.just("x"), COUNTS, *[st.floats(0, 1e9)] * 3), min_size=1))
def test_the_band_of_a_sum_is_narrower_than_the_sum_of_bands(rows: list[SegmentForecast]) -> None:
    low, high = forecast.band(*rows)
    total = sum(row.spend for row in rows)
    assert 0 <= low <= total <= high
    widest = sum(sqrt(row.squares) for row in rows)
    assert high - total <= widest or isclose(high - total, widest, rel_tol=1e-6, abs_tol=1e-3)


SEGMENTS = groups(
    [
        Segment("Champions", True, 40, 0, 100, Decimal(5000), "Reward"),
        Segment("Hibernating", True, 10, 0, 10, Decimal(500), "Wake"),
        Segment("Hibernating", False, 50, 50, 0, Decimal(0), "Wake"),
    ]
)
TOTAL = Total(100, 50, 50, 20, 110, 0, Decimal(5500))


def test_each_segment_in_detail() -> None:
    products = [
        SegmentProduct("Champions", "Bell", 30, 60, Decimal(2000)),
        SegmentProduct("Hibernating", "Pump", 9, 9, Decimal(400)),
    ]
    forecasts = [SegmentForecast("Champions", 40, 80.0, 4000.0, 10_000.0)]
    section = segment_details.describe(
        SEGMENTS, TOTAL, products, [action("Cross-sell", 30, 4000), action("No action", 10, 1000)], forecasts
    )
    assert words(section.title) == "Champions spend most on Bell: $2.00k, 40 % of their spending"
    champions, hibernating = section.views
    assert [(fact.label, words(fact.value), words(fact.meaning)) for fact in champions.facts] == [
        ("Customers", "40", "40 % of all"),
        ("Net revenue", "$5.00k", "91 % of all; $125.00 per buyer"),
        ("Orders", "100", "2.5 per buyer"),
        ("Average order value", "$50.00", "net revenue / orders"),
        ("Forecast value", "$4.00k", "$3.90k to $4.10k in the next 365 days, from today's buyers only"),
    ]
    bought, next_actions = champions.tables
    assert cells(bought.rows) == [["Bell", "30", "60", "$2,000", "40 %"]]
    assert cells(next_actions.rows)[0] == ["Cross-sell", "30", "75 %", "$4,000"]
    # A report of a past day counts fewer customers than have an action.
    past = segment_details.describe(SEGMENTS[:1], TOTAL, [], [action("First purchase incentive", 90, 0)], [])
    assert words(past.views[0].tables[0].rows[0][2]) == "100 %"
    assert words(hibernating.facts[0].meaning) == "60 % of all; 50 never bought"
    assert [table.caption for table in hibernating.tables] == ["Hibernating: what they buy"]
    assert (champions.lead, hibernating.lead) == tuple(
        f"Recommended for this segment: {do}." for do in ("Reward", "Wake")
    )
    assert next_actions.commands
    assert next_actions.commands.lines == (
        (
            "Champions",
            "marketing-ibis export customer_segmentation --where \"customer_segment = 'Champions'\" --to champions.csv",
        ),
    )


def test_segments_of_few_customers_or_none() -> None:
    few = [SegmentProduct("Champions", "Bell", 3, 6, Decimal(200))]
    assert words(segment_details.finding(SEGMENTS[0], few)) == (
        "Too little data to say what the segment Champions buys most: 3 customers"
    )
    assert segment_details.finding(SEGMENTS[0], []) == "No product has brought revenue from the segment Champions yet"
    assert segment_details.describe([], TOTAL, [], [], []).title == "There is no segment yet: there are no customers"


def channel_months(name: str, *revenue: int, orders: int = 0) -> list[ChannelMonth]:
    """Return months with 20 orders per dollar, or with as many ``orders`` each."""
    as_of = date(2024, len(revenue), 15)
    return [ChannelMonth(name, date(2024, n, 1), orders or 20 * r, Decimal(r), as_of) for n, r in enumerate(revenue, 1)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            [*channel_months("Email", 1, 1, 1, 2, 2, 2, 99), *channel_months("Social", 4, 4, 4, 3, 3, 3, 0)],
            "By the stand-in rule, Email grew most in the last 3 complete months, by 100 %; Social fell most, by 25 %",
            id="one grew, one fell",
        ),
        pytest.param(
            [*channel_months("Email", 1, 1, 1, 2, 2, 2, 0), *channel_months("Social", 4, 4, 4, 5, 5, 5, 0)],
            "By the stand-in rule, Email grew most in the last 3 complete months, by 100 %, and Social grew least, by"
            " 25 %",
            id="both grew",
        ),
        pytest.param(
            channel_months("Email", 2, 2, 2, 1, 1, 1, 99),
            "By the stand-in rule, no channel clearly grew in the last 3 complete months; Email fell most, by 50 %",
            id="the month that is not over does not count",
        ),
        pytest.param(
            [*channel_months("Email", 2, 2, 2, 3, 3, 3, 3, orders=20), *channel_months("Social", 9, 9, 9, 4, 4, 4, 4)],
            "By the stand-in rule, no channel clearly grew in the last 3 complete months; Social fell most, by 56 %",
            id="more revenue of as many orders",
        ),
        pytest.param(
            channel_months("Email", 2, 2, 2, 3, 3, 3, 3, orders=20),
            "By the stand-in rule, no channel's orders changed by more than chance explains in the last 3 complete"
            " months",
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
def test_the_channel_that_grew(rows: list[ChannelMonth], expected: str) -> None:
    assert words(trends.describe(rows).title) == expected


def test_the_more_channels_are_compared_the_less_is_clear() -> None:
    # 300 orders against 354 in as many days: z = 2.11, above 1.96 for one channel and below 2.58 for five.
    email = channel_months("Email", *[100] * 3, *[118] * 3, 9)
    months = [replace(row, orders=int(row.revenue)) for row in email]
    others = [row for name in "ABCD" for row in channel_months(name, *[100] * 6, 9, orders=100)]
    alone, among_five = trends.describe(months), trends.describe([*months, *others])
    assert words(alone.title) == "By the stand-in rule, Email grew most in the last 3 complete months, by 18 %"
    assert words(among_five.title).startswith("By the stand-in rule, no channel's orders changed")
    for section, verdict in ((alone, "clear"), (among_five, "within chance")):
        assert cells(section.views[0].tables[0].rows)[0][-1] == verdict
        assert words(section.views[1].facts[0].meaning).endswith(verdict)


def test_channels_are_compared_by_orders_per_day() -> None:
    # 92 days against 90: 1,000 orders on each are 2,000 fewer, which would be clear of equally long times.
    days = {date(2022, 10, 1): 31, date(2022, 11, 1): 30, date(2022, 12, 1): 31}
    days |= {date(2023, 1, 1): 31, date(2023, 2, 1): 28, date(2023, 3, 1): 31}
    rows = [ChannelMonth("Email", first, 1000 * n, Decimal(n), date(2023, 3, 31)) for first, n in days.items()]
    assert cells(trends.describe(rows).views[0].tables[0].rows)[0][-2:] == ["\N{MINUS SIGN}2.2 %", "within chance"]


def test_readers_choose_a_channel_and_see_its_months() -> None:
    rows = [*channel_months("Email", 100, 150, 75, orders=20), *channel_months("Social", 10, 10, 10, orders=20)]
    campaigns = [
        CampaignResult("Holiday Campaign", "Email", 3, 2, Decimal(300), Decimal(225)),
        CampaignResult("Discount Campaign", "Email", 1, 1, Decimal(100), Decimal(70)),
    ]
    section = trends.describe(rows, campaigns)
    assert [view.label for view in section.views] == ["All channels", "Email", "Social", "Campaigns"]
    assert words(section.lead) == "Of the campaigns, Holiday Campaign brought most: $300, 75 % of net revenue."
    email = section.views[1]
    assert cells(email.tables[0].rows) == [
        ["March 2024 (to date)", "$75.00", "20", "\N{EN DASH}"],
        ["February 2024", "$150.00", "20", "+50 %"],
        ["January 2024", "$100.00", "20", "\N{EN DASH}"],
    ]
    assert words(email.facts[0].meaning) == "Jan 24 to Feb 24: too little data to compare"
    assert cells(section.views[-1].tables[0].rows)[0] == [
        *("Holiday Campaign", "Email", "3", "2", "$300.00", "75 %", "$225.00"),
    ]
    assert trends.describe([]).title == "No channel has an order yet, so that there are no months to compare"
    assert trends.campaign_finding([]) == ""


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


TODAY = date(2024, 5, 15)


def size(name: str, contactable: int | None, value: int | None = None, **changes: object) -> AudienceSize:
    holdout = changes.pop("holdout", 0.0)
    declared = Audience(
        "campaign_champions", "consent", "crm", "The best.", holdout=holdout, min_size=changes.pop("min_size", 0),
        expires=str(changes.pop("expires", "")),
    )  # fmt: skip  # type: ignore[arg-type]
    worth = None if value is None else Decimal(value)
    base = AudienceSize(DeclaredAudience(name, declared, "a.py", 1), 100, contactable, worth)
    return replace(base, **changes)  # type: ignore[arg-type]


def test_audiences_come_first_with_consent_hold_out_and_last_export() -> None:
    sizes = [
        size("offer", 50, is_clear=True),
        size("best", 40, 900, holdout=0.1, exported_at=datetime(2024, 5, 1, 9), exported=35, held_out=4),
    ]
    section = contacts.describe([Contact("campaign_champions", 2, Decimal(5))], {}, sizes=sizes, today=TODAY)
    assert words(section.title) == (
        "2 audiences to contact today; best has 40 customers who agreed and have paid $900 so far"
    )
    table, lists = section.tables
    assert cells(table.rows) == [
        [
            *("best", "The best. From campaign_champions.", "100", "40", "$900.00", "10 %"),
            *("1 May 2024: 35 customers, 4 held out", "nothing"),
        ],
        [
            *("offer", "The best. From campaign_champions.", "100", "50", "\N{EN DASH}", "none", "never", "nothing"),
        ],
    ]
    assert table.commands
    assert table.commands.lines == (
        ("best", "marketing-ibis export best --to best.csv"),
        ("offer", "marketing-ibis export offer --to offer.csv --include-pii"),
    )
    assert lists.caption == "Lists of customers to contact"


@pytest.mark.parametrize(
    ("audience", "obstacle"),
    [
        (size("a", None, missing=("email", "consent")), "needs email and consent of stg_customers"),
        (size("a", 0), "no customer agreed"),
        (size("a", 9, min_size=10), "smaller than its minimum of 10"),
        (size("a", 9, expires="2024-05-14"), "expired on 14 May 2024"),
        (
            size("a", None, problem="dbt_marketing.buyers has not been built."),
            "dbt_marketing.buyers has not been built.",
        ),
    ],
)
def test_what_prevents_an_export_is_said(audience: AudienceSize, obstacle: str) -> None:
    section = contacts.describe([Contact("campaign_champions", 2, Decimal(5))], {}, sizes=[audience], today=TODAY)
    assert words(section.tables[0].rows[0][-1]) == obstacle
    assert words(section.title) == (
        "1 list to review, but no audience can be exported yet; campaign_champions has 2 customers, who have paid $5.00"
        " so far"
    )
    assert section.tables[0].commands is None
    assert words(section.lead) == f"No audience can be exported yet. a: {obstacle.rstrip('.')}."
    ready = contacts.describe([], {}, sizes=[audience, size("b", 1, 5)], today=TODAY)
    assert words(ready.title) == (
        "1 audience to contact today; b has 1 customer who agreed and has paid $5.00 so far (too few to measure an"
        " effect)"
    )
    assert not ready.lead
    assert ready.tables[0].commands
    assert [name for name, _ in ready.tables[0].commands.lines] == ["b"]
