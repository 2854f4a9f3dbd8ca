"""A cell of a file that cannot be read as declared."""

from __future__ import annotations

from dataclasses import dataclass

from marketing_ibis.engines.secret import without_addresses

LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that is not what its column is declared as. ``is_personal`` keeps its value out of every message."""

    place: str
    column: str
    value: str
    expected: str
    is_key: bool = False
    is_personal: bool = False

    def __str__(self) -> str:
        value = "the value (personal data, not shown)" if self.is_personal else _shorten(without_addresses(self.value))
        return f"{self.place}, column {self.column}: {value} is not {self.expected}"


def _shorten(text: str) -> str:
    return repr(text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}...")
