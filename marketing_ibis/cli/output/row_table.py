"""Format rows as a table for people, or as one value per line where the table is wider than the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

NULL, GAP = "NULL", "  "


def format_rows(columns: Sequence[str], rows: Sequence[Sequence[object]], width: int | None) -> Iterator[str]:
    """Yield the lines of a table, or of one block per row where the table does not fit in ``width`` columns."""
    from rich.cells import cell_len

    cells = [[_text(value) for value in row] for row in rows]
    widths = [max(map(cell_len, (name, *(row[place] for row in cells)))) for place, name in enumerate(columns)]
    if width is not None and sum(widths) + len(GAP) * (len(widths) - 1) > width:
        yield from _blocks(columns, cells)
        return
    is_number = [
        all(isinstance(row[place], int | float | Decimal | None) for row in rows) for place in range(len(widths))
    ]
    for line in (columns, ["-" * size for size in widths], *cells):
        padding = [" " * (size - cell_len(cell)) for cell, size in zip(line, widths, strict=True)]
        parts = zip(line, padding, is_number, strict=True)
        yield GAP.join(space + cell if right else cell + space for cell, space, right in parts).rstrip()


def _blocks(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> Iterator[str]:
    size = max(map(len, columns))
    for number, row in enumerate(cells, 1):
        yield f"-- row {number} --"
        for name, cell in zip(columns, row, strict=True):
            yield f"{name:{size}}{GAP}{cell}"


def _text(value: object) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    # A control character could move the cursor of the terminal.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(value))
