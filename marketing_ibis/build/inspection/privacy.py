"""Hide the values of columns that may be about people."""

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
PUBLIC_WORDS = frozenset(
    {
        *("product", "item", "lineitem", "variant", "sku", "category", "brand", "vendor", "cycle"),
        *("file", "status", "method", "currency"),
    }
)
"""Words in the names of columns that are about things, in spite of a word above."""


def hide_personal(table: TableProfile, personal: Collection[str]) -> TableProfile:
    """Return a table without values of the columns ``personal``, and of those whose names say that they may be so."""
    return replace(
        table,
        columns=tuple(
            _without_values(column) if column.name in personal or may_be_personal(column.name) else column
            for column in table.columns
        ),
    )


def may_be_personal(name: str) -> bool:
    """Return whether a column may be about people by its name."""
    words = {*re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}
    words = {word.lower() for word in words} | {plain_name(name)}
    return bool(words & PERSONAL_WORDS) and not words & PUBLIC_WORDS


def _without_values(column: ColumnProfile) -> ColumnProfile:
    return replace(column, least="", greatest="", samples=(), frequent=())
