"""The rules of payment methods: what they refuse, and which columns a method has."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflows.lib.payment_methods import (
    MOST_METHODS,
    NAMES_IN_USE,
    PUBLISHED,
    PaymentRules,
    bits_of_methods,
    methods_by_column,
    named_methods,
)
from dataflows.lib.statuses import StatusRules
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.compile import compile_dataflow
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow, dataflow_modules

FIELDS = ("card", "bank", "promotional", "gift_cards", "other")
PLACES = {
    "int_order_totals": "{}_cents",
    "int_orders": "has_{}",
    "orders": "{}_amount",
    "product_performance": "{}_orders",
}


def test_the_published_methods_keep_their_columns_and_their_order() -> None:
    assert named_methods(PaymentRules()) == PUBLISHED == ("credit_card", "coupon", "bank_transfer", "gift_card")
    assert list(bits_of_methods(PaymentRules()).items()) == list(zip(PUBLISHED, (1, 2, 4, 8), strict=True))


@pytest.mark.parametrize(
    ("method", "word"),
    [
        ("Debit Card", "debit_card"),
        ("  PayPal (EU) ", "paypal_eu"),
        ("Über-Weisung", "uber_weisung"),
        ("наличные", "наличные"),
        ("2checkout", "2checkout"),
        ("Other", "other_method"),
        ("total", "total_method"),
    ],
)
def test_a_method_names_columns_by_its_letters_and_digits(method: str, word: str) -> None:
    assert list(methods_by_column(PaymentRules(other=(method,)))) == [*PUBLISHED, word]


def test_methods_that_differ_in_case_and_signs_share_a_column() -> None:
    shared = methods_by_column(PaymentRules(card=("Credit Card", "credit_card", "credit-card")))
    assert shared["credit_card"] == ("credit_card", "Credit Card", "credit-card")
    assert list(shared) == list(PUBLISHED)


@given(names=st.sets(st.text(string.ascii_letters + " -é", min_size=1, max_size=9), max_size=20), data=st.data())
def test_each_named_method_is_in_one_column(names: set[str], data: st.DataObject) -> None:
    chosen: dict[str, list[str]] = {field: [] for field in FIELDS}
    for name in sorted(names):
        chosen[data.draw(st.sampled_from(FIELDS))].append(name)
    try:
        rules = PaymentRules(**{field: tuple(methods) for field, methods in chosen.items()})
    except ValueError:
        return
    columns = methods_by_column(rules)
    assert sorted(method for own in columns.values() for method in own) == sorted(names)
    assert not set(columns) & NAMES_IN_USE
    assert sum(bits_of_methods(rules).values()) == 2 ** len(columns) - 1


def test_no_word_of_a_method_is_that_of_another_column() -> None:
    models = compiled_dataflow(GOLDEN_AS_OF, optional_sources=("raw_order_lines",)).models
    in_use = set()
    for model, template in PLACES.items():
        start, end = template.split("{}")
        names = [name for name in models[model].schema.names if name.startswith(start) and name.endswith(end)]
        in_use |= {name.removeprefix(start).removesuffix(end) for name in names}
    assert in_use - set(PUBLISHED) == NAMES_IN_USE


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"other": ["coupon"]}, "'coupon' is in both promotional and other; list it once"),
        ({"other": ["Coupon"]}, "'coupon' and 'Coupon' share a column, so both belong in promotional or in other"),
        ({"other": ["--"]}, "the method '--' cannot name columns, since it has no letter or digit"),
        ({"other": ["x" * 49]}, "cannot name columns, since it has more than 48 bytes"),
        ({"other": [f"m{number}" for number in range(MOST_METHODS)]}, "it names 66 methods, and may name 62"),
    ],
)
def test_what_cannot_name_columns_is_refused(rules: dict[str, object], reason: str) -> None:
    with pytest.raises(ConfigurationError, match="payment_rules: ") as caught:
        compile_dataflow(dataflow_modules(), inputs={"as_of": GOLDEN_AS_OF}, variables={"payment_rules": rules})
    assert reason in caught.value.message


def test_a_status_of_two_groups_is_refused() -> None:
    with pytest.raises(ValueError, match="'shipped' is in both successful and pending; list it once"):
        StatusRules(pending=("shipped",))
