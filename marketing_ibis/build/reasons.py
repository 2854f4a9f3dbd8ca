"""Say in words why a build changes a model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.changes import ModelChange

MOST_NAMES = 6
"""How many columns a line names."""


def reason_of(change: ModelChange) -> str:
    """Return why a model is built, in one line."""
    match change.kind:
        case "new":
            return "it is not published yet"
        case "removed":
            return "the project has no such model; its table stays until you drop it"
        case "unchanged" if change.moving or change.moving_rows != "same":
            return f"published as of {change.published_as_of}, a different date"
        case "unchanged":
            return "it means the same as what is published"
    if change.is_own:
        return "its expression changed"
    if change.causes:
        return f"{list_names(change.causes)} changed"
    return "it is stored in another way" if change.layout_changed else "its definition changed"


def effects_of(change: ModelChange) -> tuple[str, ...]:
    """Return what differs in a model afterwards, one phrase per line."""
    if change.kind == "new":
        return (plural("column", len(change.added)),)
    if change.kind != "changed":
        return ()
    phrases = [
        f"{word} {list_names(names)}"
        for word, names in (("adds", change.added), ("removes", change.removed), ("changes", change.modified))
        if names
    ]
    rows = "the same rows" if change.rows == "same" else "rows may differ: must look"
    layout = ["stored in another way"] if change.layout_changed else []
    unknown = [] if change.is_known else ["contains an operation that differs at every build"]
    return (*phrases, rows, *layout, *unknown)


def list_names(names: Iterable[str]) -> str:
    """Return names with commas, and how many more there are."""
    every = tuple(names)
    more = f" and {len(every) - MOST_NAMES:,} more" if len(every) > MOST_NAMES else ""
    return ", ".join(every[:MOST_NAMES]) + more
