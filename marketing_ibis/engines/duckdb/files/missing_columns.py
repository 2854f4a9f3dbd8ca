"""Report the columns that files lack: those of all files at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from marketing_ibis.errors import SourceError

MOST_COLUMNS = 20
"""Columns that a message shows."""


@dataclass(frozen=True, slots=True)
class MissingColumn:
    """A declared column that a file lacks. ``hint`` says what may be meant."""

    path: Path
    name: str
    hint: str

    def __str__(self) -> str:
        return f"{self.path} has no column {self.name}"


class MissingColumns(SourceError):
    """Declared columns that one file or several lack."""

    def __init__(self, columns: Sequence[MissingColumn]) -> None:
        if len(columns) == 1:
            super().__init__(f"{columns[0]}.", hint=columns[0].hint)
        else:
            examples = columns[:MOST_COLUMNS]
            hints = {column.hint for column in columns}
            listing = "".join(
                f"\n  {column}.{f' {column.hint}' if column.hint and len(hints) > 1 else ''}" for column in examples
            )
            more = f"\n  and {len(columns) - len(examples):,} more" if len(columns) > len(examples) else ""
            correction = next(iter(hints)) if len(hints) == 1 else ""
            hint = correction or "Rename the columns in the files, then seed again; nothing was loaded."
            super().__init__(f"{len(columns):,} columns are missing:{listing}{more}", hint=hint)
        self.columns = tuple(columns)
