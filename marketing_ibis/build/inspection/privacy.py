"""Hide the values of columns that may be about people, or secret."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from marketing_ibis.build.inspection.matching import plain_name
from marketing_ibis.build.inspection.records import ColumnProfile, TableProfile

PERSONAL_WORDS = frozenset(
    {
        *("name", "firstname", "lastname", "surname", "forename", "fullname", "username", "company"),
        *("mail", "email", "phone", "mobile", "tel", "telephone", "fax"),
        *(
            "address",
            "street",
            "addr",
            "city",
            "town",
            "zip",
            "postcode",
            "postal",
            "latitude",
            "longitude",
            "lat",
            "lon",
        ),
        *("birth", "birthday", "birthdate", "dob", "gender", "sex", "passport", "iban", "card", "ssn", "vat"),
        *("note", "notes", "comment", "comments", "message", "ip", "browser", "useragent"),
    }
)
"""Words in the names of columns that may be about people."""
PERSONAL_PARTS = ("mail", "phone", "telefon", "address", "adresse", "vorname", "nachname", "strasse", "straße")
"""What the names of such columns contain where they are written as one word."""
SECRET_PARTS = ("password", "passwd", "passphrase", "secret", "token", "apikey", "privatekey", "credential", "passwort")
"""What the names of columns with passwords and keys contain."""
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
PUBLIC_WORDS = frozenset(
    {
        *("product", "item", "lineitem", "variant", "sku", "category", "brand", "vendor", "cycle"),
        *("file", "status", "method", "currency"),
    }
)
"""Words in the names of columns that are about things, in spite of a word above."""


def hide_personal(table: TableProfile, personal: Collection[str]) -> TableProfile:
    """Return a table without values of the columns ``personal``, and of those that may be so or secret."""
    return replace(
        table,
        columns=tuple(
            _without_values(column) if column.name in personal or _must_be_hidden(column) else column
            for column in table.columns
        ),
    )


def may_be_personal(name: str) -> bool:
    """Return whether a column may be about people, or secret, by its name."""
    words = {*re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}
    words = {word.lower() for word in words} | {plain_name(name)}
    is_personal = bool(words & PERSONAL_WORDS) or _has_part(name, PERSONAL_PARTS)
    return (is_personal and not words & PUBLIC_WORDS) or _has_part(name, SECRET_PARTS)


def _has_part(name: str, parts: Collection[str]) -> bool:
    return any(part in plain_name(name) for part in parts)


def _must_be_hidden(column: ColumnProfile) -> bool:
    """Return whether a column's name says that it is personal or secret, or its values are e-mail addresses."""
    values = (column.least, column.greatest, *column.samples, *(value for value, _ in column.frequent))
    return may_be_personal(column.name) or any(EMAIL.search(str(value)) for value in values)


def _without_values(column: ColumnProfile) -> ColumnProfile:
    return replace(column, least="", greatest="", samples=(), frequent=())
