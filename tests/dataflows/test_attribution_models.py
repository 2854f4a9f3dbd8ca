"""Boundary cases and laws of attribution_models."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dataflows.cases import Case, built, law, near
from tests.dataflows.comparison import Row
from tests.dataflows.shops import placed, shop
from tests.reference import reference_tables
from tests.sources import GOLDEN_AS_OF, Customer, Order, Payment, Sources, golden_sources

EMAIL, NEW_YEAR, ORGANIC = "Email Marketing", "New Year Campaign", "Organic"
PROMOTIONAL, SOCIAL = "Promotional Campaign", "Social Media"
CHANNELS = (EMAIL, NEW_YEAR, ORGANIC, PROMOTIONAL, SOCIAL)
WEIGHTS = {
    "First Touch": "first_touch_weight",
    "Last Touch": "last_touch_weight",
    "Linear": "linear_weight",
    "Position Based": "position_based_weight",
    "Time Decay": "time_decay_weight",
    "Shapley": "shapley_weight",
}
# The worked example, in the order of CHANNELS.
PUBLISHED = {
    "First Touch": (0.0000, 408.3300, 140.0000, 112.3400, 0.0000),
    "Last Touch": (375.0000, 33.3300, 140.0000, 112.3400, 0.0000),
    "Linear": (93.7500, 127.0800, 93.3333, 252.7567, 93.7500),
    "Position Based": (150.0000, 183.3300, 112.0000, 177.8400, 37.5000),
    "Time Decay": (370.0888, 33.4041, 133.4896, 121.7417, 1.9457),
    "Shapley": (93.7500, 127.0800, 70.0000, 276.0900, 93.7500),
}


@pytest.mark.parametrize("model", PUBLISHED)
def test_golden_revenue(model: str) -> None:
    rows = built(golden_sources(), GOLDEN_AS_OF)["attribution_models"]
    revenue = {row["channel"]: row["attributed_revenue"] for row in rows if row["attribution_model"] == model}
    assert tuple(round(revenue[channel], 4) for channel in CHANNELS) == PUBLISHED[model]


@pytest.mark.parametrize("days", [560, 1400, 19 * 365])
def test_a_touch_of_long_ago_has_little_credit_and_its_full_value(days: int) -> None:
    last = date(2024, 5, 14)
    first = last - timedelta(days=days - days % 7)  # a Tuesday too: a small order of no season is organic
    orders = (
        Order(1, 1, first, "completed", "Road Pro"),
        Order(2, 1, last, "completed", "Road Pro"),
    )
    payments = (Payment(1, 1, "credit_card", 3000, "Road Pro"), Payment(2, 2, "credit_card", 20000, "Road Pro"))
    rows = built(Sources((Customer(1, "Ada", "A."),), orders, payments), GOLDEN_AS_OF)["attribution_models"]
    (organic,) = (row for row in rows if (row["attribution_model"], row["channel"]) == ("Time Decay", ORGANIC))
    assert 0 < organic["attributed_customers"] < 1e-18
    assert organic["attributed_customers"] == pytest.approx(2.0 ** -(days // 7), rel=1e-9, abs=0)
    assert organic["attributed_value"] == pytest.approx(230, rel=1e-9)


@pytest.mark.parametrize("paid", [0, 1, -1, 3_000, 10**13])
def test_credit_of_long_ago_is_added_up_to_nine_digits_whatever_was_paid(paid: int) -> None:
    # Next to a touch of a buyer who paid nothing in all, the largest share says nothing about the largest credit.
    last = date(2024, 5, 14)
    days = {1: (7 * 900, 7 * 940), 2: (7 * 1022,)}
    orders = [placed(buyer, last - timedelta(days=age), 0) for buyer, ages in days.items() for age in ages]
    orders += [placed(1, last, ("coupon", 0)), placed(2, last, ("coupon", paid))]
    rows = built(shop(*orders), GOLDEN_AS_OF)["attribution_models"]
    (organic,) = (row for row in rows if (row["attribution_model"], row["channel"]) == ("Time Decay", ORGANIC))
    assert organic["attributed_customers"] == pytest.approx(2.0**-900 + 2.0**-940, rel=1e-9, abs=0)
    assert organic["attributed_revenue"] == pytest.approx(2.0**-1022 * paid / 100, rel=1e-9, abs=0)


@settings(max_examples=15)
@given(
    journeys=st.lists(
        st.lists(st.tuples(st.integers(0, 7_000), st.sampled_from(["coupon", "credit_card"])), min_size=1, max_size=6),
        min_size=1,
        max_size=5,
    )
)
def test_journeys_of_any_length_equal_the_reference(journeys: list[list[tuple[int, str]]]) -> None:
    orders = [placed(buyer, age, (method, 100)) for buyer, own in enumerate(journeys, 1) for age, method in own]
    sources = shop(*orders)
    expected = reference_tables(sources, GOLDEN_AS_OF)
    for table in ("attribution_touchpoints", "attribution_models"):
        for wanted, found in zip(
            *(_in_order(one[table]) for one in (expected, built(sources, GOLDEN_AS_OF))), strict=True
        ):
            for column, value in wanted.items():
                near_it = pytest.approx(value, rel=1e-9, abs=0) if isinstance(value, float) else value
                assert found[column] == near_it, (table, column)


def _in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.get("order_id"), row.get("attribution_model"), row.get("channel")))


@law
def test_atm_1_six_models_by_five_channels(case: Case) -> None:
    keys = Counter((row["attribution_model"], row["channel"]) for row in _credits(case))
    assert keys == Counter((model, channel) for model in WEIGHTS for channel in CHANNELS)


@law
def test_atm_2_customers_of_each_model_add_up_to_the_buyers(case: Case) -> None:
    for rows in _by_model(case).values():
        assert near(fsum(row["attributed_customers"] for row in rows), len(case.buyers))


@law
def test_atm_3_revenue_of_each_model_adds_up_to_net(case: Case) -> None:
    for rows in _by_model(case).values():
        assert near(fsum(row["attributed_revenue"] for row in rows), case.net / 100)


@law
def test_atm_4_credits_are_not_negative(case: Case) -> None:
    for row in _credits(case):
        assert row["attributed_customers"] >= 0
        assert case.has_negative_payments or row["attributed_revenue"] >= 0


@law
def test_atm_7_credits_are_sums_over_the_touches(case: Case) -> None:
    for row in _credits(case):
        touches = [t for t in case.tables["attribution_touchpoints"] if t["attribution_channel"] == row["channel"]]
        weights = [touch[WEIGHTS[row["attribution_model"]]] for touch in touches]
        revenue = [w * float(touch["customer_total_value"]) for w, touch in zip(weights, touches, strict=True)]
        assert near(row["attributed_customers"], fsum(weights))
        assert near(row["attributed_revenue"], fsum(revenue))


@law
def test_atm_8_first_and_last_touch_are_those_of_marketing_attribution(case: Case) -> None:
    channels = {row["attribution_channel"]: row for row in case.tables["marketing_attribution"]}
    for model, touch in (("First Touch", "first_touch"), ("Last Touch", "last_touch")):
        for row in _by_model(case)[model]:
            channel = channels[row["channel"]]
            assert row["attributed_customers"] == channel[f"{touch}_customers"]
            assert near(row["attributed_revenue"], float(channel[f"{touch}_revenue"]))


@law
def test_value_is_revenue_by_customer_or_null(case: Case) -> None:
    for row in _credits(case):
        assert (row["attributed_value"] is None) == (row["attributed_customers"] == 0)
        if row["attributed_value"] is not None:
            assert near(row["attributed_value"] * row["attributed_customers"], row["attributed_revenue"])


def _credits(case: Case) -> list[Row]:
    return case.tables["attribution_models"]


def _by_model(case: Case) -> dict[str, list[Row]]:
    rows = defaultdict(list)
    for row in _credits(case):
        rows[row["attribution_model"]].append(row)
    return rows
