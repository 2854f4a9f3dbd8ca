"""Boundary cases and laws of attribution_touchpoints."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from math import fsum, isclose

import pytest

from tests.dataflows.cases import Case, built, cents, in_cents, law, near, total
from tests.dataflows.comparison import Row
from tests.dataflows.shops import Paid, Placed, placed, shop
from tests.sources import GOLDEN_AS_OF, Sources

WEIGHTS = ("first_touch_weight", "last_touch_weight", "linear_weight", "position_based_weight")
WEIGHTS += ("time_decay_weight", "shapley_weight")
COUPON: Paid = ("coupon", 100)
TUESDAY = date(2023, 8, 8)


def _after(*days: int) -> list[Placed]:
    """Place one customer's orders the given days after a Tuesday."""
    return [placed(1, TUESDAY + timedelta(days=number)) for number in days]


@pytest.mark.parametrize(
    ("days", "weights"),
    [
        pytest.param([0], [1.0], id="one_touch"),
        pytest.param([0, 0], [1 / 2, 1 / 2], id="two_of_one_day"),
        pytest.param([0, 7], [1 / 3, 2 / 3], id="one_half_life"),
        pytest.param([0, 14], [1 / 5, 4 / 5], id="two_half_lives"),
        pytest.param([0, 7, 14], [1 / 7, 2 / 7, 4 / 7], id="three_touches"),
        pytest.param([7, 0], [2 / 3, 1 / 3], id="by_date_and_not_by_id"),
    ],
)
def test_time_decay(days: list[int], weights: list[float]) -> None:
    assert _weights(shop(*_after(*days)), "time_decay_weight") == pytest.approx(weights, rel=1e-12)


@pytest.mark.parametrize("half_lives", [63, 64, 65, 200, 1000, 1022])
def test_a_touch_of_long_ago_keeps_its_share(half_lives: int) -> None:
    orders = [placed(1, 7 * half_lives), placed(1, 0), placed(1, 7)]
    first, last, middle = _weights(shop(*orders), "time_decay_weight")
    # Without abs=0, anything below 1e-12 would pass.
    assert first == pytest.approx(2.0**-half_lives / 1.5, rel=1e-9, abs=0)
    assert (last, middle) == pytest.approx((2 / 3, 1 / 3), rel=1e-12)


@pytest.mark.parametrize("years", [20, 60, 120])
def test_a_touch_a_lifetime_ago_has_no_credit(years: int) -> None:
    orders = [placed(1, GOLDEN_AS_OF - timedelta(days=365 * years)), placed(1, 0), placed(1, 7)]
    assert _weights(shop(*orders), "time_decay_weight") == pytest.approx([0, 2 / 3, 1 / 3], rel=1e-12, abs=0)


def test_two_touches_beyond_64_half_lives_share_by_their_ages() -> None:
    first, second, _ = _weights(shop(placed(1, 7 * 80), placed(1, 7 * 70), placed(1, 0)), "time_decay_weight")
    assert second / first == pytest.approx(2**10, rel=1e-9)


def test_a_journey_of_long_ago_decays_as_one_of_today() -> None:
    long_ago = [placed(1, date(1900, 1, 2)), placed(1, date(1900, 1, 9))]
    assert _weights(shop(*long_ago), "time_decay_weight") == pytest.approx([1 / 3, 2 / 3], rel=1e-12)


@pytest.mark.parametrize(
    ("touches", "weights"),
    [
        (1, [1.0]),
        (2, [0.5, 0.5]),
        (3, [0.4, 0.2, 0.4]),
        (4, [0.4, 0.1, 0.1, 0.4]),
        (7, [0.4, 0.04, 0.04, 0.04, 0.04, 0.04, 0.4]),
    ],
)
def test_position_based(touches: int, weights: list[float]) -> None:
    assert _weights(shop(*_after(*range(touches))), "position_based_weight") == pytest.approx(weights, rel=1e-12)


@pytest.mark.parametrize(
    ("paid", "weights"),
    [
        pytest.param([1, 1, 1], [1 / 3, 1 / 3, 1 / 3], id="one_channel"),
        pytest.param([1, COUPON, 1], [1 / 4, 1 / 2, 1 / 4], id="two_channels"),
        pytest.param([1, COUPON, 20_000], [1 / 3, 1 / 3, 1 / 3], id="three_channels"),
        pytest.param([1, COUPON, COUPON, COUPON, 20_000, 1], [1 / 6, *[1 / 9] * 3, 1 / 3, 1 / 6], id="repeats"),
    ],
)
def test_shapley(paid: list[Paid | int], weights: list[float]) -> None:
    orders = [placed(1, TUESDAY, part) for part in paid]
    assert _weights(shop(*orders), "shapley_weight") == pytest.approx(weights, rel=1e-12)


