"""Recall what a plan changes while neither the project nor the state of the published models has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.recall import Memory, memory_of

if TYPE_CHECKING:
    from marketing_ibis.build.changes import Changes

KIND, MOST_FILES = "plans", 64
"""What the user's folder of changes is called, and how many files it keeps."""


def recall_changes(session: Session, published: str) -> Changes | None:
    """Return the changes of an earlier plan of the same project, if ``published`` is as it was; None if not."""
    from marketing_ibis.build.changes import Changes
    from marketing_ibis.build.plain_data import MISFIT, from_plain

    memory = _memory(session, published)
    document = memory.recall() if memory else None
    if document is None:
        return None
    try:
        changes: Changes = from_plain(Changes, document)
    except MISFIT:
        # It is compared again.
        return None
    return changes


@contextmanager
def remembering(session: Session, published: str) -> Iterator[list[Changes]]:
    """Keep the changes that are added to the list inside."""
    from marketing_ibis.build.plain_data import to_plain

    computed: list[Changes] = []
    memory = _memory(session, published)
    if memory is None:
        yield computed
        return
    with memory.remembering() as results:
        yield computed
        results.extend(map(to_plain, computed))


def _memory(session: Session, published: str) -> Memory | None:
    return memory_of(session, KIND, "plan", published, most_files=MOST_FILES)
