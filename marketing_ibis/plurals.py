"""Write a count with its noun."""

from __future__ import annotations


def plural(noun: str, count: int) -> str:
    """Return the noun with its count, and with an s unless there is one."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
