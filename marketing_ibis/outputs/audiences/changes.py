"""Compare the list of an audience with what may be at its destination."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Arm = Literal["treatment", "holdout"]
PENDING, PUBLISHED, REMOVING, REMOVED = "pending", "published", "removing", "removed"
"""States of an entry: its file is being written, was written, its removal is being written, was written."""
LIVE = (PENDING, PUBLISHED, REMOVING)
"""States of entries that may be at the destination."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a customer that a list had, or has; ``row`` are the values that were written, as JSON."""

    customer: str
    arm: Arm
    entered_on: date
    state: str
    row: str


@dataclass(frozen=True, slots=True)
class ListChanges:
    """What a file of changes contains: customers to add, changed ones, and the rows to be removed.

    ``removed`` has the earlier rows of customers who left, ``replaced`` those of customers who changed.
    """

    added: Mapping[str, str]
    changed: Mapping[str, str]
    removed: Mapping[str, tuple[str, ...]]
    replaced: Mapping[str, tuple[str, ...]]


def compare_lists(members: Mapping[str, str], entries: Iterable[Entry]) -> ListChanges:
    """Return the changes that bring a destination to ``members``, the row of each customer.

    An entry whose export was interrupted may be at the destination or not: it is removed where it should not be there
    and added again where it should.
    """
    live: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.arm == "treatment" and entry.state in LIVE:
            live.setdefault(entry.customer, []).append(entry)
    added: dict[str, str] = {}
    changed: dict[str, str] = {}
    replaced: dict[str, tuple[str, ...]] = {}
    for customer, row in members.items():
        existing = live.get(customer, [])
        published = [entry for entry in existing if entry.state == PUBLISHED]
        other_rows = tuple(dict.fromkeys(entry.row for entry in existing if entry.row != row))
        is_current = len(existing) == len(published) and published and not other_rows
        if is_current:
            continue
        (changed if published else added)[customer] = row
        if other_rows:
            replaced[customer] = other_rows
    removed = {
        customer: tuple(dict.fromkeys(entry.row for entry in existing))
        for customer, existing in live.items()
        if customer not in members
    }
    return ListChanges(added, changed, removed, replaced)
