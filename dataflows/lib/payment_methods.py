"""The payment methods that a shop's rules name, and the columns that each of them has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import DataTest

CARD, BANK, PROMOTIONAL, OTHER = "card", "bank", "promotional", "other"
PUBLISHED = ("credit_card", "coupon", "bank_transfer", "gift_card")
"""The methods of the default rules, in the order of their columns."""
SIGN_TESTS = ("non_negative", "positive_value")
NAMES_IN_USE = frozenset(("line", "other", "pending", "promo", "promotional", "successful", "total", "unexplained"))
"""What other columns have in a method's place: other_amount, total_orders."""
MOST_METHODS = 62
"""Each has a bit of a BIGINT."""
MOST_BYTES = 48
"""What the longest ending of a column leaves of a name on PostgreSQL, which has 63 bytes."""


@dataclass(frozen=True, slots=True)
class PaymentRules:
    """The category of each payment method; any other method is of category other, and data tests report it.

    Promotional methods, gift cards among them, count as promotions. ``refunds`` says that amounts below 0 are expected.
    """

    card: tuple[str, ...] = ("credit_card",)
    """The methods of category card."""
    bank: tuple[str, ...] = ("bank_transfer",)
    """The methods of category bank."""
    promotional: tuple[str, ...] = ("coupon",)
    """The methods of category promotional that are discounts."""
    gift_cards: tuple[str, ...] = ("gift_card",)
    """The methods of category promotional that are gift cards."""
    other: tuple[str, ...] = ()
    """The methods of category other that are known; data tests report any that no field names."""
    refunds: bool = False
    """Whether payments below 0 are expected, so that data tests do not report them."""

    def __post_init__(self) -> None:
        first: dict[str, tuple[str, str]] = {}
        for field in ("card", "bank", "promotional", "gift_cards", "other"):
            for method in getattr(self, field):
                word = _word(method)
                if not word or len(word.encode()) > MOST_BYTES:
                    reason = f"it has more than {MOST_BYTES} bytes" if word else "it has no letter or digit"
                    raise ValueError(f"the method {method!r} cannot name columns, since {reason}")
                namesake, place = first.setdefault(word, (method, field))
                if place != field:
                    raise ValueError(
                        f"{method!r} is in both {place} and {field}; list it once"
                        if namesake == method
                        else f"{namesake!r} and {method!r} share a column, so both belong in {place} or in {field}"
                    )
        if len(first) > MOST_METHODS:
            raise ValueError(f"it names {len(first)} methods, and may name {MOST_METHODS}")

    @property
    def promotional_methods(self) -> tuple[str, ...]:
        """The methods that count as promotions."""
        return (*self.promotional, *self.gift_cards)


def named_methods(payment_rules: PaymentRules) -> tuple[str, ...]:
    """Return every method that the rules name, the published ones first."""
    rules = payment_rules
    methods = dict.fromkeys((*rules.card, *rules.bank, *rules.promotional_methods, *rules.other))
    published = [method for method in PUBLISHED if method in methods]
    return (*published, *(method for method in methods if method not in PUBLISHED))


def known_categories(payment_rules: PaymentRules) -> tuple[str, ...]:
    """Return the categories of the methods that the rules name."""
    return (CARD, BANK, PROMOTIONAL, *([OTHER] if payment_rules.other else []))


def methods_by_column(payment_rules: PaymentRules) -> Mapping[str, tuple[str, ...]]:
    """Return the methods of each word that begins or ends a column's name: those that differ in it share a column."""
    methods: dict[str, tuple[str, ...]] = {}
    for method in named_methods(payment_rules):
        methods[_word(method)] = (*methods.get(_word(method), ()), method)
    return methods


def bits_of_methods(payment_rules: PaymentRules) -> Mapping[str, int]:
    """Return the bit of each column of methods in ``method_bits``: one aggregate in place of one for each."""
    return {word: 1 << place for place, word in enumerate(methods_by_column(payment_rules))}


def words_of_methods(payment_rules: PaymentRules) -> Mapping[str, str]:
    """Return the words of columns' names, each with the methods as a description has them."""
    return {
        word: " or ".join(method.replace("_", " ") for method in methods)
        for word, methods in methods_by_column(payment_rules).items()
    }


def words_of(payment_rules: PaymentRules, methods: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of columns' names of those methods that are among ``methods``."""
    return tuple(word for word, own in methods_by_column(payment_rules).items() if set(own) & set(methods))


def parts_add_up(orders: ir.Table, payment_rules: PaymentRules) -> ir.BooleanValue:
    """Return whether the amounts by method and the other amount of each order are its whole amount."""
    parts = [orders[f"{word}_amount"] for word in methods_by_column(payment_rules)]
    return orders.amount == sum(parts, start=orders.other_amount)


def unless_refunds(data_test: DataTest) -> DataTest:
    """Return a data test that takes no offence at refunds where they are expected.

    A test of signs then passes what is below 0, and any other test passes.
    """

    def find(table: ir.Table, column: str, payment_rules: PaymentRules) -> ir.BooleanValue:
        failing: ir.BooleanValue = data_test.find(table, column)
        if not payment_rules.refunds:
            return failing
        return failing & (table[column] >= 0 if data_test.test in SIGN_TESTS else ibis.literal(False))

    return replace(data_test, find=find, depends_on=("payment_rules",))


def _word(method: str) -> str:
    """Return a method as a part of a column's name: lower case, without accents, blanks and signs."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", method) if not unicodedata.combining(c))
    word = re.sub(r"\W+", "_", letters.lower()).strip("_")
    return f"{word}_method" if word in NAMES_IN_USE else word
