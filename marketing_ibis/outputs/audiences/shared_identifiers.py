"""Keep at a destination the identifiers that a customer who leaves shares with another on the list.

A destination that finds customers by e-mail address or phone number cannot tell two with the same one apart.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from marketing_ibis.engines.target import Target
from marketing_ibis.outputs.audiences.destinations import FORMS
from marketing_ibis.outputs.audiences.members import FINDING

Shared = Collection[tuple[str, str]]
"""Headers with values."""
FINDING_HEADERS = frozenset(form.headers[name] for form in FORMS.values() if not form.has_key for name in FINDING)


@dataclass(frozen=True, slots=True)
class Contacts:
    """The SELECTs of the rows that are removed from a destination and of those that stay, with a column ``contact``."""

    removed: str
    staying: str

    def shared_identifiers(self, target: Target, headers: Iterable[str]) -> Shared:
        """Return the identifiers that rows of both have, of those with the ``headers``."""
        shared = set()
        for header in sorted(FINDING_HEADERS.intersection(headers)):
            select = self._select_candidates(target, header)
            target.dialect.approve((select,), "The list of the audience cannot be read")
            shared |= {(header, json.loads(str(contact))[header]) for (contact,) in target.query(select)}
        return shared

    def _select_candidates(self, target: Target, header: str) -> str:
        """Return the SELECT of the contacts that stay and have an identifier of a removed one.

        It reads a value up to its first quotation mark, so that it may return more than these, and never fewer.
        """
        mark = f'"{header}": "'
        place = f"STRPOS(contact, {target.dialect.literal(mark)})"

        def values(contacts: str) -> str:
            # Of a string only with its length: docs.aws.amazon.com/redshift/latest/dg/r_SUBSTRING.html
            rest = f"SUBSTRING(contact, {place} + {len(mark)}, LENGTH(contact))"
            rests = f"SELECT contact, {rest} AS rest FROM ({contacts}) AS contacts"
            value = """SUBSTRING(rest, 1, GREATEST(STRPOS(rest, '"') - 1, 0))"""
            return f"(SELECT contact, {value} AS value FROM ({rests} WHERE {place} > 0) AS rests)"

        removed = f"SELECT value FROM {values(self.removed)} AS removed WHERE value <> ''"
        return f"SELECT DISTINCT contact FROM {values(self.staying)} AS staying WHERE value IN ({removed})"


def without_shared(row: Mapping[str, str], shared: Shared) -> Mapping[str, str]:
    """Return a row to be removed without the values of ``shared``; empty if nothing is left to find a customer by."""
    if not any(item in shared for item in row.items()):
        return row
    rest = {header: "" if (header, value) in shared else value for header, value in row.items()}
    return rest if any(rest.get(header) for header in FINDING_HEADERS) else {}
