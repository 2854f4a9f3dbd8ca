"""Boundary cases and laws of the core table orders."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from tests.dataflows.cases import Case, built, cents, in_cents, law, total
from tests.dataflows.comparison import Row
from tests.dataflows.shops import placed, shop
from tests.sources import GOLDEN_AS_OF

METHODS = ("credit_card", "coupon", "bank_transfer", "gift_card")
PARTS = (*(f"{method}_amount" for method in METHODS), "other_amount")


@pytest.mark.parametrize(
    ("paid", "parts"),
    [
        pytest.param([], [0, 0, 0, 0, 0], id="unpaid"),
        pytest.param([(method, 1) for method in METHODS], [1, 1, 1, 1, 0], id="each_method"),
        pytest.param([("paypal", 5), (None, 6)], [0, 0, 0, 0, 11], id="other_methods"),
        pytest.param([("coupon", None)], [0, 0, 0, 0, 0], id="no_amount"),
        pytest.param([("coupon", 5), ("coupon", -7)], [0, -2, 0, 0, 0], id="refund"),
    ],
)
def test_amounts_by_method(paid: list[tuple[str | None, int | None]], parts: list[int]) -> None:
    (row,) = built(shop(placed(1, 5, *paid)), GOLDEN_AS_OF)["orders"]
    assert [in_cents(row[part]) for part in PARTS] == parts
    assert (in_cents(row["amount"]), row["payment_count"]) == (sum(parts), len(paid))


@pytest.mark.parametrize("customer", [None, 99], ids=["no_customer", "unknown_customer"])
def test_orphan_stays_without_sequence_and_channel(customer: int | None) -> None:
    sources = shop(placed(1, 5, 100))
    orphan = replace(sources, orders=(sources.orders[0]._replace(user_id=customer),))
    (row,) = built(orphan, GOLDEN_AS_OF)["orders"]
    assert (row["customer_id"], row["order_sequence"], row["attribution_channel"]) == (customer, None, None)
    assert in_cents(row["amount"]) == 100
    assert not built(orphan, GOLDEN_AS_OF)["int_order_facts"]


def test_only_dated_orders_up_to_the_day() -> None:
    sources = shop(placed(1, 0, 1), placed(1, -1, 2), placed(1, 5, 3))
    undated = replace(sources, orders=(*sources.orders[:2], sources.orders[2]._replace(order_date=None)))
    assert [row["order_id"] for row in built(undated, GOLDEN_AS_OF)["orders"]] == [1]


@law
def test_ord_1_every_order_in_scope_exactly_once(case: Case) -> None:
    assert Counter(row["order_id"] for row in _orders(case)) == Counter(sale.order_id for sale in case.in_scope)


@law
def test_ord_2_parts_add_up_to_the_amount(case: Case) -> None:
    for row in _orders(case):
        assert sum(row[part] for part in PARTS) == row["amount"]


@law
def test_ord_3_amounts_add_up_to_the_payments(case: Case) -> None:
    assert cents(_orders(case), "amount") == total(case.in_scope)
    paid = {sale.order_id: sale.cents for sale in case.in_scope}
    assert {row["order_id"]: in_cents(row["amount"]) for row in _orders(case)} == paid


@law
def test_ord_4_payment_counts_add_up_to_the_payments(case: Case) -> None:
    assert sum(row["payment_count"] for row in _orders(case)) == sum(len(sale.payments) for sale in case.in_scope)


@law
def test_ord_5_channel_iff_successful_and_customer_known(case: Case) -> None:
    channelled = {row["order_id"] for row in _orders(case) if row["attribution_channel"] is not None}
    assert channelled == {sale.order_id for sale in case.successful}


@law
def test_ord_6_channels_agree_with_marketing_attribution(case: Case) -> None:
    conversions = Counter(row["attribution_channel"] for row in _orders(case) if row["attribution_channel"] is not None)
    for row in case.tables["marketing_attribution"]:
        assert row["total_conversions"] == conversions[row["attribution_channel"]]


@law
def test_ord_7_cycle_name_is_the_product(case: Case) -> None:
    products = {row["order_id"]: row["product_name"] for row in case.tables["stg_orders"]}
    for row in _orders(case):
        assert row["cycle_name"] == row["product_name"] == products[row["order_id"]]


@law
def test_ord_8_sequence_iff_customer_known(case: Case) -> None:
    sequences, journeys = defaultdict(list), defaultdict(list)
    for sale in case.sales:
        journeys[sale.customer_id].append(sale.order_id)
    for row in sorted(_orders(case), key=lambda row: row["order_sequence"] or 0):
        if row["order_sequence"] is not None:
            sequences[row["customer_id"]].append((row["order_sequence"], row["order_id"]))
    assert sequences == {customer: list(enumerate(orders, 1)) for customer, orders in journeys.items()}


def _orders(case: Case) -> list[Row]:
    return case.tables["orders"]
