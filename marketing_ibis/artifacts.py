"""Write what a run compiled and what became of it to files."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

from marketing_ibis.errors import UsageError
from marketing_ibis.plan import Plan, build_statements, script
from marketing_ibis.run import RunResults


def write_sql(plan: Plan, folder: Path) -> Path:
    """Write the plan's SQL under ``folder``: compiled SELECTs, the statements of each model, the whole script.

    Raises:
        UsageError: the folder cannot be written.
    """
    for step in plan.steps():
        _write(folder / "compiled" / f"{step.name}.sql", f"{step.select}\n")
        statements = build_statements(plan, step)
        _write(folder / "run" / f"{step.name}.sql", "".join(f"{statement};\n" for statement in statements))
    _write(folder / "build.sql", "".join(f"{statement};\n\n" for statement in script(plan)))
    return folder


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
