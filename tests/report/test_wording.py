"""Numbers and names as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketing_ibis.report.wording import count, display_name, distinct, money, percent, share, short_money


@pytest.mark.parametrize(
    ("amount", "long", "short"),
    [
        (Decimal("0.00"), "$0.00", "$0.00"),
        (Decimal("12.345"), "$12.35", "$12.35"),
        (Decimal("-5.5"), "\N{MINUS SIGN}$5.50", "\N{MINUS SIGN}$5.50"),
        (Decimal("999.99"), "$999.99", "$1.00k"),
        (Decimal("1000"), "$1,000", "$1.00k"),
        (Decimal("1234567.89"), "$1,234,568", "$1.23M"),
        (Decimal("-98765432"), "\N{MINUS SIGN}$98,765,432", "\N{MINUS SIGN}$98.8M"),
        (Decimal("999999"), "$999,999", "$1.00M"),
        (Decimal("123456789012"), "$123,456,789,012", "$123B"),
    ],
)
def test_money(amount: Decimal, long: str, short: str) -> None:
    assert (money(amount), short_money(amount)) == (long, short)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (None, "\N{EN DASH}"),
        (0.0, "0%"),
        (0.0004, "0%"),
        (0.0005, "0.1%"),
        (0.0834, "8.3%"),
        (0.0999, "10%"),
        (0.125, "13%"),
        (1, "100%"),
        (-0.25, "\N{MINUS SIGN}25%"),
    ],
)
def test_percent(part: float | None, expected: str) -> None:
    assert percent(part) == expected


def test_counts_take_their_noun() -> None:
    assert [count(1, "buyer"), count(2, "buyer"), count(12345)] == ["1\xa0buyer", "2\xa0buyers", "12,345"]


def test_a_share_of_nothing_is_none() -> None:
    assert share(1, 4) == 0.25
    assert share(1, 0) is None
    assert share(Decimal(1), Decimal("-3")) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Road Pro", "Road Pro"),
        ("", "(blank)"),
        (" \t\n ", "(blank)"),
        ("two\nlines\x00\x1b[31m", "two lines [31m"),
        ("abc\u202edef\u2066", "abcdef"),
        ("דרך", "דרך"),
        ("👩‍🚀 bike", "👩‍🚀 bike"),
        ("x" * 10_000, "x" * 39 + "…"),
    ],
)
def test_names(name: str, expected: str) -> None:
    assert display_name(name) == expected


def test_names_that_look_the_same_are_numbered() -> None:
    long = "x" * 50
    assert distinct(["a", "a (2)", "a", long + "1", long + "2"]) == [
        "a",
        "a (2)",
        "a (3)",
        "x" * 39 + "…",
        "x" * 39 + "… (2)",
    ]
