"""List the days of a replay."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Literal

Interval = Literal["day", "week", "month", "quarter", "year"]
DAYS: Mapping[str, int] = {"day": 1, "week": 7}
MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}


def list_days(first: date, last: date, every: Interval) -> tuple[date, ...]:
    """Return ``first`` and each day that is a number of intervals after it, up to ``last``.

    In a month that is too short a day is the last one of the month.
    """
    return tuple(_days(first, last, every))


def _days(first: date, last: date, every: Interval) -> Iterator[date]:
    number, day = 0, first
    while day <= last:
        yield day
        number += 1
        day = first + timedelta(number * DAYS[every]) if every in DAYS else _add_months(first, number * MONTHS[every])


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
