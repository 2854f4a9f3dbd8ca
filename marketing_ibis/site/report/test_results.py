"""Read what became of the data tests from ``run_results.json``, in dbt's form of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEST = "test."
"""Begins the identifier of a data test: test.PROJECT.NAME, with a hash after it in some versions."""


@dataclass(frozen=True, slots=True)
class TestResult:
    """What became of one data test: pass, warn, fail, error or skipped."""

    __test__ = False

    name: str
    status: str
    failures: int
    message: str


@dataclass(frozen=True, slots=True)
class TestRun:
    """The data tests of the last run; ``problem`` says why its record cannot be read."""

    __test__ = False

    results: tuple[TestResult, ...] = ()
    generated_at: str = ""
    problem: str = ""


def read_test_run(path: Path) -> TestRun:
    """Return the data tests that the record holds; none where there is no record or it holds no tests."""
    if not path.is_file():
        return TestRun()
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        return TestRun(problem=f"{path.name} cannot be read: {error}")
    if not isinstance(record, dict) or not isinstance(record.get("results"), list):
        return TestRun(problem=f"{path.name} is no record of a run: it has no list of results.")
    tests = (row for row in record["results"] if isinstance(row, dict) and _is_test(row))
    return TestRun(tuple(_result(row) for row in tests), _moment(record))


def _is_test(row: Mapping[str, Any]) -> bool:
    return str(row.get("unique_id", "")).startswith(TEST) or row.get("resource_type") == "test"


def _result(row: Mapping[str, Any]) -> TestResult:
    parts = str(row.get("unique_id") or "").split(".")
    name = parts[2] if len(parts) > 2 else str(row.get("name") or "(unnamed)")
    failures = row.get("failures")
    return TestResult(
        name=name,
        status=str(row.get("status") or "error"),
        failures=failures if isinstance(failures, int) else 0,
        message=str(row.get("message") or ""),
    )


def _moment(record: Mapping[str, Any]) -> str:
    metadata = record.get("metadata")
    holder = metadata if isinstance(metadata, dict) else record
    return str(holder.get("generated_at") or "")