def test_returned_and_pending_orders_are_no_touches() -> None:
    orders = [placed(1, TUESDAY, 1, status=status) for status in ("returned", "completed", "placed", "shipped")]
    rows = built(shop(*orders), GOLDEN_AS_OF)["attribution_touchpoints"]
    assert {row["order_id"]: (row["touch_position"], row["journey_length"]) for row in rows} == {2: (1, 2), 4: (2, 2)}


@law
def test_atm_4_weights_are_shares(case: Case) -> None:
    assert all(0 <= row[weight] <= 1 for row in _touches(case) for weight in WEIGHTS)


@law
def test_atm_5_weights_of_a_journey_add_up_to_one(case: Case) -> None:
    for journey in _journeys(case).values():
        assert all(isclose(fsum(row[weight] for row in journey), 1.0, rel_tol=1e-9) for weight in WEIGHTS)


@law
def test_atm_6_a_single_touch_has_all_credit(case: Case) -> None:
    for journey in _journeys(case).values():
        assert len(journey) > 1 or {journey[0][weight] for weight in WEIGHTS} == {1.0}


@law
def test_atm_7_touches_are_the_successful_orders(case: Case) -> None:
    revenue = {row["order_id"]: in_cents(row["revenue"]) for row in _touches(case)}
    assert len(revenue) == len(_touches(case))
    assert revenue == {sale.order_id: sale.cents for sale in case.successful}


@law
def test_atm_9_two_touches_share_alike(case: Case) -> None:
    for journey in _journeys(case).values():
        if len(journey) == 2:
            assert {row["linear_weight"] for row in journey} == {0.5}
            assert {row["position_based_weight"] for row in journey} == {0.5}


@law
def test_atm_10_a_journey_in_one_channel_credits_it_fully(case: Case) -> None:
    for journey in _journeys(case).values():
        if len({row["attribution_channel"] for row in journey}) == 1:
            assert all(near(fsum(row[weight] for row in journey), 1.0) for weight in WEIGHTS)
            assert all(near(row["shapley_weight"], row["linear_weight"]) for row in journey)


@law
def test_positions_follow_the_canonical_order(case: Case) -> None:
    sales = defaultdict(list)
    for sale in case.successful:
        sales[sale.customer_id].append(sale)
    assert _journeys(case).keys() == sales.keys()
    for customer_id, journey in _journeys(case).items():
        assert [row["order_id"] for row in journey] == [sale.order_id for sale in sales[customer_id]]
        assert [row["touch_position"] for row in journey] == list(range(1, len(journey) + 1))
        assert {row["journey_length"] for row in journey} == {len(journey)}
        assert {in_cents(row["customer_total_value"]) for row in journey} == {total(sales[customer_id])}
        assert [row["is_new_customer"] for row in journey] == [True] + [False] * (len(journey) - 1)


@law
def test_later_touches_never_decay_more(case: Case) -> None:
    for journey in _journeys(case).values():
        weights = [row["time_decay_weight"] for row in journey]
        assert weights == sorted(weights)


@law
def test_revenue_adds_up_to_net(case: Case) -> None:
    assert cents(_touches(case), "revenue") == case.net


@law
def test_customers_name_the_touches_with_all_credit(case: Case) -> None:
    journeys = _journeys(case)
    for row in case.tables["customers"]:
        journey = journeys.get(row["customer_id"], [{"attribution_channel": None}])
        assert row["first_touch_channel"] == journey[0]["attribution_channel"]
        assert row["last_touch_channel"] == journey[-1]["attribution_channel"]


def _touches(case: Case) -> list[Row]:
    return case.tables["attribution_touchpoints"]


def _journeys(case: Case) -> dict[int, list[Row]]:
    journeys = defaultdict(list)
    for row in sorted(_touches(case), key=lambda row: row["touch_position"]):
        journeys[row["customer_id"]].append(row)
    return journeys


def _weights(sources: Sources, column: str) -> list[float]:
    """Return the weights in the order in which the orders were given."""
    rows = built(sources, GOLDEN_AS_OF)["attribution_touchpoints"]
    return [row[column] for row in sorted(rows, key=lambda row: row["order_id"])]
