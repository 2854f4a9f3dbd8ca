"""Boundary cases and laws of next_best_action."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataflows.marts.next_best_action import ACTIONS, ActionRules, next_best_action
from tests.dataflows.cases import Case, built, law
from tests.dataflows.shops import Placed, placed, shop
from tests.reference import reference_tables
from tests.reference.intermediate import order_facts, order_lines
from tests.reference.next_best_action import next_best_action as expected_actions
from tests.reference.staging import staging
from tests.sources import GOLDEN_AS_OF, Sources
from tests.warehouse import evaluated

NAMES = ("A", "B", "C", "D", "a", "é")
ANY_PAIR = ActionRules(cross_sell_min_customers=1)
orders = st.builds(
    lambda customer, product, age: placed(customer, age, 100, product=product),
    st.integers(1, 7),
    st.sampled_from(NAMES),
    st.integers(0, 9),
)


def actions(sources: Sources) -> dict[int, tuple[object, object]]:
    rows = built(sources, GOLDEN_AS_OF)["next_best_action"]
    return {row["customer_id"]: (row["next_best_action"], row["cross_sell_product"]) for row in rows}


def basket(customer: int, *products: str) -> list[Placed]:
    return [placed(customer, 9, 100, product=product) for product in products]


@law
def test_every_customer_has_one_action_and_only_cross_sells_a_product(case: Case) -> None:
    rows = case.tables["next_best_action"]
    customers = [row["customer_id"] for row in case.tables["customer_segmentation"]]
    assert sorted(row["customer_id"] for row in rows) == sorted(customers)
    for row in rows:
        assert row["next_best_action"] in ACTIONS
        assert (row["cross_sell_product"] is None) == (row["next_best_action"] != "Cross-sell")
        assert (row["next_best_action"] in ACTIONS[:3]) == (row["customer_id"] not in case.buyers)


@law
def test_an_offer_is_a_new_product_of_a_pair_that_counts(case: Case) -> None:
    bought = defaultdict(set)
    for sale in case.successful:
        bought[sale.customer_id].add(sale.product)
    counted = {
        (row["product_a"], row["product_b"])
        for row in case.tables["product_affinity"]
        if row["lift"] > 1 and row["customers_both"] >= 5
    }
    for row in case.tables["next_best_action"]:
        if (offer := row["cross_sell_product"]) is not None:
            products = bought[row["customer_id"]]
            assert offer not in products
            assert any((name, offer) in counted for name in products)


@settings(max_examples=15)
@given(st.lists(orders, max_size=30).map(lambda placed: shop(*placed, customers=7)))
def test_offers_equal_the_reference_where_any_pair_counts(sources: Sources) -> None:
    tables = reference_tables(sources, GOLDEN_AS_OF)
    staged = staging(sources)
    facts = order_facts(order_lines(staged), staged["stg_customers"], GOLDEN_AS_OF)
    segments, risk, affinity = (tables[n] for n in ("customer_segmentation", "churn_risk", "product_affinity"))
    expected = expected_actions(segments, risk, affinity, facts, GOLDEN_AS_OF, min_customers=1)
    actual = evaluated(next_best_action, sources, GOLDEN_AS_OF, action_rules=ANY_PAIR)
    assert actual == sorted(str(tuple(row.values())) for row in expected)


def test_customers_who_never_bought() -> None:
    pending, returned = placed(1, 2, 1, status="placed"), placed(1, 2, 1, status="returned")
    others = [placed(2, 2, 1, status="returned")]
    assert actions(shop(pending, returned, *others, customers=3)) == {
        1: ("Confirm first order", None),
        2: ("Resolve return, offer exchange", None),
        3: ("First purchase incentive", None),
    }


@pytest.mark.parametrize(
    ("orders", "action"),
    [
        ([placed(1, 270, 9)], "Low-cost win-back"),
        ([placed(1, 269, ("coupon", 6), 4)], "Full-price value message"),
        ([placed(1, 269, ("coupon", 5), 5)], "No action"),
        ([placed(1, 30, 9)], "Second order nudge"),
        ([placed(1, 31, 9)], "No action"),
        ([placed(1, 3, 9), placed(1, 2, 9)], "No action"),
    ],
)
def test_each_condition_at_its_limit(orders: list[Placed], action: str) -> None:
    assert actions(shop(*orders))[1] == (action, None)


def test_big_spenders_are_won_back_in_person_or_rewarded() -> None:
    others = [placed(customer, age, customer) for customer in range(1, 5) for age in (2, 1)]
    assert actions(shop(*others, placed(5, 40, 90), placed(5, 39, 90)))[5] == ("Personal win-back", None)
    assert actions(shop(*others, placed(5, 3, 90), placed(5, 1, 90)))[5] == ("Loyalty, early access", None)


def test_the_product_of_highest_lift_is_offered_from_five_common_buyers_on() -> None:
    both = [order for customer in range(1, 6) for order in basket(customer, "A", "B")]
    rest = [*basket(8, "C", "D"), *basket(9, "A", "E")]
    buyer = [placed(7, age, 100, product="A") for age in (9, 4)]
    assert actions(shop(*both, *rest, *buyer))[7] == ("Cross-sell", "B")
    assert actions(shop(*both[2:], *rest, *buyer))[7][1] is None


def test_of_equal_lifts_larger_support_and_then_the_name_decide() -> None:
    both = [order for customer in range(1, 6) for order in basket(customer, "A", "c", "B")]
    buyer = [placed(7, age, 100, product="A") for age in (9, 4)]
    apart = basket(8, "D")
    assert actions(shop(*both, *buyer, *apart))[7] == ("Cross-sell", "B")
    owner = [placed(7, 3, 100, product="B")]
    assert actions(shop(*both, *buyer, *apart, *owner))[7] == ("Cross-sell", "c")
