"""Read the day that a command is as of."""

from __future__ import annotations

import re
from datetime import date

DAY_FORMAT = "YYYY-MM-DD"
RELATIVE_DAYS = {"today": 0, "yesterday": 1}
"""How many days before the current one in the business time zone a word means."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9998, 12, 31)


def parse_day(value: date | str) -> date | str:
    """Return a day written YYYY-MM-DD as a date; a date or a word of ``RELATIVE_DAYS`` as it is.

    Raises:
        ValueError: it is not a date, or too far away.
    """
    if isinstance(value, str) and value.lower() in RELATIVE_DAYS:
        return value.lower()
    try:
        day = value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a date: {_advice(str(value))}") from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{str(value)!r} is not between {FIRST_DAY} and {LAST_DAY}.")
    return day


def _advice(value: str) -> str:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return "the calendar has no such day."
    return f"write {DAY_FORMAT}, for example 2024-05-15, or {' or '.join(RELATIVE_DAYS)}."
