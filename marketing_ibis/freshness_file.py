"""Write how fresh the sources are to a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from marketing_ibis.errors import UsageError
from marketing_ibis.freshness import FreshnessResult


def write_sources(results: Iterable[FreshnessResult], as_of: date, target: str, path: Path) -> None:
    """Write the newest value, age and status of each source.

    Raises:
        UsageError: the file cannot be written.
    """
    record = {
        "as_of": as_of.isoformat(),
        "target": target,
        "generated_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "results": [_record(result) for result in results],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise UsageError(
            f"Cannot write {path}: {error.strerror}.", hint="Choose another folder with --target-path."
        ) from error


def _record(result: FreshnessResult) -> dict[str, Any]:
    return {
        "name": result.source,
        "relation": str(result.relation),
        "status": result.status,
        "loaded_at_field": result.declared.column,
        "max_loaded_at": result.newest.isoformat() if result.newest is not None else None,
        "max_loaded_at_time_ago_in_s": _seconds(result.age),
        "warn_after_in_s": _seconds(result.declared.warn_after),
        "error_after_in_s": _seconds(result.declared.error_after),
    }


def _seconds(span: timedelta | None) -> float | None:
    return span.total_seconds() if span is not None else None
