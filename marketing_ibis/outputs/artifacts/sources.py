"""Write sources.json: how fresh the source tables are, in the form of dbt's sources version 3."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from marketing_ibis.build.freshness import FreshnessResult
from marketing_ibis.outputs.artifacts.files import write_json
from marketing_ibis.outputs.artifacts.invocation import Invocation, moment, source_id

SOURCES = "sources.json"
PERIODS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def write_sources(folder: Path, invocation: Invocation, results: Iterable[FreshnessResult], seconds: float) -> Path:
    """Write the newest value, age and status of each source; all at the end of the day that was asked about.

    Raises:
        UsageError: the file cannot be written.
    """
    document = {
        "metadata": invocation.metadata("sources"),
        "results": [_entry(result, _end_of(invocation.as_of), invocation.package) for result in results],
        "elapsed_time": round(seconds, 6),
    }
    return write_json(folder / SOURCES, document)


def _entry(result: FreshnessResult, day_end: datetime, package: str) -> dict[str, Any]:
    unique_id = source_id(package, result.relation)
    declared = result.criteria
    if result.age is None:
        error = f"{declared.column} has no value up to as_of."
        return {"unique_id": unique_id, "error": error, "status": "runtime error"}
    return {
        "unique_id": unique_id,
        "max_loaded_at": moment(day_end - result.age),
        "snapshotted_at": moment(day_end),
        "max_loaded_at_time_ago_in_s": result.age.total_seconds(),
        "status": result.status,
        "criteria": {
            "warn_after": _threshold(declared.warn_after),
            "error_after": _threshold(declared.error_after),
            "filter": None,
        },
        "adapter_response": {"column": declared.column, "newest": str(result.newest)},
        "timing": [],
        "thread_id": threading.current_thread().name,
        "execution_time": 0.0,
    }


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def _threshold(age: timedelta | None) -> dict[str, Any]:
    """Return an age in the largest unit that it is a whole number of."""
    if age is None:
        return {"count": None, "period": None}
    name, unit = next(((name, unit) for name, unit in PERIODS if not age % unit), PERIODS[-1])
    return {"count": age // unit, "period": name}
