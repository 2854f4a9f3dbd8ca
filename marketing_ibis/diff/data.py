"""Write a difference as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from marketing_ibis.diff.records import Difference


def to_data(difference: Difference) -> dict[str, Any]:
    """Return the difference as values that JSON has; decimals are strings, NaN and infinite numbers are null."""
    tables = [asdict(table) | {"equal": table.is_empty} for table in difference.tables]
    data: dict[str, Any] = _plain(asdict(difference) | {"equal": difference.is_empty, "tables": tables})
    return data


def write_json(difference: Difference) -> str:
    """Return the difference as one JSON object."""
    return json.dumps(to_data(difference), ensure_ascii=False, indent=2)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)
