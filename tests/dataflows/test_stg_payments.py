"""Boundary cases and laws of stg_payments."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from tests.dataflows.cases import Case, built, cents, law
from tests.sources import GOLDEN_AS_OF, Payment, Sources

CATEGORIES = {"card", "bank", "promotional", "other"}


@pytest.mark.parametrize(
    ("method", "category", "is_promotional"),
    [
        ("credit_card", "card", False),
        ("bank_transfer", "bank", False),
        ("coupon", "promotional", True),
        ("gift_card", "promotional", True),
        ("paypal", "other", False),
        ("Coupon", "other", False),
        ("", "other", False),
        pytest.param(None, "other", False, id="no_method"),
    ],
)
def test_method(method: str | None, category: str, is_promotional: bool) -> None:
    (row,) = _staged((1, 1, method, 100, "Road Pro"))
    assert (row["payment_method"], row["payment_category"], row["is_promotional"]) == (method, category, is_promotional)


@pytest.mark.parametrize(
    ("amount", "dollars"),
    [
        (0, Decimal("0.00")),
        (1, Decimal("0.01")),
        (-1, Decimal("-0.01")),
        (29, Decimal("0.29")),
        (10001, Decimal("100.01")),
        (99_999_999_999_999, Decimal("999999999999.99")),
        pytest.param(None, None, id="no_amount"),
    ],
)
def test_amount_is_exact(amount: int | None, dollars: Decimal | None) -> None:
    (row,) = _staged((1, 1, "coupon", amount, "Road Pro"))
    assert (row["amount_cents"], row["amount"]) == (amount, dollars)


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        pytest.param([(1, 10, "a", 1, "a"), (1, 9, "b", 2, "b")], 1, id="smaller_order_as_a_number"),
        pytest.param([(1, None, "a", 1, "a"), (1, 9, "b", 2, "b")], 1, id="null_order_is_last"),
        pytest.param([(1, 1, "b", 1, "a"), (1, 1, "a", 2, "b")], 1, id="smaller_method"),
        pytest.param([(1, 1, None, 1, "a"), (1, 1, "b", 2, "b")], 1, id="null_method_is_last"),
        pytest.param([(1, 1, "a", 1, "a"), (1, 1, "a", -2, "b")], 1, id="smaller_amount"),
        pytest.param([(1, 1, "a", None, "a"), (1, 1, "a", 2, "b")], 1, id="null_amount_is_last"),
        pytest.param([(1, 1, "a", 1, None), (1, 1, "a", 1, "b")], 1, id="null_product_is_last"),
    ],
)
def test_one_row_is_kept(rows: list[tuple[object, ...]], kept: int) -> None:
    columns = ("payment_id", "order_id", "payment_method", "amount_cents", "product_name")
    (row,) = _staged(*rows)
    assert tuple(row[column] for column in columns) == rows[kept]


@law
def test_pa_1_ids_are_the_source_ids_once_each(case: Case) -> None:
    ids = {row.id for row in case.sources.payments if row.id is not None}
    assert Counter(row["payment_id"] for row in case.tables["stg_payments"]) == Counter(ids)


@law
def test_pa_2_amount_is_exactly_the_cents(case: Case) -> None:
    for row in case.tables["stg_payments"]:
        assert (row["amount"] is None) == (row["amount_cents"] is None)
        assert row["amount"] is None or row["amount"] * 100 == row["amount_cents"]


@law
def test_pa_3_promotional_means_coupon_or_gift_card(case: Case) -> None:
    for row in case.tables["stg_payments"]:
        is_promotional = row["payment_method"] in ("coupon", "gift_card")
        assert row["is_promotional"] is is_promotional
        assert (row["payment_category"] == "promotional") is is_promotional


@law
def test_pa_4_category_is_one_of_four(case: Case) -> None:
    assert {row["payment_category"] for row in case.tables["stg_payments"]} <= CATEGORIES


@law
def test_pa_5_amounts_add_up_to_the_cents(case: Case) -> None:
    paid = [row for row in case.tables["stg_payments"] if row["amount"] is not None]
    assert cents(paid, "amount") == sum(row["amount_cents"] for row in paid)


def _staged(*rows: tuple[object, ...]) -> list[dict[str, object]]:
    return built(Sources(payments=tuple(Payment(*row) for row in rows)), GOLDEN_AS_OF)["stg_payments"]
