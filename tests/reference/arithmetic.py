"""Exact money, quotients and months of the reference."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction


def dollars(cents: int) -> Decimal:
    """Return an amount with two digits after the point."""
    return Decimal(cents).scaleb(-2)


def quotient(numerator: int, denominator: int) -> float:
    """Divide correctly rounded; by 0 it is 0."""
    return float(Fraction(numerator, denominator)) if denominator else 0.0


def mean(values: Iterable[Fraction]) -> Fraction:
    """Return the exact average; of nothing it is 0."""
    numbers = list(values)
    return Fraction(sum(numbers), len(numbers)) if numbers else Fraction(0)


def clearly_greater(left: Fraction, right: Fraction | int) -> bool:
    """Return whether ``left`` is greater by more than rounding explains."""
    return left > right + abs(Fraction(right)) / 10**9


def month(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def months_between(first: date, last: date) -> int:
    """Count the months from one to the other, whatever their days."""
    return 12 * (last.year - first.year) + last.month - first.month


def month_after(first: date, months: int) -> date:
    """Return the first day of the month, the given number of months later."""
    year, place = divmod(12 * first.year + first.month - 1 + months, 12)
    return date(year, place + 1, 1)


def midnight(day: date) -> datetime:
    """Return the day's first instant."""
    return datetime(day.year, day.month, day.day)
