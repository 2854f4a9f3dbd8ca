"""sqlfluff's grammar of Redshift, as a second opinion on the SQL that is written here.

It is wrong about nothing that is written today, so there is no list of exceptions.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from sqlfluff.core import FluffConfig, Linter

RARELY = (200_000, 50, 50)
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
"""Whether all queries are read, or every third: sqlfluff is slow, and the gate reads each of them in any case."""


def sample(queries: Iterable[str]) -> list[str]:
    """Return the queries that are read."""
    return [*queries][:: 1 if THOROUGH else 3]


@cache
def _linter() -> Linter:
    return Linter(config=FluffConfig(overrides={"dialect": "redshift"}))


@contextmanager
def rare_collection() -> Iterator[None]:
    """Collect garbage less often: its trees are large, and looking through them is a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def objections(statement: str) -> list[str]:
    """Return what sqlfluff cannot read in a statement."""
    return [str(violation) for violation in _linter().parse_string(f"{statement};\n").violations]
