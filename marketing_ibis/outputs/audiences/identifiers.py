"""Normalise e-mail addresses, phone numbers, names and countries as each destination documents it, and hash them."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

RULES = 1
"""Raise it when a rule below changes: lists that were published by earlier rules are then compared value by value."""
Normalizer = Callable[[str], str]
GMAIL = ("gmail.com", "googlemail.com")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PLAIN_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
LEAST_DIGITS, MOST_DIGITS = 7, 15
"""Digits of an international number: E.164 allows 15."""


def normalize_email(text: str) -> str:
    """Return an address in lower case and without white space, "" if it is not one."""
    address = "".join(text.split()).lower()
    return address if ADDRESS.fullmatch(address) else ""


def normalize_google_email(text: str) -> str:
    """Return an address as Google compares it: without the dots before gmail.com, which do not count.

    https://developers.google.com/google-ads/api/docs/remarketing/audience-segments/customer-match/get-started
    """
    address = normalize_email(text)
    name, _, domain = address.rpartition("@")
    return f"{name.replace('.', '')}@{domain}" if domain in GMAIL else address


def normalize_phone(text: str) -> str:
    """Return an international number in the form E.164, "" for one without a country code.

    Numbers begin with + or 00; a trunk prefix in brackets, as in +44 (0)20, is removed.
    """
    if PLAIN_PHONE.fullmatch(text):
        return text
    number = text.strip().replace("(0)", "")
    digits = "".join(character for character in number if character in "0123456789")
    if number.startswith("00"):
        digits = digits[2:]
    elif not number.startswith("+"):
        return ""
    is_number = LEAST_DIGITS <= len(digits) <= MOST_DIGITS and not digits.startswith("0")
    return f"+{digits}" if is_number and not any(map(str.isalpha, number)) else ""


def normalize_meta_phone(text: str) -> str:
    """Return an international number as digits alone, which is Meta's form.

    https://developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences
    """
    return normalize_phone(text).removeprefix("+")


def normalize_google_name(text: str) -> str:
    """Return a name in lower case and without white space.

    https://developers.google.com/display-video/api/guides/tasks/upload-customer-match-audience/prepare-data
    """
    return "".join(text.split()).lower()


def normalize_meta_name(text: str) -> str:
    """Return a name in lower case and without punctuation or white space."""
    return "".join(character for character in text.lower() if character.isalnum())


def normalize_country(text: str) -> str:
    """Return the code of a country in two capital letters, "" for any other text."""
    code = text.strip().upper()
    return code if re.fullmatch("[A-Z]{2}", code) else ""


def normalize_meta_country(text: str) -> str:
    """Return the code of a country in two small letters."""
    return normalize_country(text).lower()


PLAIN: Mapping[str, Normalizer] = MappingProxyType(
    {
        "email": normalize_email,
        "phone": normalize_phone,
        "first_name": str.strip,
        "last_name": str.strip,
        "country": normalize_country,
    }
)
GOOGLE: Mapping[str, Normalizer] = MappingProxyType(
    {
        **PLAIN,
        "email": normalize_google_email,
        "first_name": normalize_google_name,
        "last_name": normalize_google_name,
    }
)
META: Mapping[str, Normalizer] = MappingProxyType(
    {
        "email": normalize_email,
        "phone": normalize_meta_phone,
        "first_name": normalize_meta_name,
        "last_name": normalize_meta_name,
        "country": normalize_meta_country,
    }
)


def hash_identifier(text: str) -> str:
    """Return the SHA-256 of a normalised identifier in hexadecimal digits, "" for none."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def is_held_out(customer: str, share: float, key: bytes) -> bool:
    """Return whether a customer is in the hold-out: always the same for one key, and still so with a larger share."""
    code = _keyed(key).copy()
    code.update(f"customer {customer}".encode())
    return int.from_bytes(code.digest()[:8], "big") < share * 2**64


@lru_cache(maxsize=1)
def _keyed(key: bytes) -> hmac.HMAC:
    """Return a code that has hashed the key and nothing else, to be copied."""
    return hmac.new(key, digestmod=hashlib.sha256)


def key_mark(key: bytes) -> str:
    """Return by what a later export recognises the key; the key cannot be computed from it."""
    return hmac.new(key, b"hold-out of audiences", hashlib.sha256).hexdigest()[:16]
