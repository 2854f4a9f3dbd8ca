"""Write whole files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from marketing_ibis.errors import UsageError


def write_text(path: Path, text: str) -> Path:
    """Write a whole file or none, so that a reader never sees half of one.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
        partial.write_text(text, "utf-8")
        partial.replace(path)
    except OSError as error:
        raise UsageError(
            f"Cannot write {path}: {error.strerror}.", hint="Choose another folder with --target-path."
        ) from error
    return path


def write_json(path: Path, document: Mapping[str, object]) -> Path:
    """Write ``document`` as one JSON file.

    Raises:
        UsageError: the file cannot be written.
    """
    # Without an indent, as dbt writes it: Python's fast encoder knows none, and a manifest is a megabyte.
    return write_text(path, json.dumps(document, ensure_ascii=False) + "\n")
