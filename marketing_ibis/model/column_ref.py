"""Name a column of a model or source."""

from __future__ import annotations

from typing import NamedTuple


class ColumnRef(NamedTuple):
    """A column of a model or source."""

    table: str
    column: str

    def __str__(self) -> str:
        """Return table.column."""
        return f"{self.table}.{self.column}"
