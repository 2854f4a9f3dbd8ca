"""Which files hold a table, by their endings."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

FileKind = Literal["csv", "parquet", "json", "xlsx"]
ENDINGS: dict[str, FileKind] = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".jsonl": "json",
    ".jsonl.gz": "json",
    ".ndjson": "json",
    ".ndjson.gz": "json",
}
"""The endings of files that can be read."""


def kind_of_file(path: Path) -> FileKind:
    """Return what a file is by its ending; a file without a known one is read as csv."""
    return next((kind for ending, kind in ENDINGS.items() if path.name.endswith(ending)), "csv")
