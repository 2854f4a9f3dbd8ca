"""Write the SQL that a plan compiles to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from marketing_ibis.atomic_write import write_text
from marketing_ibis.build.plan import Plan, Step, build_statements, script

COMPILED, RUN = "compiled", "run"


def write_sql(plan: Plan, as_of: date, folder: Path) -> Path:
    """Write the plan's SQL under ``folder``: compiled SELECTs, the statements of each model, the whole script.

    Each file of a model opens with its name, its fingerprint and the day that it was compiled for.

    Raises:
        UsageError: the folder cannot be written.
    """
    for step in plan.steps():
        head = _head(step, as_of)
        write_text(folder / COMPILED / f"{step.name}.sql", f"{head}{step.select}\n")
        write_text(folder / RUN / f"{step.name}.sql", f"{head}{_joined(build_statements(plan, step))}")
    head = f"-- every model as of {as_of}, in order\n"
    if names := plan.python_models:
        head += f"-- marketing_ibis itself fills {', '.join(names)}: this script keeps the published rows\n"
    write_text(folder / "build.sql", f"{head}{_joined(script(plan))}")
    return folder


def first_line(model: str) -> str:
    """Return how each file of a model begins."""
    return f"-- model: {model}"


def _head(step: Step, as_of: date) -> str:
    head = f"{first_line(step.name)}\n-- fingerprint: {step.fingerprint}\n-- as_of: {as_of}\n"
    if step.python is not None:
        head += f"-- python: marketing_ibis fills the table with the rows of {step.python.place}, which it computes\n"
        head += f"--   from the rows of compiled/{step.name}.sql\n"
    return head


def _joined(statements: Iterable[str]) -> str:
    return "\n".join(f"{statement};\n" for statement in statements)
