"""What an engine says of how it carries out a query: its operators, with their timings where it measures them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from marketing_ibis.errors import UsageError

Query = Callable[[str], Iterable[Sequence[object]]]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of an engine's plan: what it does, its own seconds if they were measured, and its rows."""

    name: str
    detail: str = ""
    seconds: float | None = None
    rows: int | None = None
    depth: int = 0


Profiler = Callable[[Query, str], tuple[Operator, ...]]
"""Returns the operators of a SELECT, each before those that it reads from."""


def no_profile(query: Query, select: str) -> tuple[Operator, ...]:
    """Refuse: the engine's plans are not read."""
    raise UsageError("The plans of this engine cannot be read.", hint="Ask the engine's own client for its EXPLAIN.")
