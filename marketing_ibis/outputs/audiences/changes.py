"""Compare the row of a customer with what may be at the destination of an audience."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

PENDING, PUBLISHED, REMOVING, REMOVED = "pending", "published", "removing", "removed"
"""States of an entry: its file is being written, was written, its removal is being written, was written."""
LIVE = (PENDING, PUBLISHED, REMOVING)
"""States of entries that may be at the destination."""

Action = Literal["added", "changed", "kept"]
ADDED: Final = "added"
CHANGED: Final = "changed"
UNCHANGED: Final = "kept"
LEFT: Final = "removed"
REPLACED: Final = "replaced"
"""What the export that is being written does with an entry.

A customer who is ``kept`` has the row of before, read again. ``replaced`` are earlier entries of customers who are
added or changed.
"""


class EarlierEntries(NamedTuple):
    """The live entries of a customer: how many, how many of them published, and the smallest and largest row."""

    live: int = 0
    published: int = 0
    lowest: str = ""
    highest: str = ""


def compare_row(row: str, earlier: EarlierEntries) -> Action:
    """Return what brings a destination to ``row``, the values of a customer.

    An entry whose export was interrupted may be at the destination or not, so the customer is written again.
    """
    if not earlier.published:
        return ADDED
    is_current = earlier.live == earlier.published and earlier.lowest == earlier.highest == row
    return UNCHANGED if is_current else CHANGED
