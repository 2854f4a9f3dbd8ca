"""Every model gives the same rows on PostgreSQL as on DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings

from tests.dataflows.shops import placed, shop
from tests.dataflows.test_signs import LOSSES, negative_zeros
from tests.dataflows.touched_shops import touched_sources
from tests.engines.postgres.warehouse import PostgresWarehouse, postgres_warehouse
from tests.postgres_server import locale_of_people
from tests.sources import GOLDEN_AS_OF, Customer, Order, Payment, Sources, golden_shop, golden_sources
from tests.strategies import dated_sources, dirty_sources, lined_sources, sources
from tests.warehouse import build_tables

OTHER_AS_OF = date(2024, 2, 29)
TIED_NAMES = ("b", "B", "a", "Z", "_z", "-a", "a b", "ab", "é", "e", "f", "ß", "10", "9", "\uff21")
"""Names whose collation differs from their code points."""


@pytest.fixture(scope="module")
def warehouse() -> Iterator[PostgresWarehouse]:
    with postgres_warehouse(GOLDEN_AS_OF) as opened:
        yield opened


@pytest.fixture(scope="module")
def other_warehouse() -> Iterator[PostgresWarehouse]:
    with postgres_warehouse(OTHER_AS_OF) as opened:
        yield opened


def differences(warehouse: PostgresWarehouse, shop: Sources, as_of: date) -> list[str]:
    return warehouse.differences(warehouse.build(shop), build_tables(shop, as_of))


def tied_shop() -> Sources:
    """Return customers who bought every product once, for the same amount and by methods that tie, too."""
    customers = [Customer(1, name, last) for name in TIED_NAMES for last in TIED_NAMES[:3]]
    orders = [
        Order(number, customer, GOLDEN_AS_OF, "completed", name)
        for number, (customer, name) in enumerate(((c, n) for c in (1, 2) for n in TIED_NAMES), start=1)
    ]
    payments = [Payment(order.id, order.id, order.cycle_name, 500, order.cycle_name) for order in orders]
    # Rows that share a key and differ in one string only: the smallest is kept.
    twins = [Order(1, 1, GOLDEN_AS_OF, "completed", name) for name in reversed(TIED_NAMES)]
    return Sources((*customers, Customer(2, "x", "y")), (*orders, *twins), tuple(payments))


def test_golden_shop(warehouse: PostgresWarehouse) -> None:
    assert not differences(warehouse, golden_sources(), GOLDEN_AS_OF)


def test_golden_shop_repeated_and_shuffled(warehouse: PostgresWarehouse) -> None:
    assert not differences(warehouse, golden_sources().repeated().permuted(1), GOLDEN_AS_OF)


@pytest.mark.parametrize("losses", LOSSES.values(), ids=LOSSES)
def test_losses(warehouse: PostgresWarehouse, losses: Sources) -> None:
    assert not negative_zeros(warehouse.build(losses))
    assert not differences(warehouse, losses, GOLDEN_AS_OF)


@pytest.mark.parametrize("half_lives", [63, 64, 200, 1022, 1023, 2000])
def test_a_touch_of_long_ago(warehouse: PostgresWarehouse, half_lives: int) -> None:
    orders = [placed(1, 7 * half_lives, ("coupon", 100)), placed(1, 7 * (half_lives + 1)), placed(1, 0, 3_000)]
    assert not differences(warehouse, shop(*orders), GOLDEN_AS_OF)


def test_empty_shop(warehouse: PostgresWarehouse) -> None:
    assert not differences(warehouse, Sources(), GOLDEN_AS_OF)


def test_days_far_away_and_large_amounts(warehouse: PostgresWarehouse) -> None:
    days = (date(1, 1, 1), date(1582, 10, 10), date(1900, 2, 28), date(9999, 12, 31), None)
    orders = tuple(Order(number, 1, day, "shipped", "Road") for number, day in enumerate(days))
    payments = tuple(Payment(number, number, "coupon", 10**13 + number, None) for number in range(len(days)))
    far = Sources((Customer(1, "Ada", None),), orders, payments)
    expected = build_tables(far, GOLDEN_AS_OF, plan_once=False)
    # A row per day of two millennia takes long to compare in Python. PostgreSQL counts them alone.
    actual = warehouse.build(far, without={"shop_days"})
    assert not warehouse.differences(actual, {name: expected[name] for name in actual})
    summary = f"SELECT count(*), min(day), max(day), sum(orders) AS orders FROM ({warehouse.selects['shop_days']})"
    assert warehouse.connection.execute(summary).fetchall() == [
        {"count": GOLDEN_AS_OF.toordinal(), "min": date(1, 1, 1), "max": GOLDEN_AS_OF, "orders": 3}
    ]


def test_every_day_since_one_far_away(warehouse: PostgresWarehouse) -> None:
    assert not differences(warehouse, shop(placed(1, date(1900, 2, 28), 100), placed(2, 0, 250)), GOLDEN_AS_OF)


@settings(max_examples=8)
@given(shop=sources(GOLDEN_AS_OF))
def test_generated_shops(warehouse: PostgresWarehouse, shop: Sources) -> None:
    assert not differences(warehouse, shop, GOLDEN_AS_OF)


@settings(max_examples=8)
@given(shop=dirty_sources(OTHER_AS_OF))
def test_dirty_shops(other_warehouse: PostgresWarehouse, shop: Sources) -> None:
    assert not differences(other_warehouse, shop, OTHER_AS_OF)


def test_shops_with_sign_up_dates() -> None:
    with postgres_warehouse(GOLDEN_AS_OF, has_sign_ups=True) as warehouse:

        @settings(max_examples=8)
        @given(shop=dated_sources(GOLDEN_AS_OF))
        def same(shop: Sources) -> None:
            assert not differences(warehouse, shop, GOLDEN_AS_OF)

        same()


def test_shops_with_every_optional_source() -> None:
    with postgres_warehouse(GOLDEN_AS_OF, optional_sources=golden_shop().options.optional_sources) as warehouse:
        assert not differences(warehouse, golden_shop(), GOLDEN_AS_OF)

        @settings(max_examples=5)
        @given(shop=touched_sources(GOLDEN_AS_OF, lined_sources(GOLDEN_AS_OF)))
        def same(shop: Sources) -> None:
            assert not differences(warehouse, shop, GOLDEN_AS_OF)

        same()


def test_text_is_ordered_by_code_point_in_a_database_of_another_collation() -> None:
    with postgres_warehouse(GOLDEN_AS_OF, locale=locale_of_people()) as warehouse:
        assert not differences(warehouse, tied_shop(), GOLDEN_AS_OF)
        favourites = {row["favorite_product"] for row in warehouse.build(tied_shop())["customer_segmentation"]}
        assert favourites == {min(TIED_NAMES)}
