"""The report's statements about segments in detail, next actions and the forecast."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from decimal import Decimal
from html import unescape
from math import isclose

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflows.report import actions, decisions, details, forecast, queries, segment_details
from dataflows.report.action_totals import add_up
from dataflows.report.commands import export_command
from dataflows.report.rows import Action, ActionValue, Forecast, Segment, SegmentForecast, SegmentProduct, Total
from dataflows.report.segments import groups
from marketing_ibis.report import Answers, Section, Table, page
from tests.report.markup import cells, parse, words

FITTED = Forecast(None, 900, 100, 110.4)
COUNTS = st.integers(0, 10**6)
BEST_FIRST = '"total_revenue desc"'


def action(name: str, customers: int, revenue: int, segment: str = "Champions") -> Action:
    return Action(segment, name, customers, Decimal(revenue))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([], "No customer has a next best action", id="none"),
        pytest.param([action("No action", 9, 90)], "No customer has a next best action", id="nothing to do"),
        pytest.param(
            [action("Cross-sell", 5, 50), action("Cross-sell", 1, 9, "Lost"), action("No action", 4, 99)],
            "“Cross-sell” is the next best action for 6 customers (60%); too few customers to say whose action is"
            " worth most",
            id="few",
        ),
        pytest.param(
            [action("Cross-sell", 60, 600), action("Personal win-back", 30, 900), action("Lost cause", 10, 9000)],
            "“Cross-sell” is the next best action for 60 customers (60%); begin with “Personal win-back” (30"
            " customers, $30.00 paid each)",
            id="buyers at high risk come first",
        ),
        pytest.param(
            [action("Cross-sell", 40, 4000), action("Low-cost win-back", 60, 600)],
            "“Low-cost win-back” is the next best action for 60 customers (60%); begin with it ($10.00 paid each)",
            id="the largest comes first",
        ),
        pytest.param(
            [action("Cross-sell", 60, 600), action("Second order nudge", 30, 900), action("No action", 10, 9000)],
            "“Cross-sell” is the next best action for 60 customers (60%); the 30 of “Second order nudge” have paid"
            " most each: $30.00",
            id="another one is worth most",
        ),
        pytest.param(
            [action("Cross-sell", 60, 600), action("No action", 40, 4000)],
            "“Cross-sell” is the next best action for 60 customers (60%), who have paid most each: $10.00",
            id="the largest is worth most",
        ),
    ],
)
def test_the_next_best_action_of_most_customers(rows: list[Action], expected: str) -> None:
    assert words(actions.describe(rows).title) == expected


def test_every_action_has_its_command() -> None:
    (table,) = actions.describe([action("Cross-sell", 3, 30), action("Low-cost win-back", 1, 0, "Lost")]).tables
    assert cells(table.rows) == [
        ["Cross-sell", "3", "75%", "$30.00", "$10.00"],
        ["Low-cost win-back", "1", "25%", "$0.00", "$0.00"],
    ]
    assert table.commands
    cross_sell = "\"next_best_action = 'Cross-sell'\""
    assert table.commands.lines == (
        (
            "Cross-sell",
            f"marketing-ibis export next_best_action --where {cross_sell} --to cross-sell.csv",
        ),
        ("Low-cost win-back", actions.command("Low-cost win-back")),
    )


def test_past_payments_stand_beside_their_median_and_the_forecast() -> None:
    rows = [
        action("Cross-sell", 60, 600),
        action("Personal win-back", 30, 900),
        action("First purchase incentive", 9, 0),
    ]
    values = [
        ActionValue("Cross-sell", 9.0, 700.5),
        ActionValue("Personal win-back", 12.345, 20.0),
        ActionValue("First purchase incentive", 0.0, None),
    ]
    section = actions.describe(rows, values)
    assert words(section.title).endswith(
        "“Personal win-back” (30 customers, $30.00 paid each, half of them $12.35 or less)"
    )
    (table,) = section.tables
    assert table.head[-1] == "Forecast, next 365 days"
    assert [row[-2:] for row in cells(table.rows)] == [
        ["$10.00", "$700.50"],
        ["$30.00", "$20.00"],
        ["$0.00", "\N{EN DASH}"],
    ]
    assert words(section.notes[1]).startswith("The group to contact first is chosen by what customers have paid")
    one = actions.describe([rows[0], action("Personal win-back", 1, 900)], values)
    assert words(one.title).endswith("“Personal win-back” (1 customer, $900.00 paid each)")
    unfitted = actions.describe(rows, [replace(value, forecast=None) for value in values])
    assert (len(unfitted.tables[0].head), unfitted.notes) == (5, (actions.NOTE,))


def test_a_summary_is_never_taken_for_the_list() -> None:
    (table,) = actions.describe([action("Cross-sell", 3, 30)]).tables
    plain = Table("Sales", ("Day",), (("1",),))
    markup = page.render(
        "document.html", page.Page("t", "", "", (), (Section("a", "b", "c", tables=(table, plain)),), (), (), "")
    )
    read = parse(str(markup))
    assert "Download this summary as CSV" in read.texts
    assert "Download as CSV" in read.texts
    assert actions.command("Cross-sell") in unescape(re.sub("<[^>]+>", "", str(markup)))
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
    totals = add_up(rows)
    assert sum(total.customers for total in totals) == sum(row.customers for row in rows)
    assert sum(total.revenue for total in totals) == sum(row.revenue for row in rows)
    assert len({total.name for total in totals}) == len(totals)


def test_the_golden_shop_has_one_action_per_customer(golden_shop: Answers) -> None:
    rows, total = golden_shop.rows(details.actions), golden_shop.row(queries.total)
    assert (sum(row.customers for row in rows), sum(row.revenue for row in rows)) == (total.customers, total.revenue)
    values = golden_shop.rows(details.action_values)
    assert {value.name for value in values} == {row.name for row in rows}
    assert all(value.forecast is None for value in values), "five buyers are too few for a fit"
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
        "The 30 buyers so far are expected to spend $4.00k (80% band: $3.27k to $4.73k) in the next 365 days, without"
        " buyers to come; Champions bring 75% of it"
    )
    assert words(section.lead) == (
        "A forecast of the last 90 days, made without knowing them, was 110 purchase days, and 100 happened: 10% too"
        " many. This checks the number of purchase days in 90 days, neither dollars nor a year."
    )
    assert "happened: as many. This" in words(forecast.tested([replace(FITTED, later_expected=100.0)]))
    assert "It does not cover what is new next year" in words(section.notes[0])
    (table,) = section.tables
    assert cells(table.rows)[0] == ["Champions", "20", "40", "$3,000", "$2,339", "$3,661", "$150.00"]
    assert "Do not rely on the forecast" in forecast.tested([replace(FITTED, later_expected=60.0)])
    assert "could not be tested" in forecast.tested([replace(FITTED, later_expected=None)])


def test_a_bar_of_the_forecast_has_the_cents_of_its_table() -> None:
    section = forecast.describe([SegmentForecast("At Risk", 4, 2.0, 20.33, 16.0)], [FITTED])
    (figure,), (table,) = section.figures, section.tables
    assert cells(table.rows)[0][3] == "$20.33"
    assert "$20.33" in str(figure.wide)


@given(st.lists(st.builds(SegmentForecast, st.just("x"), COUNTS, *[st.floats(0, 1e9)] * 3), min_size=1))
def test_the_band_of_a_sum_is_narrower_than_the_sum_of_bands(rows: list[SegmentForecast]) -> None:
    low, high = forecast.band(rows, rows)
    total = sum(row.spend for row in rows)
    assert 0 <= low <= total <= high
    widest = sum(forecast.band([row], rows)[1] - row.spend for row in rows)
    assert high - total <= widest or isclose(high - total, widest, rel_tol=1e-6, abs_tol=1e-3)
    # Chance averages out over many buyers; an error of the models does not.
    assert high - total >= 0.999 * forecast.BAND * forecast.MODEL_ERROR * total
    wide = forecast.band(rows, rows, 0.2)
    assert wide[0] <= low
    assert wide[1] >= high


def test_a_forecast_that_was_off_has_a_wider_band() -> None:
    rows = [SegmentForecast("x", 100, 100.0, 1000.0, 0.0)]
    assert forecast.model_error([]) == forecast.model_error([replace(FITTED, later=0)]) == forecast.MODEL_ERROR
    assert isclose(forecast.model_error([replace(FITTED, later=100, later_expected=75.0)]), 0.25)
    low, high = forecast.band(rows, rows, 0.25)
    assert isclose(high - 1000, 250 * forecast.BAND)
    assert isclose(1000 - low, 250 * forecast.BAND)


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
    assert words(section.title) == "Champions spend most on Bell: $2.00k, 40% of their spending"
    champions, hibernating = section.views
    assert [(fact.label, words(fact.value), words(fact.meaning)) for fact in champions.facts] == [
        ("Customers", "40", "40% of all"),
        ("Net revenue", "$5.00k", "91% of all; $125.00 per buyer"),
        ("Orders", "100", "2.5 per buyer"),
        ("Average order value", "$50.00", "net revenue / orders, unpaid ones included"),
        ("Forecast value", "$4.00k", "$3.58k to $4.42k in the next 365 days, from the buyers so far"),
    ]
    bought, next_actions = champions.tables
    assert cells(bought.rows) == [["Bell", "30", "60", "$2,000", "40%"]]
    assert cells(next_actions.rows)[0] == ["Cross-sell", "30", "75%", "$4,000"]
    # A report of a past day counts fewer customers than have an action.
    past = segment_details.describe(SEGMENTS[:1], TOTAL, [], [action("First purchase incentive", 90, 0)], [])
    assert words(past.views[0].tables[0].rows[0][2]) == "100%"
    assert words(hibernating.facts[0].meaning) == "60% of all; 50 never bought"
    assert [table.caption for table in hibernating.tables] == ["Hibernating: what they buy"]
    assert (champions.lead, hibernating.lead) == tuple(
        f"Recommended for the segment as a whole: {do}. {segment_details.CUSTOMERS_FIRST}" for do in ("Reward", "Wake")
    )
    assert next_actions.commands
    of_segment = "marketing-ibis export customer_segmentation --where \"customer_segment = 'Champions'\""
    assert next_actions.commands.lines == (
        (
            "Champions",
            f"{of_segment} --order-by {BEST_FIRST} --to champions.csv",
        ),
    )


def test_segments_of_few_customers_or_none() -> None:
    few = [SegmentProduct("Champions", "Bell", 3, 6, Decimal(200))]
    assert words(segment_details.finding(SEGMENTS[0], few)) == (
        "Too little data to say what the segment Champions buys most: 3 customers"
    )
    assert segment_details.finding(SEGMENTS[0], []) == "No product has brought revenue from the segment Champions yet"
    assert segment_details.describe([], TOTAL, [], [], []).title == "There is no segment yet: there are no customers"
