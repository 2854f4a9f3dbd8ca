"""Identifiers in the form that each destination compares, and the choice of the hold-out."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.outputs.audiences import identifiers
from marketing_ibis.outputs.audiences.destinations import FORMS
from tests.outputs.audiences.lists import KEY


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("destination", "name", "typed", "expected"),
    [
        ("plain", "email", " Ann.Lee@Gmail.com\n", "ann.lee@gmail.com"),
        ("google", "email", " Ann.Lee@Gmail.com", "annlee@gmail.com"),
        ("google", "email", "ann.lee@example.com", "ann.lee@example.com"),
        ("meta", "email", "Ann.Lee@Gmail.com", "ann.lee@gmail.com"),
        ("plain", "email", "ann at example.com", ""),
        ("plain", "email", "ann@example", ""),
        ("google", "phone", "+44 (0)20 7946-0000", "+442079460000"),
        ("google", "phone", "0049 30 1234567", "+49301234567"),
        ("meta", "phone", "+1 (234) 567-8910", "12345678910"),
        ("plain", "phone", "030 1234567", ""),
        ("plain", "phone", "+49", ""),
        ("plain", "phone", "+1234567890123456", ""),
        ("plain", "phone", "+1 800 FLOWERS", ""),
        ("google", "first_name", " Mary Ann ", "maryann"),
        ("meta", "last_name", "O'Neil-Smith", "oneilsmith"),
        ("meta", "country", "de ", "de"),
        ("google", "country", "de", "DE"),
        ("google", "country", "Germany", ""),
    ],
)
def test_forms_normalise_before_they_hash(destination: str, name: str, typed: str, expected: str) -> None:
    form = FORMS[destination]
    assert form.values(name, (typed, None), is_clear=True) == [expected, ""]
    is_hashed = bool(expected) and name in form.hashed
    assert form.values(name, (typed, ""), is_clear=False) == [sha256(expected) if is_hashed else expected, ""]


@given(st.text(st.characters(codec="utf-8")))
def test_normalising_twice_changes_nothing(text: str) -> None:
    for form in FORMS.values():
        for name, normalize in form.normalizers.items():
            once = normalize(text)
            # Digits alone do not say that they are an international number.
            assert name == "phone" or normalize(once) == once


@given(st.text(max_size=9), st.floats(0, 0.99), st.floats(0, 0.99))
def test_a_customer_stays_held_out_when_the_share_grows(customer: str, share: float, other: float) -> None:
    small, large = sorted((share, other))
    assert not identifiers.is_held_out(customer, 0.0, KEY)
    if identifiers.is_held_out(customer, small, KEY):
        assert identifiers.is_held_out(customer, large, KEY)


def test_the_hold_out_is_as_large_as_declared_and_depends_on_the_key() -> None:
    held_out = {number for number in range(20_000) if identifiers.is_held_out(str(number), 0.1, KEY)}
    others = {number for number in range(20_000) if identifiers.is_held_out(str(number), 0.1, KEY[::-1])}
    assert 1_850 < len(held_out) < 2_150
    assert len(held_out & others) < 300
    # Of this key for ever.
    assert sorted(held_out)[:3] == FIRST_HELD_OUT
    assert KEY.decode() not in identifiers.key_mark(KEY)


FIRST_HELD_OUT = [10, 12, 18]
