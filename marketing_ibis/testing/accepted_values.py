"""Say which values a test of accepted values found, how often, and what may have been meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MOST_VALUES = 5
"""How many values a message names."""
LONGEST_VALUE = 40


def unaccepted(rows: Sequence[Sequence[object]], accepted: Iterable[object]) -> str:
    """Return the values of ``rows``, pairs of a value and how often it is there, and which ones are ``accepted``.

    A row beyond ``MOST_VALUES`` only says that there are more.
    """
    accepted_values = tuple(accepted)
    values = [
        f"{_quoted(value)} {_times(count)}{_suggestion(value, accepted_values)}" for value, count in rows[:MOST_VALUES]
    ]
    more = ["others"] * (len(rows) > MOST_VALUES)
    *first, last = (*values, *more)
    listing = f"{', '.join(first)} and {last}" if first else last
    return f"found {listing}, not one of {', '.join(map(_quoted, accepted_values))}"


def _suggestion(value: object, accepted: Iterable[object]) -> str:
    """Return a question after the accepted value that differs in its case, blanks or hyphens alone."""
    alike = [
        candidate
        for candidate in accepted
        if isinstance(candidate, str) and isinstance(value, str) and _bare(candidate) == _bare(value)
    ]
    return f" (did you mean {_quoted(alike[0])}?)" if alike else ""


def _bare(value: str) -> str:
    return re.sub(r"[\s_-]+", "", value).casefold()


def _quoted(value: object) -> str:
    if not isinstance(value, str):
        return str(value)
    return repr(value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}...")


def _times(count: object) -> str:
    number = int(str(count))
    return "once" if number == 1 else f"{number:,} times"
