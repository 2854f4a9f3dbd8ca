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
from tests.strategies import dirty_sources, sources
from tests.testing.test_same_counts import Engine, opened
from tests.warehouse import compiled_dataflow, dataflow_modules

EXAMPLES = 2
MARCH, APRIL = date(2024, 3, 1), date(2024, 4, 2)
REFUNDS = shop(
    placed(1, MARCH, 5_000, product="Lamp"),
    placed(1, MARCH, -5_000, status="returned", product="Lamp"),
    placed(2, APRIL, 8_000, -2_000, product="Chair"),
    customers=3,
)


@contextmanager
def engine(variables: Mapping[str, Mapping[str, object]] | None = None) -> Iterator[Engine]:
    dataflow = (
        compile_dataflow(dataflow_modules(), inputs={"as_of": GOLDEN_AS_OF}, variables=variables)
        if variables
        else compiled_dataflow(GOLDEN_AS_OF)
    )
    with open_duckdb() as target:
        yield opened(dataflow, "duckdb", target.query, target.execute)


@pytest.fixture(scope="module")
def default() -> Iterator[Engine]:
    with engine() as one:
        yield one


def outcomes(one: Engine, of: Sources) -> dict[str, set[str]]:
    """Return the names of the tests of each status."""
    names: dict[str, set[str]] = {"fail": set(), "warn": set()}
    for name, (status, _, _) in one.counts(of).items():
        names.setdefault(status, set()).add(name)
    return names


def net(one: Engine) -> object:
    ((amount,),) = one.asker.query("SELECT SUM(total_revenue) FROM dbt_marketing.marketing_attribution")
    return amount


def test_refunds_only_warn(default: Engine) -> None:
    found = outcomes(default, REFUNDS)
    assert not found["fail"]
    assert net(default) == Decimal("110.00")
    warned = {"non_negative_raw_payments_amount", "expression_is_true_customers_customer_lifetime_value"}
    assert warned <= found["warn"]


def test_orders_of_guests_only_warn(default: Engine) -> None:
    guests = shop(placed(1, MARCH, 5_000), placed(2, APRIL, 8_000)).plus(
        orders=[Order(3, None, MARCH, "completed", "Lamp")], payments=[Payment(9, 3, "credit_card", 4_000, "Lamp")]
    )
    assert not outcomes(default, guests)["fail"]
    assert default.asker.query("SELECT COUNT(*), SUM(amount) FROM dbt_marketing.orders") == [(3, Decimal("170.00"))]
    assert net(default) == Decimal("130.00")


def test_an_order_of_a_known_customer_without_a_channel_still_fails(default: Engine) -> None:
    default.fill(REFUNDS)
    default.execute("UPDATE dbt_marketing.orders SET attribution_channel = NULL WHERE order_id = 1")
    status, failures, _ = default.answers()["not_null_where_orders_attribution_channel"]
    assert (status, failures) == ("fail", 1)


def test_unknown_payment_methods_only_warn(default: Engine) -> None:
    paid = shop(placed(1, MARCH, ("paypal", 5_000), ("boleto", 1)), placed(2, MARCH, ("paypal", 1)))
    found = outcomes(default, paid)
    assert not found["fail"]
    assert "accepted_values_raw_payments_payment_method" in found["warn"]


def test_a_status_that_the_rules_do_not_name_still_fails(default: Engine) -> None:
    failed = outcomes(default, shop(placed(1, MARCH, 1, status="delivered")))["fail"]
    assert failed == {f"accepted_values_{name}_status" for name in ("raw_orders", "stg_orders", "orders")}


def test_statuses_that_the_rules_name_are_accepted() -> None:
    rules = {"successful": ["delivered"], "returned": ["canceled"], "pending": ["processing"]}
    statuses = ("delivered", "canceled", "delivered", "processing")
    with engine({"status_rules": rules}) as one:
        of = shop(*(placed(number, MARCH, 100, status=status) for number, status in enumerate(statuses, 1)))
        assert not outcomes(one, of)["fail"]
        assert net(one) == Decimal("2.00")
        failed = outcomes(one, shop(placed(1, MARCH, 1, status="completed")))["fail"]
        assert "accepted_values_raw_orders_status" in failed


OWN_METHODS = {
    "card": ["Credit Card", "paypal"],
    "bank": ["boleto"],
    "promotional": ["voucher"],
    "gift_cards": ["e-gift"],
    "other": ["other"],
}
AMOUNTS = ("50.00", "7.00", "0.60", "0.05", "0.01", "10.00", "67.66", "0.00")


