"""Build the candidate of a step, whole or with the published rows that an incremental build keeps."""

from __future__ import annotations

from marketing_ibis.build.plan import Plan, Step, build_statements
from marketing_ibis.build.publish import execute_all
from marketing_ibis.build.state import read_states
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed

RowCounts = tuple[int | None, int | None]
"""The rows of a candidate, and those of them that an incremental build computed; None where that is not known."""


def build_rows(plan: Plan, target: Target, step: Step) -> RowCounts:
    """Fill the candidate of ``step``.

    Raises:
        RunFailed: the engine refused a statement, or the published rows are not those that were to be kept.
    """
    statements = build_statements(plan, step)
    if step.incremental is None or not step.incremental.keep:
        return execute_all(target, statements), None
    _check_unchanged(plan, target, step, step.incremental.built_at)
    new_rows = execute_all(target, statements[:-1])
    unchanged_rows = target.execute(statements[-1])
    return (None if new_rows is None or unchanged_rows is None else new_rows + unchanged_rows), new_rows


def _check_unchanged(plan: Plan, target: Target, step: Step, built_at: str) -> None:
    """Stop where another build published the model after this one was planned."""
    state = read_states(target, plan.schemas.models).get(step.name)
    if state is None or state.built_at.isoformat() != built_at:
        raise RunFailed(
            f"{step.relation} was published by another build after this one was planned.",
            hint="Run again: the plan then starts from the published rows.",
        )
