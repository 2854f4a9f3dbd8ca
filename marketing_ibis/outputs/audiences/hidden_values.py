"""Report values that an engine refuses without showing them: the values of audiences are personal data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from marketing_ibis.errors import RunFailed, ValueRefused


@contextmanager
def hide_values(tables: str, hint: str = "") -> Iterator[None]:
    """Replace a message that may quote a value of ``tables``; every other one has its cause.

    Raises:
        RunFailed: naming the tables.
    """
    try:
        yield
    except ValueRefused:
        raise RunFailed(
            f"The engine refused a value of {tables}. Its message may quote personal data and is not shown.",
            hint=hint or f"Query {tables} to find a value that cannot be converted or is too long.",
        ) from None
