"""Control totals and measured completeness are right on whole and on dirty shops."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

import pytest

from dataflows.health import shop_health
from dataflows.totals import shop_totals, source_totals
from tests.dataflows.cases import Case, law
from tests.sources import GOLDEN_AS_OF, Customer, Payment, Sources, golden_sources
from tests.warehouse import answers

QUESTIONS = (source_totals, shop_totals, shop_health)
COVERAGES = ("segmentation_coverage", "attribution_coverage", "cohort_history", "products_analysed")


@law
def test_source_totals_count_each_id_once(case: Case) -> None:
    tables = case.tables
    assert _answers(case.sources, case.as_of)["source_totals"] == {
        "customers": len(tables["stg_customers"]),
        "orders": len(tables["stg_orders"]),
        "payments": len(tables["stg_payments"]),
        "cents": sum(row["amount_cents"] or 0 for row in tables["stg_payments"]),
    }


@pytest.mark.parametrize(
    ("others", "cents"),
    [
        pytest.param([(1, "b", 5, None), (2, "a", 3, None)], 5, id="smaller_order_first"),
        pytest.param([(1, "b", 5, None), (1, "a", 7, None)], 7, id="then_smaller_method"),
        pytest.param([(1, None, 5, None), (1, "a", 7, None)], 7, id="no_method_is_last"),
        pytest.param([(1, "a", 7, "a"), (1, "a", 5, "b")], 5, id="then_smaller_amount"),
        pytest.param([(1, "a", None, "a"), (1, "a", 5, "b")], 5, id="no_amount_is_last"),
        pytest.param([(1, "a", None, "a"), (1, "a", None, "b")], 0, id="no_amount_at_all"),
    ],
)
def test_of_payments_that_share_an_id_the_smallest_counts(
    others: list[tuple[int | None, str | None, int | None, str | None]], cents: int
) -> None:
    payments = (Payment(2, 1, "coupon", 100, None), Payment(None, 1, "coupon", 900, None))
    shop = Sources(payments=(*payments, *(Payment(1, *other) for other in others)))
    assert _answers(shop)["source_totals"] == {
        "customers": 0,
        "orders": 0,
        "payments": 2,
        "cents": 100 + cents,
    }


@law
def test_shop_totals_are_those_of_the_order_facts(case: Case) -> None:
    as_of = case.as_of
    firsts: dict[int, int] = {}
    for sale in case.successful:
        firsts.setdefault(sale.customer_id, 12 * sale.day.year + sale.day.month)
    this_month = 12 * as_of.year + as_of.month
    assert _answers(case.sources, as_of)["shop_totals"] == {
        "net": Decimal(case.net).scaleb(-2),
        "successful_orders": len(case.successful),
        "sold_orders": len(case.sold),
        "known_orders": len(case.sales),
        "products": len({sale.product for sale in case.sales}),
        "buyers": len(case.buyers),
        "days": (as_of - min(sale.day for sale in case.sales)).days + 1 if case.sales else 0,
        "cohort_months": sum(this_month - month + 1 for month in set(firsts.values())),
        "dated_orders": len(case.in_scope),
        "customers": len(case.tables["stg_customers"]),
    }


@law
def test_a_build_is_complete(case: Case) -> None:
    assert _answers(case.sources, case.as_of)["shop_health"] == dict.fromkeys(COVERAGES, 1.0)


def test_nothing_is_complete() -> None:
    assert _answers(Sources())["shop_health"] == dict.fromkeys(COVERAGES, 1.0)


def test_customers_of_one_id_count_once() -> None:
    shop = golden_sources()
    again = replace(shop, customers=(*shop.customers, Customer(1, "Other", None), Customer(None, "No", "Key")))
    assert _answers(again)["source_totals"]["customers"] == len(shop.customers)


@lru_cache(maxsize=256)
def _answers(sources: Sources, as_of: date = GOLDEN_AS_OF) -> dict[str, dict[str, object]]:
    """Query all at once: they share the build, which takes most of the time."""
    return answers(QUESTIONS, sources, as_of)
