"""Shops with guests, refunds, statuses and payment methods of their own pass the tests that stop a build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.project.compile import compile_dataflow
from tests.dataflows.shops import placed, shop
from tests.sources import GOLDEN_AS_OF, Order, Payment, Sources
from tests.strategies import sources
from tests.testing.test_same_counts import Engine, opened
from tests.warehouse import dataflow_modules

MARCH, APRIL = date(2024, 3, 1), date(2024, 4, 2)
REFUNDS = shop(
    placed(1, MARCH, 5_000, product="Lamp"),
    placed(1, MARCH, -5_000, status="returned", product="Lamp"),
    placed(2, APRIL, 8_000, -2_000, product="Chair"),
    customers=3,
)


@contextmanager
def engine(variables: Mapping[str, Mapping[str, object]] | None = None) -> Iterator[Engine]:
    dataflow = compile_dataflow(dataflow_modules(), inputs={"as_of": GOLDEN_AS_OF}, variables=variables)
    with open_duckdb() as target:
        yield opened(dataflow, "duckdb", target.query, target.execute)


@pytest.fixture(scope="module")
def default() -> Iterator[Engine]:
    with engine() as one:
        yield one


def outcomes(one: Engine, of: Sources, status: str) -> set[str]:
    return {name for name, (found, _, _) in one.counts(of).items() if found == status}


def net(one: Engine) -> object:
    ((amount,),) = one.asker.query("SELECT SUM(total_revenue) FROM dbt_marketing.marketing_attribution")
    return amount


def test_refunds_only_warn(default: Engine) -> None:
    assert not outcomes(default, REFUNDS, "fail")
    assert net(default) == Decimal("110.00")
    warned = outcomes(default, REFUNDS, "warn")
    assert {"non_negative_raw_payments_amount", "expression_is_true_customers_customer_lifetime_value"} <= warned


def test_orders_of_guests_only_warn(default: Engine) -> None:
    guests = shop(placed(1, MARCH, 5_000), placed(2, APRIL, 8_000)).plus(
        orders=[Order(3, None, MARCH, "completed", "Lamp")], payments=[Payment(9, 3, "credit_card", 4_000, "Lamp")]
    )
    assert not outcomes(default, guests, "fail")
    assert default.asker.query("SELECT COUNT(*), SUM(amount) FROM dbt_marketing.orders") == [(3, Decimal("170.00"))]
    assert net(default) == Decimal("130.00")


def test_an_order_of_a_known_customer_without_a_channel_still_fails(default: Engine) -> None:
    default.counts(REFUNDS)
    default.execute("UPDATE dbt_marketing.orders SET attribution_channel = NULL WHERE order_id = 1")
    status, failures, _ = default.answers()["not_null_where_orders_attribution_channel"]
    assert (status, failures) == ("fail", 1)


def test_unknown_payment_methods_only_warn(default: Engine) -> None:
    paid = shop(placed(1, MARCH, ("paypal", 5_000), ("boleto", 1)), placed(2, MARCH, ("paypal", 1)))
    assert not outcomes(default, paid, "fail")
    assert "accepted_values_raw_payments_payment_method" in outcomes(default, paid, "warn")


def test_a_status_that_the_rules_do_not_name_still_fails(default: Engine) -> None:
    failed = outcomes(default, shop(placed(1, MARCH, 1, status="delivered")), "fail")
    assert failed == {f"accepted_values_{name}_status" for name in ("raw_orders", "stg_orders", "orders")}


def test_statuses_that_the_rules_name_are_accepted() -> None:
    rules = {"successful": ["delivered"], "returned": ["canceled"], "pending": ["processing"]}
    statuses = ("delivered", "canceled", "delivered", "processing")
    with engine({"status_rules": rules}) as one:
        of = shop(*(placed(number, MARCH, 100, status=status) for number, status in enumerate(statuses, 1)))
        assert not outcomes(one, of, "fail")
        assert net(one) == Decimal("2.00")
        failed = outcomes(one, shop(placed(1, MARCH, 1, status="completed")), "fail")
        assert "accepted_values_raw_orders_status" in failed


def test_revenue_that_cancels_to_nothing_reconciles(default: Engine) -> None:
    # Six thirds of both: added up as doubles they leave a residue.
    orders = [placed(buyer, day, part) for buyer, part in ((1, 3_333), (2, -3_334)) for day in (1, 50, 77)]
    assert not outcomes(default, shop(*orders, placed(3, 1, 3)), "fail")
    assert net(default) == 0


@given(drawn=sources())
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_shop_with_refunds_and_guests_passes(default: Engine, drawn: Sources) -> None:
    refunded = Sources(
        drawn.customers,
        tuple(row._replace(user_id=None) if row.id % 5 == 0 else row for row in drawn.orders),
        tuple(row._replace(amount=-row.amount) if row.id % 3 == 0 else row for row in drawn.payments),
    )
    assert not outcomes(default, refunded, "fail")
