"""E-mail addresses and phone numbers belong to one person; dates, postal codes and local numbers to several."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.forgetting.personal_values import values_of

PHONE_NAMES = ("phone", "phone_number", "customerPhone", "mobile", "Telefon", "tel", "tel_2", "FAX", "cell", "telefono")
OTHER_NAMES = ("birth_date", "born", "name", "hotel", "title", "notes", "cancelled", "contact")
FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d")
MINE = {"ann@example.com", "+49 30 123456", "(212) 555-0123", "01.23.45.67.89", "2125550123", " 91234567 "}
SHARED = {"94105-1234", "01310-100", "555-0123", "Rue 1234567", "", " ", "123456"}


def addresses(column: str, texts: Iterable[str]) -> frozenset[str]:
    return values_of((column, text) for text in texts).addresses


@pytest.mark.parametrize("column", [*PHONE_NAMES, *OTHER_NAMES])
def test_addresses_are_what_one_person_has(column: str) -> None:
    assert addresses(column, MINE | SHARED) == MINE
    assert values_of((column, text) for text in MINE | SHARED).texts == (MINE | SHARED) - {"", " "}


@given(day=st.dates(date(1000, 1, 1)), form=st.sampled_from(FORMATS), column=st.sampled_from(PHONE_NAMES + OTHER_NAMES))
def test_a_date_is_no_phone_number(day: date, form: str, column: str) -> None:
    assert addresses(column, [day.strftime(form)]) == frozenset()


@given(day=st.dates(date(1000, 1, 1)), phone=st.sampled_from(PHONE_NAMES))
def test_digits_of_a_date_are_a_phone_number_where_the_column_says_so(day: date, phone: str) -> None:
    text = day.strftime("%Y%m%d")
    assert addresses(phone, [text]) == {text}
    for other in OTHER_NAMES:
        assert addresses(other, [text]) == frozenset()
        assert values_of([(other, text), (phone, text)]).addresses == {text}


@given(st.from_regex(r"[2-9][0-9]{6,14}", fullmatch=True))
def test_digits_that_are_no_date_are_a_phone_number_in_every_column(digits: str) -> None:
    month, day = digits[4:6], digits[6:]
    if len(digits) != 8 or not ("01" <= month <= "12" and "01" <= day <= "31"):
        assert addresses("notes", [digits]) == {digits}
