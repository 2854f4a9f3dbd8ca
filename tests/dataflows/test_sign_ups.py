"""If a source has sign-up dates, back-dated builds exclude later customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import settings

from dataflows.health import shop_health
from dataflows.totals import shop_totals
from tests.dataflows.cases import built, law_of
from tests.dataflows.comparison import KEYS, differences, without
from tests.dataflows.shops import Placed, placed, shop
from tests.reference import reference_tables
from tests.sources import GOLDEN_AS_OF, Customer, DatedCustomer, Sources
from tests.strategies import AS_OF_DATES, dated_sources
from tests.warehouse import answers, build_tables

AS_OF = AS_OF_DATES[0]
LISTS_EVERYONE = ("stg_customers", "stg_customer_activity")
"""Staging has all customers and all orders, whatever the day."""


def law(data_test: Callable[..., None]) -> Callable[..., None]:
    """Check a law on the same few shops as the other laws; each is built once."""
    return settings(max_examples=settings().max_examples // 2)(law_of(sources=dated_sources(AS_OF))(data_test))


def later_customers(sources: Sources, as_of: date) -> set[int]:
    """Return the customers who signed up after ``as_of`` without an order until then, found by plain loops."""
    staged = reference_tables(sources, as_of)
    signed_up = {row["customer_id"]: row["signed_up_on"] for row in staged["stg_customers"]}
    orders = [(row["customer_id"], row["order_date"]) for row in staged["stg_orders"]]
    ordered = {customer for customer, day in orders if day is not None and day <= as_of}
    return {id for id, day in signed_up.items() if day is not None and day > as_of and id not in ordered}


def undated(sources: Sources) -> Sources:
    return replace(sources, customers=tuple(Customer(*row[:3]) for row in sources.customers))


@law
def test_every_model_equals_the_reference(sources: Sources) -> None:
    actual, expected = built(sources, AS_OF), reference_tables(sources, AS_OF)
    assert not [line for model in KEYS for line in differences(model, actual[model], expected[model])]


@law
def test_a_back_dated_build_is_that_of_the_customers_there_were(sources: Sources) -> None:
    later = later_customers(sources, AS_OF)
    rows = tuple(row for row in undated(sources).customers if row.id not in later)
    before = replace(sources, customers=rows)
    actual, expected = built(sources, AS_OF), built(before, AS_OF)
    for model in expected.keys() - set(LISTS_EVERYONE):
        ours, theirs = (sorted(map(str, without(tables[model], "signed_up_on"))) for tables in (actual, expected))
        assert ours == theirs, model


@law
def test_unknown_dates_change_nothing(sources: Sources) -> None:
    unknown = replace(sources, customers=tuple(row._replace(signed_up_on=None) for row in sources.customers))
    actual, expected = built(unknown, AS_OF), built(undated(sources), AS_OF)
    for model, rows in actual.items():
        assert {row.get("signed_up_on") for row in rows} <= {None}
        assert sorted(map(str, without(rows, "signed_up_on"))) == sorted(map(str, expected[model])), model


@law
def test_tests_and_measures_count_the_same_customers(sources: Sources) -> None:
    counted = len(built(sources, AS_OF)["customer_segmentation"])
    result = answers((shop_totals, shop_health), sources, AS_OF)
    assert result["shop_totals"]["customers"] == counted
    assert set(result["shop_health"].values()) == {1.0}


def customers_of(day: date | None, *orders: Placed) -> list[int]:
    """Return the customers that a build counts, of whom the second signed up on ``day``."""
    sources = shop(placed(1, 5, 100), *orders, customers=2)
    days = {1: date(2020, 1, 1), 2: day}
    customers = tuple(DatedCustomer(*row[:3], days[row.id]) for row in sources.customers if row.id)
    tables = build_tables(replace(sources, customers=customers), GOLDEN_AS_OF)
    ids = sorted(row["customer_id"] for row in tables["customer_segmentation"])
    assert ids == sorted(row["customer_id"] for row in tables["customers"])
    lists = {row["customer_id"] for row in tables["campaign_first_purchase"]}
    assert lists == {row["customer_id"] for row in tables["customers"] if not row["has_purchased"]}
    (product,) = tables["product_performance"]
    assert product["market_penetration"] == product["unique_customers"] / len(ids)
    assert sum(row["customer_lifetime_value"] for row in tables["customers"]) == sum(
        row["amount"] for row in tables["orders"]
    )
    return ids


@pytest.mark.parametrize(
    ("day", "orders", "counted"),
    [
        pytest.param(GOLDEN_AS_OF, [], [1, 2], id="on_the_day"),
        pytest.param(GOLDEN_AS_OF - timedelta(1), [], [1, 2], id="the_day_before"),
        pytest.param(GOLDEN_AS_OF + timedelta(1), [], [1], id="the_day_after"),
        pytest.param(None, [], [1, 2], id="unknown"),
        pytest.param(date(1, 1, 1), [], [1, 2], id="placeholder_of_long_ago"),
        pytest.param(date(9999, 12, 31), [], [1], id="placeholder_of_the_far_future"),
        pytest.param(GOLDEN_AS_OF + timedelta(1), [placed(2, 0, 700)], [1, 2], id="ordered_before_signing_up"),
        pytest.param(GOLDEN_AS_OF + timedelta(1), [placed(2, 3, 700, status="placed")], [1, 2], id="any_order_counts"),
        pytest.param(GOLDEN_AS_OF + timedelta(1), [placed(2, -1, 700)], [1], id="a_later_order_does_not_count"),
        pytest.param(GOLDEN_AS_OF, [placed(2, -1, 700)], [1, 2], id="signed_up_and_ordered_later"),
    ],
)
def test_who_is_counted(day: date | None, orders: list[Placed], counted: list[int]) -> None:
    assert customers_of(day, *orders) == counted