def test_payment_methods_that_the_rules_name_have_columns_and_are_accepted() -> None:
    paid = [("Credit Card", 5_000), ("paypal", 700), ("boleto", 60), ("voucher", 5), ("e-gift", 1), ("other", 1_000)]
    with engine({"payment_rules": OWN_METHODS}) as one:
        of = shop(placed(1, MARCH, *paid), placed(2, APRIL, ("e-gift", 100)), placed(2, 20, ("cash", 300)))
        counts = one.counts(of)
        warned = {name: count for name, (status, count, _) in counts.items() if status == "warn"}
        query = one.asker.query
        assert query("SELECT * EXCLUDE (status) FROM dbt_marketing.orders WHERE order_id = 1") == [
            (1, 1, MARCH, "Road Pro", *map(Decimal, AMOUNTS), "Road Pro", "successful", 6, 1, "Promotional Campaign")
        ]
        assert query("SELECT other_amount FROM dbt_marketing.orders WHERE order_id = 3") == [(Decimal("3.00"),)]
        assert query(
            "SELECT credit_card_orders, paypal_orders, boleto_orders, voucher_orders, e_gift_orders,"
            " other_method_orders, promotional_orders, promotional_revenue FROM dbt_marketing.product_performance"
        ) == [(1, 1, 1, 1, 2, 1, 2, Decimal("1.06"))]
        assert query("SELECT campaign_type FROM dbt_marketing.int_orders ORDER BY order_id") == [
            ("Discount Campaign",), ("Gift Card Promotion",), ("Spring Campaign",)
        ]  # fmt: skip
        categories = query("SELECT payment_category FROM dbt_marketing.stg_payments ORDER BY payment_id")
        expected = ("card", "card", "bank", "promotional", "promotional", "other", "promotional", "other")
        assert categories == [(category,) for category in expected]
    assert not {name for name, (status, _, _) in counts.items() if status == "fail"}
    assert warned["accepted_values_raw_payments_payment_method"] == 1


def test_expected_refunds_are_not_reported() -> None:
    with engine({"payment_rules": {"refunds": True}}) as one:
        counts = one.counts(REFUNDS)
        warned = {name for name, (status, _, _) in counts.items() if status != "pass"}
        # Ann's two orders add up to nothing, and the third customer has none.
        assert warned == {
            "positive_value_stg_customer_activity_cumulative_customer_value",
            "positive_value_where_product_performance_total_revenue",
            "positive_value_customers_number_of_orders",
            "positive_value_customers_customer_lifetime_value",
            "positive_value_marketing_attribution_total_conversions",
        }
        assert net(one) == Decimal("110.00")


def test_renaming_statuses_and_methods_with_their_rules_renames_them_and_nothing_else(default: Engine) -> None:
    rules = {
        "status_rules": {"successful": ["o completed", "o shipped"], "pending": ["o placed"]}
        | {"returned": ["o returned", "o return_pending"]},
        "payment_rules": {"card": ["p credit_card"], "bank": ["p bank_transfer"]}
        | {"promotional": ["p coupon"], "gift_cards": ["p gift_card"]},
    }
    with engine(rules) as renamed:

        @given(drawn=dirty_sources())
        @settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
        def holds(drawn: Sources) -> None:
            expected, counts = default.counts(drawn), renamed.counts(in_other_words(drawn))
            assert {name.replace("_p_", "_"): count for name, (_, count, _) in counts.items()} == {
                name: count for name, (_, count, _) in expected.items()
            }
            for model in ("orders", "product_performance", "customer_segmentation", "marketing_attribution"):
                assert rows_of(renamed, model, " ") == rows_of(default, model)

        holds()


def in_other_words(of: Sources) -> Sources:
    """Return a shop with a word before each status and method, which keeps their order."""
    return Sources(
        of.customers,
        tuple(row._replace(status=row.status and f"o {row.status}") for row in of.orders),
        tuple(row._replace(payment_method=row.payment_method and f"p {row.payment_method}") for row in of.payments),
    )


def rows_of(one: Engine, model: str, mark: str = "") -> list[dict[str, object]]:
    """Return the rows of a model, without the word that ends in ``mark`` before a column, a status and a method."""
    columns = [name for (name,) in one.asker.query(f"SELECT column_name FROM (DESCRIBE dbt_marketing.{model})")]
    rows = [
        {
            name.removeprefix("p_"): value.removeprefix(f"o{mark}").removeprefix(f"p{mark}")
            if mark and isinstance(value, str)
            else value
            for name, value in zip(columns, row, strict=True)
        }
        for row in one.asker.query(f"SELECT * FROM dbt_marketing.{model}")
    ]
    return sorted(rows, key=lambda row: str(sorted(row.items(), key=str)))


def test_revenue_that_cancels_to_nothing_reconciles(default: Engine) -> None:
    # Six thirds of both: added up as doubles they leave a residue.
    orders = [placed(buyer, day, part) for buyer, part in ((1, 3_333), (2, -3_334)) for day in (1, 50, 77)]
    assert not outcomes(default, shop(*orders, placed(3, 1, 3)))["fail"]
    assert net(default) == 0


@given(drawn=sources())
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_shop_with_refunds_and_guests_passes(default: Engine, drawn: Sources) -> None:
    refunded = Sources(
        drawn.customers,
        tuple(row._replace(user_id=None) if row.id % 5 == 0 else row for row in drawn.orders),
        tuple(row._replace(amount=-row.amount) if row.id % 3 == 0 else row for row in drawn.payments),
    )
    assert not outcomes(default, refunded)["fail"]
