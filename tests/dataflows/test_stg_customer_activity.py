"""Boundary cases and laws of stg_customer_activity."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date

import pytest

from tests.dataflows.cases import Case, built, cents, in_cents, law
from tests.dataflows.comparison import Row
from tests.dataflows.shops import placed, shop
from tests.sources import GOLDEN_AS_OF, Sources


@pytest.mark.parametrize(
    ("orders", "stages"),
    [
        pytest.param(1, ["new"], id="one_order"),
        pytest.param(3, ["new", "active", "active"], id="three_orders"),
        pytest.param(4, ["new", "loyal", "loyal", "loyal"], id="four_orders"),
    ],
)
def test_stage_depends_on_the_number_of_orders(orders: int, stages: list[str]) -> None:
    rows = _rows(shop(*(placed(1, 10 - place, 100, 100, status="placed") for place in range(orders))))
    staged = {row["order_sequence"]: row["customer_stage"] for row in rows}
    assert [staged[sequence] for sequence in sorted(staged)] == stages
    assert len(rows) == 2 * orders


def test_order_without_date_comes_last() -> None:
    sources = shop(placed(1, 3, 100), placed(1, 2, 200))
    undated = replace(sources, orders=(sources.orders[0]._replace(order_date=None), sources.orders[1]))
    assert [(row["order_id"], row["cumulative_customer_value"] * 100) for row in _rows(undated)] == [(2, 200), (1, 300)]


def test_future_order_and_same_day_orders_count_by_id() -> None:
    rows = _rows(shop(placed(1, date(2030, 1, 1), 1), placed(1, 5, 20), placed(1, 5, 300)))
    assert [(row["order_id"], row["cumulative_customer_value"] * 100) for row in rows] == [(2, 20), (3, 320), (1, 321)]


def test_order_without_payment_has_one_row_of_nulls() -> None:
    (row,) = _rows(shop(placed(1, 5)))
    payment = ("payment_id", "payment_method", "amount_cents", "amount", "payment_category", "is_promotional")
    assert {row[column] for column in payment} == {None}
    assert row["cumulative_customer_value"] == 0


@law
def test_ac_1_one_row_a_payment_or_an_unpaid_order(case: Case) -> None:
    paid = Counter(row["order_id"] for row in case.tables["stg_payments"])
    expected = sum(max(1, paid[row["order_id"]]) for row in _linked(case))
    assert len(case.tables["stg_customer_activity"]) == expected


@law
def test_ac_2_customer_order_payment_is_unique(case: Case) -> None:
    rows = case.tables["stg_customer_activity"]
    assert len({(row["customer_id"], row["order_id"], row["payment_id"]) for row in rows}) == len(rows)


@law
def test_ac_3_money_does_not_fan_out(case: Case) -> None:
    linked = {row["order_id"] for row in _linked(case)}
    paid = sum(row["amount_cents"] or 0 for row in case.tables["stg_payments"] if row["order_id"] in linked)
    assert sum(row["amount_cents"] or 0 for row in case.tables["stg_customer_activity"]) == paid


@law
def test_ac_4_each_customer_with_orders_has_one_new_order(case: Case) -> None:
    new = {(row["customer_id"], row["order_id"]) for row in _activity(case) if row["customer_stage"] == "new"}
    assert Counter(customer for customer, _ in new) == Counter({row["customer_id"] for row in _linked(case)})


@law
def test_ac_5_order_sequence_is_one_to_n_by_date_and_id(case: Case) -> None:
    orders = defaultdict(set)
    for row in _activity(case):
        orders[row["customer_id"]].add((row["order_sequence"], row["order_date"] or date.max, row["order_id"]))
    for placed_orders in orders.values():
        ordered = sorted(placed_orders)
        assert [sequence for sequence, *_ in ordered] == list(range(1, len(ordered) + 1))
        assert [place for _, *place in ordered] == sorted([place for _, *place in ordered])


@law
def test_ac_6_last_cumulative_value_is_the_customers_total(case: Case) -> None:
    rows = defaultdict(list)
    for row in _activity(case):
        rows[row["customer_id"]].append(row)
    for activity in rows.values():
        last = max(activity, key=lambda row: (row["order_sequence"], row["payment_id"] or 0))
        paid = cents([row for row in activity if row["amount"] is not None], "amount")
        assert in_cents(last["cumulative_customer_value"]) == paid


@law
def test_ac_7_loyal_appears_iff_more_than_three_orders(case: Case) -> None:
    orders = Counter(row["customer_id"] for row in _linked(case))
    loyal = {row["customer_id"] for row in _activity(case) if row["customer_stage"] == "loyal"}
    assert loyal == {customer for customer, count in orders.items() if count > 3}


def _rows(sources: Sources) -> list[Row]:
    rows = built(sources, GOLDEN_AS_OF)["stg_customer_activity"]
    return sorted(rows, key=lambda row: (row["order_sequence"], row["payment_id"] or 0))


def _activity(case: Case) -> list[Row]:
    return case.tables["stg_customer_activity"]


def _linked(case: Case) -> list[Row]:
    """Return the orders of known customers."""
    known = {row["customer_id"] for row in case.tables["stg_customers"]}
    return [row for row in case.tables["stg_orders"] if row["customer_id"] in known]
