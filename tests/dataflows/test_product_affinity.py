"""Boundary cases and laws of product_affinity."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations

from tests.dataflows.cases import Case, built, law, near
from tests.dataflows.comparison import Row
from tests.dataflows.shops import placed, shop
from tests.sources import GOLDEN_AS_OF, Sources

BOTH = ("customers_both", "support", "lift")


def pairs(sources: Sources) -> dict[tuple[object, object], Row]:
    rows = built(sources, GOLDEN_AS_OF)["product_affinity"]
    return {(row["product_a"], row["product_b"]): row for row in rows}


@law
def test_both_orders_of_a_pair_have_the_same_customers_support_and_lift(case: Case) -> None:
    rows = {(row["product_a"], row["product_b"]): row for row in case.tables["product_affinity"]}
    for (a, b), row in rows.items():
        assert a != b
        assert [rows[b, a][column] for column in BOTH] == [row[column] for column in BOTH]


@law
def test_pairs_are_those_of_customers_with_several_products(case: Case) -> None:
    products = defaultdict(set)
    for sale in case.successful:
        products[sale.customer_id].add(sale.product)
    expected = {pair for names in products.values() for pair in permutations(names, 2)}
    rows = case.tables["product_affinity"]
    assert {(row["product_a"], row["product_b"]) for row in rows} == expected
    baskets = sum(len(names) * (len(names) - 1) for names in products.values())
    assert sum(row["customers_both"] for row in rows) == baskets


@law
def test_shares_are_of_the_buyers(case: Case) -> None:
    for row in case.tables["product_affinity"]:
        assert near(row["support"] * len(case.buyers), row["customers_both"])
        assert row["support"] <= row["confidence"] <= 1
        # Of 1 at most, the confidence; of one buyer at least, the share that it is compared with.
        assert row["lift"] <= len(case.buyers)


def test_two_of_three_buyers() -> None:
    rows = pairs(
        shop(
            placed(1, 9, 1, product="A"),
            placed(1, 5, 1, product="B"),
            placed(1, 1, 1, product="B"),
            placed(2, 9, 1, product="B"),
            placed(2, 9, 1, product="A"),
            placed(3, 1, 1, product="B"),
        )
    )
    assert rows.keys() == {("A", "B"), ("B", "A")}
    assert [rows["A", "B"][name] for name in ("customers_both", "support", "confidence", "lift")] == [2, 2 / 3, 1, 1]
    assert rows["B", "A"]["confidence"] == 2 / 3


def test_returned_pending_and_later_orders_are_in_no_pair() -> None:
    others = [placed(1, 2, 1, product=name, status=name) for name in ("returned", "placed")]
    assert pairs(shop(placed(1, 3, 1, product="A"), *others, placed(1, -1, 1, product="B"))) == {}


def test_a_product_without_a_name_is_one_product() -> None:
    rows = pairs(shop(placed(1, 3, 1, product=None), placed(1, 2, 1, product="(unknown)"), placed(1, 1, product="A")))
    assert rows.keys() == {("(unknown)", "A"), ("A", "(unknown)")}
