"""Report the cells of files that cannot be read as declared: the first few with their place and value, and how many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from marketing_ibis.engines.duckdb.files.bad_cell import BadCell
from marketing_ibis.engines.duckdb.files.cells import FIRST, LAST
from marketing_ibis.engines.duckdb.files.format_hints import date_hint, number_hint
from marketing_ibis.errors import SourceError

MOST_CELLS = 5
"""Cells that a message shows."""
AMOUNT = re.compile(r"\s*[+-]?[0-9]+\.([0-9]{2}|[1-9])\s*")
FRACTION = re.compile(r"\s*[+-]?[0-9]*\.[0-9]*\s*")
KEYS_AS_TEXT = 'If the keys are text, set id_type = "string" under [tool.marketing_ibis].'


class BadCells(SourceError):
    """Cells of one file or of several that cannot be read as declared; ``count`` is how many there are in all."""

    def __init__(self, cells: Sequence[BadCell], count: int) -> None:
        examples = _choose_examples(cells)
        if count == 1:
            message = f"{examples[0]}."
        else:
            listing = "".join(f"\n  {cell}" for cell in examples)
            more = f"\n  and {count - len(examples):,} more" if count > len(examples) else ""
            message = f"{count:,} cells cannot be read:{listing}{more}"
        super().__init__(message, hint=" ".join(_hints(cells)))
        self.cells, self.count = cells, count


def _choose_examples(cells: Sequence[BadCell]) -> list[BadCell]:
    """Return the cells to show, in the order of the files: the first of every column comes before a second one."""
    rank: dict[tuple[str, str], int] = {}
    ranked = []
    for number, cell in enumerate(cells):
        column = (cell.place.rpartition(",")[0], cell.column)
        rank[column] = rank.get(column, 0) + 1
        ranked.append((rank[column], number))
    return [cells[number] for _, number in sorted(sorted(ranked)[:MOST_CELLS], key=lambda pair: pair[1])]


def _hints(cells: Sequence[BadCell]) -> list[str]:
    hints: dict[str, None] = dict.fromkeys(filter(None, (date_hint(cells), number_hint(cells))))
    is_wrong = False
    for cell in cells:
        is_whole_number = cell.expected == "a whole number"
        if is_whole_number and cell.is_key and not FRACTION.fullmatch(cell.value):
            hints[KEYS_AS_TEXT] = None
            continue
        is_wrong = True
        if f"between {FIRST} and {LAST}" in cell.expected:
            hints["Write a placeholder as a date without a time, such as 9999-12-31: no time zone shifts it."] = None
        if is_whole_number and not cell.is_key and not cell.is_personal and AMOUNT.fullmatch(cell.value):
            cents = f"{Decimal(cell.value) * 100:.0f} for {cell.value.strip()}"
            hints.setdefault(f"An amount of money is a whole number of cents, {cents}.", None)
    last = "Correct the file and seed again; nothing was loaded." if is_wrong else "Nothing was loaded."
    return [*list(hints)[:2], last]
