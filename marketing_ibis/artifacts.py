"""Write what a run compiled and what became of it to files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from marketing_ibis.check_files import check_record
from marketing_ibis.errors import UsageError
from marketing_ibis.fingerprint import fingerprint
from marketing_ibis.plan import Plan, Step, build_statements, script
from marketing_ibis.run import RunResults


def write_sql(plan: Plan, as_of: date, folder: Path) -> Path:
    """Write the plan's SQL under ``folder``: compiled SELECTs, the statements of each model, the whole script.

    Each file of a model opens with its name, its fingerprint and the day that it was compiled for.

    Raises:
        UsageError: the folder cannot be written.
    """
    for step in plan.steps():
        head = _head(step, as_of)
        _write(folder / "compiled" / f"{step.name}.sql", f"{head}{step.select}\n")
        _write(folder / "run" / f"{step.name}.sql", f"{head}{_joined(build_statements(plan, step))}")
    _write(folder / "build.sql", f"-- every model as of {as_of}, in order\n{_joined(script(plan))}")
    return folder


def _head(step: Step, as_of: date) -> str:
    return f"-- model: {step.name}\n-- fingerprint: {fingerprint(step.model, step.select)}\n-- as_of: {as_of}\n"


def _joined(statements: Iterable[str]) -> str:
    return "\n".join(f"{statement};\n" for statement in statements)


def write_run_results(results: RunResults, as_of: date, target: str, path: Path) -> None:
    """Write when and as of which day a run was made, and each model's status, rows and seconds.

    Raises:
        UsageError: the file cannot be written.
    """
    record = {
        "as_of": as_of.isoformat(),
        "target": target,
        "generated_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "published": results.published,
        "elapsed_time": round(results.seconds, 3),
        "results": [
            {
                "name": result.step.name,
                "relation": str(result.step.relation),
                "status": result.status,
                "rows": result.rows,
                "execution_time": round(result.seconds, 3),
                "message": result.message,
            }
            for result in results.results
        ],
        "tests": [check_record(check) for check in results.checks],
    }
    _write(path, json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def _write(path: Path, text: str) -> None:
    """Write a whole file or none, so that a reader never sees half of one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
        partial.write_text(text, "utf-8")
        partial.replace(path)
    except OSError as error:
        raise UsageError(
            f"Cannot write {path}: {error.strerror}.", hint="Choose another folder with --target-path."
        ) from error
