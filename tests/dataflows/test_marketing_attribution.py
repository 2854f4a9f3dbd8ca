"""Boundary cases and laws of marketing_attribution."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from tests.dataflows.cases import Case, Sale, built, cents, in_cents, law, near, total
from tests.dataflows.comparison import Row
from tests.dataflows.shops import Placed, placed, shop
from tests.sources import GOLDEN_AS_OF, Sources

EMAIL, NEW_YEAR, ORGANIC = "Email Marketing", "New Year Campaign", "Organic"
PROMOTIONAL, SOCIAL = "Promotional Campaign", "Social Media"
CHANNELS = {EMAIL, NEW_YEAR, ORGANIC, PROMOTIONAL, SOCIAL}
MONDAY, FRIDAY, SATURDAY, SUNDAY = date(2024, 4, 8), date(2024, 4, 12), date(2024, 4, 13), date(2024, 4, 14)
LAST_OF_QUARTER, FIRST_OF_QUARTER = date(2023, 3, 31), date(2024, 4, 1)
WINTER = date(2024, 1, 9)


@pytest.mark.parametrize(
    ("orders", "channel"),
    [
        pytest.param([placed(1, MONDAY, 10_000)], ORGANIC, id="100.00_is_not_email"),
        pytest.param([placed(1, MONDAY, 10_001)], EMAIL, id="100.01_is_email"),
        pytest.param([placed(1, MONDAY, 5_000, 5_001)], EMAIL, id="the_order_total_counts"),
        pytest.param([placed(1, FRIDAY, 1)], ORGANIC, id="friday"),
        pytest.param([placed(1, SATURDAY, 1)], SOCIAL, id="saturday"),
        pytest.param([placed(1, SUNDAY, 1)], SOCIAL, id="sunday"),
        pytest.param([placed(1, MONDAY, 1)], ORGANIC, id="monday"),
        pytest.param([placed(1, SUNDAY, 20_000)], SOCIAL, id="weekend_before_email"),
        pytest.param([placed(1, SUNDAY, 20_000, ("coupon", 1))], PROMOTIONAL, id="coupon_before_all"),
        pytest.param([placed(1, MONDAY, 1, ("gift_card", 0))], PROMOTIONAL, id="gift_card_of_nothing"),
        pytest.param([placed(1, MONDAY, ("coupon", None))], PROMOTIONAL, id="coupon_without_amount"),
        pytest.param([placed(1, MONDAY, ("paypal", 1), (None, 1))], ORGANIC, id="unknown_methods"),
        pytest.param([placed(1, WINTER, 1)], NEW_YEAR, id="first_order_in_winter"),
        pytest.param([placed(1, WINTER, 10_001)], EMAIL, id="email_before_new_year"),
        pytest.param([placed(1, LAST_OF_QUARTER, 1)], NEW_YEAR, id="31_march"),
        pytest.param([placed(1, FIRST_OF_QUARTER, 1)], ORGANIC, id="1_april"),
        pytest.param([placed(1, date(2023, 7, 3), 1), placed(1, WINTER, 1)], ORGANIC, id="second_order_in_winter"),
        pytest.param([placed(1, WINTER, 1), placed(1, WINTER, 1)], ORGANIC, id="second_order_of_the_day"),
        pytest.param(
            [placed(1, date(2023, 7, 3), 1, status="returned"), placed(1, WINTER, 1)],
            NEW_YEAR,
            id="returns_do_not_count",
        ),
        pytest.param([placed(1, date(2024, 1, 10)), placed(1, WINTER, 1)], NEW_YEAR, id="first_by_date_and_not_by_id"),
        pytest.param([placed(1, WINTER, 1, status="placed")], None, id="pending"),
        pytest.param([placed(1, WINTER, 1, status="returned")], None, id="returned"),
    ],
)
def test_channel_of_the_last_order(orders: list[Placed], channel: str | None) -> None:
    rows = {row["order_id"]: row for row in built(shop(*orders), GOLDEN_AS_OF)["orders"]}
    assert rows[len(orders)]["attribution_channel"] == channel


@pytest.mark.parametrize(
    ("day", "paid", "campaign"),
    [
        pytest.param(MONDAY, [("gift_card", 5), ("coupon", 0)], "Discount Campaign", id="coupon_before_gift_card"),
        pytest.param(MONDAY, [("gift_card", 0)], "Gift Card Promotion", id="gift_card"),
        pytest.param(date(2023, 3, 31), [], "Evergreen Campaign", id="31_march"),
        pytest.param(date(2023, 4, 1), [], "Spring Campaign", id="1_april"),
        pytest.param(date(2023, 7, 1), [], "Summer Campaign", id="1_july"),
        pytest.param(date(2023, 12, 31), [], "Holiday Campaign", id="31_december"),
    ],
)
def test_campaign(day: date, paid: list[tuple[str, int]], campaign: str) -> None:
    (row,) = built(shop(placed(1, day, *paid)), GOLDEN_AS_OF)["int_order_facts"]
    assert row["campaign_type"] == campaign


@pytest.mark.parametrize(
    ("orders", "channel", "label"),
    [
        # Two active channels with the same count of new buyers; the first rule compares revenue with 1.5 averages.
        pytest.param([placed(1, MONDAY, 300), placed(2, SUNDAY, 100)], ORGANIC, "Premium Channel", id="1.5_averages"),
        pytest.param([placed(1, MONDAY, 301), placed(2, SUNDAY, 100)], ORGANIC, "High Performer", id="above_1.5"),
        pytest.param(
            [placed(b, MONDAY, 1) for b in range(1, 7)] + [placed(b, SUNDAY, 1) for b in range(7, 11)],
            ORGANIC,
            "Standard Channel",
            id="1.2_averages_of_new_buyers",
        ),
        pytest.param(
            [placed(b, MONDAY, 1) for b in range(1, 8)] + [placed(b, SUNDAY, 1) for b in range(8, 12)],
            ORGANIC,
            "Growth Driver",
            id="above_1.2_averages_of_new_buyers",
        ),
        pytest.param(
            [placed(1, MONDAY, 150), placed(2, SUNDAY, 100)], ORGANIC, "Standard Channel", id="1.2_averages_of_value"
        ),
        pytest.param(
            [placed(1, MONDAY, 151), placed(2, SUNDAY, 100)], ORGANIC, "Premium Channel", id="above_1.2_of_value"
        ),
        pytest.param(
            [placed(1, MONDAY, 1), *[placed(2, SUNDAY, 1)] * 2], ORGANIC, "Efficient Converter", id="converts_better"
        ),
        # The average of -300 and -100 is -200: refunds of 1.5 averages are not clearly more than that.
        pytest.param(
            [placed(1, MONDAY, -300), *[placed(2, SUNDAY, -50)] * 2],
            ORGANIC,
            "Efficient Converter",
            id="1.5_averages_of_refunds",
        ),
        pytest.param([placed(1, MONDAY, -300)], ORGANIC, "Standard Channel", id="a_loss_is_above_1.5_losses"),
        pytest.param(
            [placed(1, MONDAY, -100), *[placed(2, SUNDAY, -1_000)] * 2],
            ORGANIC,
            "Efficient Converter",
            id="the_smaller_of_two_losses",
        ),
        pytest.param(
            [placed(1, MONDAY, 100), placed(2, SUNDAY, -1_000)], ORGANIC, "Standard Channel", id="above_a_loss"
        ),
        pytest.param([placed(1, MONDAY, 100), placed(2, SUNDAY, -100)], ORGANIC, "Standard Channel", id="above_zero"),
        pytest.param([placed(1, MONDAY, 300), placed(2, SUNDAY, -100)], ORGANIC, "High Performer", id="beside_a_loss"),
        pytest.param([placed(1, SUNDAY, 1)], ORGANIC, "Standard Channel", id="idle"),
    ],
)
def test_classification(orders: list[Placed], channel: str, label: str) -> None:
    assert _rows(shop(*orders))[channel]["channel_classification"] == label


@pytest.mark.parametrize(
    ("orders", "channel", "advice"),
    [
        pytest.param([placed(1, MONDAY, ("coupon", 5_000))], PROMOTIONAL, "Optimize", id="50.00_a_conversion"),
        pytest.param([placed(1, MONDAY, ("coupon", 4_999))], PROMOTIONAL, "Review", id="49.99_a_conversion"),
        pytest.param([], PROMOTIONAL, "Review", id="no_promotion"),
        pytest.param([placed(1, SUNDAY, product=name) for name in "ABB"], SOCIAL, "Expand", id="two_products"),
        pytest.param([placed(1, SUNDAY, product=name) for name in "ABC"], SOCIAL, "Optimize", id="three_products"),
        pytest.param([placed(b, MONDAY, 20_000) for b in range(1, 5)], EMAIL, "Focus", id="four_new_buyers"),
        pytest.param([placed(b, MONDAY, 20_000) for b in range(1, 6)], EMAIL, "Optimize", id="five_new_buyers"),
        pytest.param([placed(1, MONDAY)] * 20, ORGANIC, "Optimize", id="twenty_conversions"),
        pytest.param([placed(1, MONDAY)] * 21, ORGANIC, "High", id="twenty_one_conversions"),
        pytest.param([placed(1, WINTER)], NEW_YEAR, "Optimize", id="new_year"),
    ],
)
def test_recommendation(orders: list[Placed], channel: str, advice: str) -> None:
    assert _rows(shop(*orders))[channel]["optimization_recommendation"].split()[0] == advice


def test_order_paid_in_parts_is_one_conversion() -> None:
    rows = _rows(shop(placed(1, MONDAY, 6_000, 6_000, ("coupon", 100))))
    assert {name: row["total_conversions"] for name, row in rows.items() if row["total_conversions"]} == {
        PROMOTIONAL: 1
    }


def test_idle_channels_are_standard_beside_a_channel_that_only_refunds() -> None:
    rows = built(shop(placed(1, MONDAY, -5_000)), GOLDEN_AS_OF)["marketing_attribution"]
    assert {row["channel_classification"] for row in rows if row["total_conversions"] == 0} == {"Standard Channel"}


@pytest.mark.parametrize("paid", [5_000, -5_000])
def test_an_average_of_refunds_is_divided_by_as_it_stands(paid: int) -> None:
    assert _rows(shop(placed(1, MONDAY, paid)))[ORGANIC]["channel_efficiency_score"] == 100.0


@pytest.mark.parametrize("unit", [10, 1000])
def test_values_that_cancel_leave_no_average_to_divide_by(unit: int) -> None:
    orders = [placed(1, MONDAY, unit), placed(2, SUNDAY, 2 * unit), placed(3, MONDAY, ("coupon", -3 * unit))]
    rows = _rows(shop(*orders))
    assert {rows[name]["channel_efficiency_score"] for name in (ORGANIC, SOCIAL, PROMOTIONAL)} == {40.0}
    assert rows[PROMOTIONAL]["channel_classification"] == "Standard Channel"


@pytest.mark.parametrize(
    ("orders", "recommendation"),
    [
        pytest.param(20, "Optimize channel mix for better ROI", id="twenty"),
        pytest.param(21, "High organic performance, invest in SEO", id="more_than_twenty"),
    ],
)
def test_recommendation_for_organic_orders(orders: int, recommendation: str) -> None:
    rows = built(shop(*[placed(1, MONDAY, 1)] * orders), GOLDEN_AS_OF)["marketing_attribution"]
    (row,) = [row for row in rows if row["attribution_channel"] == ORGANIC]
    assert (row["total_conversions"], row["optimization_recommendation"]) == (orders, recommendation)


@law
def test_att_1_the_five_channels_once_each(case: Case) -> None:
    assert Counter(row["attribution_channel"] for row in _channels(case)) == Counter(CHANNELS)


@law
def test_att_2_conversions_add_up_to_the_successful_orders(case: Case) -> None:
    assert sum(row["total_conversions"] for row in _channels(case)) == len(case.successful)


@law
def test_att_3_revenue_adds_up_to_net(case: Case) -> None:
    assert cents(_channels(case), "total_revenue") == case.net


@law
def test_att_4_acquisitions_add_up_to_the_buyers(case: Case) -> None:
    assert sum(row["new_customer_acquisitions"] for row in _channels(case)) == len(case.buyers)


@law
def test_att_5_touched_customers_add_up_to_the_buyers(case: Case) -> None:
    for touch in ("first_touch_customers", "last_touch_customers"):
        assert sum(row[touch] for row in _channels(case)) == len(case.buyers)


@law
def test_att_6_touched_revenue_adds_up_to_net(case: Case) -> None:
    for touch in ("first_touch_revenue", "last_touch_revenue"):
        assert cents(_channels(case), touch) == case.net


@law
def test_att_7_acquisitions_are_first_touches(case: Case) -> None:
    for row in _channels(case):
        assert row["new_customer_acquisitions"] == row["first_touch_customers"]


@law
def test_att_8_customers_do_not_exceed_conversions(case: Case) -> None:
    for row in _channels(case):
        assert row["unique_customers"] <= row["total_conversions"]
        assert row["avg_order_value"] == row["revenue_per_conversion"]
        assert near(row["avg_order_value"] * row["total_conversions"], float(row["total_revenue"]))
        assert near(row["customer_conversion_rate"] * row["total_conversions"], row["unique_customers"])


@law
def test_att_9_efficiency_is_not_negative(case: Case) -> None:
    assert case.has_negative_payments or all(row["channel_efficiency_score"] >= 0 for row in _channels(case))


@law
def test_att_10_efficiency_scores_have_a_known_sum(case: Case) -> None:
    active = sum(row["total_conversions"] > 0 for row in _channels(case))
    expected = (40 * active if case.net else 0) + 30 * active + (30 if active else 0)
    scores = sum(row["channel_efficiency_score"] for row in _channels(case))
    # Payments that cancel can give an average of 0, or nearly, where there is no net revenue.
    assert case.has_negative_payments or near(scores, expected)


@law
def test_att_11_new_year_brings_only_new_customers(case: Case) -> None:
    (row,) = (row for row in _channels(case) if row["attribution_channel"] == NEW_YEAR)
    assert row["total_conversions"] == row["new_customer_acquisitions"] == row["unique_customers"]


@law
def test_channel_numbers_follow_from_the_rule(case: Case) -> None:
    sales, journeys = defaultdict(list), defaultdict(list)
    for sale in case.successful:
        sales[_channel(sale, is_first=not journeys[sale.customer_id])].append(sale)
        journeys[sale.customer_id].append(sale)
    for row in _channels(case):
        converted = sales[row["attribution_channel"]]
        assert (row["total_conversions"], in_cents(row["total_revenue"])) == (len(converted), total(converted))
        assert row["product_diversity"] == len({sale.product for sale in converted})
        assert row["first_touch_customers"] == sum(journey[0] in converted for journey in journeys.values())
        assert row["last_touch_customers"] == sum(journey[-1] in converted for journey in journeys.values())


def _channel(sale: Sale, *, is_first: bool) -> str:
    if any(payment["is_promotional"] for payment in sale.payments):
        return PROMOTIONAL
    if sale.day.isoweekday() >= 6:
        return SOCIAL
    if sale.cents > 10_000:
        return EMAIL
    return NEW_YEAR if sale.day.month <= 3 and is_first else ORGANIC


def _rows(sources: Sources) -> dict[str, Row]:
    return {row["attribution_channel"]: row for row in built(sources, GOLDEN_AS_OF)["marketing_attribution"]}


def _channels(case: Case) -> list[Row]:
    return case.tables["marketing_attribution"]
