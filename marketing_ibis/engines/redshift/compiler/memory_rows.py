"""Rows in memory as text, cell by cell: a tree of ten thousand SELECTs takes seconds to make, to write and to check."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.datatypes as dt
import sqlglot.expressions as sge

ROWS_IN_TREE = 20
"""Rows that are a tree; those after them have the same columns and types, and only their values are written."""
ROWS = "rows_after"
"""Under this name the last SELECT of the tree has the rows after it."""
MARK = re.compile("\x00(\\d+)\x00")
"""Represents the rows in a query until it is checked; no query contains a NUL."""

Cells = Sequence[str]
"""One row: every value with its type and name."""
Write = Callable[[Any], str]
"""Writes one value as the compiler does."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that never change, so that copies of a tree share them."""

    cells: Sequence[Cells]

    def __deepcopy__(self, memo: object) -> Rows:
        return self


def attach(last: sge.Select, rows: Sequence[Cells]) -> None:
    """Have ``last`` followed by more rows when it is written."""
    last.meta[ROWS] = Rows(rows)


def attached_rows(tree: sge.Expression) -> Rows | None:
    """Return the rows that follow a SELECT."""
    # Asking for `meta` would give every node one.
    return (tree._meta or {}).get(ROWS)


def mark(number: int) -> str:
    """Return what represents the rows of that number."""
    return f"\x00{number}\x00"


def without_rows(text: str) -> str:
    """Return a query with the rows of its tree alone."""
    return MARK.sub("", text)


def with_rows(text: str, rows: Sequence[Rows], *, pretty: bool) -> str:
    """Return a query with all of its rows."""
    parts, end = [], 0
    for match in MARK.finditer(text):
        before = text[end : match.start()]
        indent = before[len(before.rstrip(" ")) :] if pretty else ""
        parts += [before, _union_text(rows[int(match[1])].cells, indent, pretty=pretty)]
        end = match.end()
    return "".join([*parts, text[end:]])


def _union_text(rows: Sequence[Cells], indent: str, *, pretty: bool) -> str:
    start, comma = (f"\n{indent}  ", f",\n{indent}  ") if pretty else (" ", ", ")
    between = f"\n{indent}UNION ALL\n{indent}" if pretty else " UNION ALL "
    first = f"UNION ALL\n{indent}" if pretty else "UNION ALL "
    return first + between.join(f"SELECT{start}{comma.join(cells)}" for cells in rows)


def writer(dtype: dt.DataType, kind: str, write: Write) -> Write:
    """Return what writes values of a type; ``kind`` is its name, ``write`` the compiler's way, for what is unusual."""
    plain = _plain_writer(dtype, kind)

    def write_value(value: Any) -> str:
        if value is None:
            return "NULL"
        return (plain(value) if plain else None) or write(value)

    return write_value


def _plain_writer(dtype: dt.DataType, kind: str) -> Callable[[Any], str | None] | None:
    if dtype.is_boolean():
        return lambda value: "TRUE" if value else "FALSE"
    if dtype.is_integer():
        return str
    if dtype.is_floating():
        return _write_float
    if dtype.is_string():
        return _quote
    if dtype.is_date() or dtype.is_time():
        return lambda value: f"CAST('{value.isoformat()}' AS {kind})"
    if dtype.is_timestamp():
        return lambda value: f"CAST('{value.isoformat(sep=' ')}' AS {kind})"
    if dtype.is_decimal():
        return lambda value: f"CAST('{value}' AS {kind})"
    return None


def _write_float(value: float) -> str | None:
    # Negative numbers that are whole or have an exponent are written in another way.
    text = str(value)
    is_plain = value >= 0 or not (value.is_integer() or "e" in text)
    return text if math.isfinite(value) and is_plain else None


MOST_CHARACTERS = 10_000
"""Of a literal that is written here; whether longer ones are valid is the compiler's business."""


def _quote(value: str) -> str | None:
    if len(value) > MOST_CHARACTERS or "\x00" in value:
        return None
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
