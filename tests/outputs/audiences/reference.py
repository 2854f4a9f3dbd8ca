"""The published list of an audience in plain Python: what an export writes, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from marketing_ibis.outputs.audiences.changes import LIVE
from marketing_ibis.outputs.audiences.identifiers import hash_identifier, is_held_out, normalize_email
from tests.outputs.audiences.lists import KEY, Person

Kind = Literal["full", "changes"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a customer that a list had, or has."""

    customer: str
    arm: str
    state: str
    row: str
    is_replaced: bool = False


@dataclass(slots=True)
class ReferenceList:
    """The entries of a list, and the destination of one who uploads each file of changes."""

    entries: list[Entry] = field(default_factory=list)

    def export(self, people: Iterable[Person], kind: Kind, share: float, *, is_finished: bool) -> dict[str, str]:
        """Return the action of each customer in the file, "" for those of a full list."""
        members, held_out = members_of(people, share)
        live = {c: [e for e in self._of("treatment") if e.customer == c and e.state in LIVE] for c in self._customers()}
        actions = {c: action for c, row in members.items() if (action := compare(row, live.get(c, [])))}
        removed = {c for c, entries in live.items() if entries and c not in members} if kind == "changes" else set()
        earlier = [
            replace(
                e,
                state="removing" if e.customer in removed and e.state in LIVE and e.arm == "treatment" else e.state,
                is_replaced=kind == "changes" and e.customer in actions and e.state in LIVE and e.arm == "treatment",
            )
            for e in self.entries
            if not (e.state == "removed" and e.customer in actions)
        ]
        known = {e.customer for e in self._of("holdout")}
        self.entries = [
            *earlier,
            *(Entry(c, "treatment", "pending", members[c]) for c in actions),
            *(Entry(c, "holdout", "published", "") for c in held_out if c not in known),
        ]
        if is_finished:
            self._finish(kind)
        return {**actions, **dict.fromkeys(removed, "removed")} if kind == "changes" else dict.fromkeys(members, "")

    def _finish(self, kind: Kind) -> None:
        states = {"pending": "published"}
        if kind == "changes":
            states["removing"] = "removed"
        moved = [
            replace(e, state="removed" if e.is_replaced else states.get(e.state, e.state), is_replaced=False)
            for e in self.entries
        ]
        self.entries = [replace(e, row="") if e.state == "removed" else e for e in moved]

    def _of(self, arm: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.arm == arm]

    def _customers(self) -> dict[str, None]:
        return dict.fromkeys(entry.customer for entry in self.entries)


def members_of(people: Iterable[Person], share: float) -> tuple[dict[str, str], set[str]]:
    """Return the row of each customer to be listed, and the customers held out. Of several rows each must agree."""
    rows: dict[str, list[Person]] = {}
    for person in people:
        rows.setdefault(str(person.id), []).append(person)
    members, held_out = dict[str, str](), set[str]()
    for customer, copies in rows.items():
        address = normalize_email(copies[0].email or "")
        if not all(copy.consent for copy in copies) or not address or not any(copy.is_buyer for copy in copies):
            continue
        if is_held_out(customer, share, KEY):
            held_out.add(customer)
        else:
            members[customer] = hash_identifier(address)
    return members, held_out


def compare(row: str, live: Iterable[Entry]) -> str:
    """Return what brings a destination to ``row``, "" where it has it."""
    entries = list(live)
    published = [entry for entry in entries if entry.state == "published"]
    if published and len(published) == len(entries) and {entry.row for entry in entries} == {row}:
        return ""
    return "changed" if published else "added"


def states_of(entries: Iterable[tuple[str, str, str, str]]) -> Mapping[tuple[str, str, str, str], int]:
    """Return each different entry with 1: how often an entry is repeated does not matter."""
    return dict.fromkeys(sorted(entries), 1)
