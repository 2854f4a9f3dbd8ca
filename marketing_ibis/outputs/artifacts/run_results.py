"""Write run_results.json: the outcome of each step of a run, in the form of dbt's run results version 6."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from marketing_ibis.build.latest_results import plain_key
from marketing_ibis.build.plan import Step
from marketing_ibis.build.run import Result, RunResults
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.outputs.artifacts.files import write_json
from marketing_ibis.outputs.artifacts.invocation import Invocation, model_id, moment, source_id, test_id
from marketing_ibis.testing.run import DataTestResult

RUN_RESULTS = "run_results.json"


@dataclass(frozen=True, slots=True)
class StepStart:
    """When a step began, and in which thread."""

    at: datetime
    thread: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Note when each step of a run begins."""

    starts: dict[str, StepStart] = field(default_factory=dict)

    def started(self, step: Step) -> None:
        """Note that ``step`` begins now, in this thread."""
        self.starts[step.name] = StepStart(datetime.now(UTC), threading.current_thread().name)


def write_run_results(
    folder: Path,
    invocation: Invocation,
    dialect: Dialect,
    results: RunResults,
    clock: Clock | None = None,
    *,
    discarded: str = "",
    warnings: Iterable[str] = (),
) -> Path:
    """Write when and as of which day a run was made, and the outcome of each model and of each data test.

    ``discarded`` says why a build was not published besides the failures of its models and tests, ``warnings`` what is
    odd about the published tables.

    Raises:
        UsageError: the file cannot be written.
    """
    starts = clock.starts if clock else {}
    package = invocation.package
    entries = [_model_result(package, dialect, result, starts.get(result.step.name)) for result in results.results]
    entries += [_test_result(package, dialect, data_test) for data_test in results.data_tests]
    remarks = {"discarded": discarded, "warnings": "\n".join(warnings)}
    env = {"published": str(results.published).lower()} | {name: text for name, text in remarks.items() if text}
    return _write(folder, invocation, entries, results.seconds, **env)


def write_seed_results(
    folder: Path, invocation: Invocation, schema: str, counts: Mapping[str, int], seconds: float
) -> Path:
    """Write the rows that each source table was filled with.

    Raises:
        UsageError: the file cannot be written.
    """
    seeded = {Relation(schema, table): rows for table, rows in counts.items()}
    entries = [
        _entry(source_id(invocation.package, relation), "success", 0.0, rows=rows, relation=str(relation))
        for relation, rows in seeded.items()
    ]
    return _write(folder, invocation, entries, seconds)


def _write(folder: Path, invocation: Invocation, entries: Iterable[dict[str, Any]], seconds: float, **env: str) -> Path:
    document = {
        "metadata": invocation.metadata("run-results", **env),
        "results": list(entries),
        "elapsed_time": round(seconds, 6),
        "args": {"which": invocation.command, **invocation.arguments},
    }
    return write_json(folder / RUN_RESULTS, document)


def _test_result(package: str, dialect: Dialect, data_test: DataTestResult) -> dict[str, Any]:
    message = data_test.message or (f"{data_test.failures} failing" if data_test.failures else "")
    entry = _entry(
        test_id(package, data_test.name, data_test.node),
        data_test.status,
        data_test.seconds,
        message=message,
        compiled_code=data_test.failing or None,
        failures=data_test.failures,
        relation=dialect.relation(data_test.relation),
    )
    return entry | {
        "adapter_response": {"severity": data_test.severity, "keys": [plain_key(key) for key in data_test.keys]}
    }


def _model_result(package: str, dialect: Dialect, result: Result, start: StepStart | None) -> dict[str, Any]:
    step = result.step
    return _entry(
        model_id(package, step.name),
        result.status,
        result.seconds,
        rows=result.rows,
        message=result.message,
        start=start,
        compiled_code=step.select,
        relation=dialect.relation(step.relation),
    )


def _entry(
    unique_id: str,
    status: str,
    seconds: float,
    *,
    relation: str,
    rows: int | None = None,
    message: str = "",
    start: StepStart | None = None,
    compiled_code: str | None = None,
    failures: int | None = None,
) -> dict[str, Any]:
    return {
        "status": status,
        "timing": [_timing(start, seconds)] if start else [],
        "thread_id": start.thread if start else threading.current_thread().name,
        "execution_time": round(seconds, 6),
        "adapter_response": {} if rows is None else {"rows_affected": rows},
        "message": message or None,
        "failures": failures,
        "unique_id": unique_id,
        "compiled": compiled_code is not None,
        "compiled_code": compiled_code,
        "relation_name": relation,
    }


def _timing(start: StepStart, seconds: float) -> dict[str, str]:
    return {
        "name": "execute",
        "started_at": moment(start.at),
        "completed_at": moment(start.at + timedelta(seconds=seconds)),
    }
