"""Recall what a plan changes while neither the project nor the state of the published models has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.recall import ResultCache, cache_of

if TYPE_CHECKING:
    from marketing_ibis.build.changes import Changes

KIND, MOST_FILES = "plans", 64
"""What the user's folder of changes is called, and how many files it keeps."""


def recall_changes(session: Session, published: str) -> Changes | None:
    """Return the changes of an earlier plan of the same project, if ``published`` is as it was; None if not."""
    from marketing_ibis.build.changes import Changes
    from marketing_ibis.build.plain_data import MISFIT, from_plain

    cache = _cache(session, published)
    document = cache.recall() if cache else None
    if document is None:
        return None
    try:
        changes: Changes = from_plain(Changes, document)
    except MISFIT:
        # It is compared again.
        return None
    return changes


@contextmanager
def keep_changes(session: Session, published: str) -> Iterator[list[Changes]]:
    """Keep the changes that are added to the list inside."""
    from marketing_ibis.build.plain_data import to_plain

    computed: list[Changes] = []
    cache = _cache(session, published)
    if cache is None:
        yield computed
        return
    with cache.keeping() as results:
        yield computed
        results.extend(map(to_plain, computed))


def _cache(session: Session, published: str) -> ResultCache | None:
    return cache_of(session, KIND, "plan", published, most_files=MOST_FILES)
