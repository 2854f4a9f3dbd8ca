"""Write documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from marketing_ibis.atomic_write import write_text


def write_json(path: Path, document: Mapping[str, object]) -> Path:
    """Write ``document`` as one JSON file.

    Raises:
        UsageError: the file cannot be written.
    """
    # Without an indent, as dbt writes it: Python's fast encoder knows none, and a manifest is a megabyte.
    return write_text(path, json.dumps(document, ensure_ascii=False) + "\n")
