"""Say how wide a string is by the widths of the columns that it is made of, which a warehouse may know best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from marketing_ibis.model.vocabulary import DEFAULT_WIDTH, MOST_BYTES


@dataclass(frozen=True, slots=True)
class WidthOf:
    """The width of a column of a table that is read."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Widest:
    """The largest of several widths."""

    widest: tuple[Width, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Several widths in a row, and never more than the longest string."""

    sum: tuple[Width, ...]


Width = int | WidthOf | Widest | Sum
"""A number of bytes, or how to find it."""
Widths = Mapping[str, Mapping[str, int]]
"""The bytes of string columns, by the names of table and column."""


def widest(widths: Iterable[Width]) -> Width:
    """Return the largest of ``widths``, 0 if there is none."""
    flat = [part for width in widths for part in (width.widest if isinstance(width, Widest) else (width,))]
    number = max((part for part in flat if isinstance(part, int)), default=0)
    rules = tuple(dict.fromkeys(part for part in flat if not isinstance(part, int)))
    if not rules:
        return number
    return rules[0] if len(rules) == 1 and number == 0 else Widest((*rules, *([number] if number else ())))


def total(widths: Iterable[Width]) -> Width:
    """Return the sum of ``widths``."""
    parts = tuple(widths)
    numbers = [part for part in parts if isinstance(part, int)]
    if len(numbers) == len(parts):
        return min(sum(numbers), MOST_BYTES)
    return Sum((*(part for part in parts if not isinstance(part, int)), *([sum(numbers)] if sum(numbers) else ())))


def evaluate(width: Width, widths: Widths) -> int:
    """Return the bytes of a width, by those of the tables that are read; an unknown column has the default."""
    match width:
        case WidthOf(table, column):
            return widths.get(table, {}).get(column, DEFAULT_WIDTH)
        case Widest(parts):
            return max(evaluate(part, widths) for part in parts)
        case Sum(parts):
            return min(sum(evaluate(part, widths) for part in parts), MOST_BYTES)
    return width
