"""Distinguish e-mail addresses and phone numbers, which belong to one person, from other personal data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LEAST_DIGITS = 7
"""The digits that a phone number has at least."""
PHONE = re.compile(r"[\d+()\-./\s]+", re.ASCII)
DATE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}", re.ASCII)
SHARED = re.compile(r"\d{5}-\d{3,4}|\d{3}-\d{4}|\d{4}-\d{3}", re.ASCII)
"""Postal codes, and phone numbers without an area code: several people have the same."""
PHONE_WORDS = frozenset({"cell", "fax", "handy", "movil", "sms", "tel"})
PHONE_PARTS = ("mobil", "phone", "telef", "whatsapp")
"""Words in the names of columns with phone numbers, and what such names contain."""


@dataclass(frozen=True, slots=True)
class PersonalValues:
    """Personal data of people: all ``texts``, and those among them that are ``addresses`` or phone numbers."""

    texts: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()


NO_VALUES = PersonalValues()


def values_of(cells: Iterable[tuple[str, str]]) -> PersonalValues:
    """Return the personal data in cells, each of which is the name of a column and a string."""
    filled = [(column, text) for column, text in cells if text.strip()]
    addresses = (text for column, text in filled if "@" in text or _is_phone_number(column, text.strip()))
    return PersonalValues(frozenset(text for _, text in filled), frozenset(addresses))


def _is_phone_number(column: str, text: str) -> bool:
    """Return whether a string is a phone number; digits that may be a date are one in a column of that name."""
    has_digits = PHONE.fullmatch(text) and sum(map(str.isdigit, text)) >= LEAST_DIGITS
    if not has_digits or SHARED.fullmatch(text) or DATE.fullmatch(text):
        return False
    return not _may_be_date(text) or _has_phones(column)


def _may_be_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _has_phones(column: str) -> bool:
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", column)}
    return bool(words & PHONE_WORDS) or any(part in column.lower() for part in PHONE_PARTS)
