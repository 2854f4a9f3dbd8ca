"""Build the candidate of a step, whole or with the published rows that an incremental build keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from marketing_ibis.build.incremental import IncrementalStep
from marketing_ibis.build.plan import Plan, Step, build_statements
from marketing_ibis.build.publish import execute_all
from marketing_ibis.build.python_rows import fill_candidate
from marketing_ibis.build.state import read_states
from marketing_ibis.build.work_tables import WorkTables
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Contents, Target
from marketing_ibis.errors import RunFailed


@dataclass(frozen=True, slots=True)
class DriftedDay:
    """A day before the window that differs: how many rows, and how much of each amount, are missing (or too many)."""

    day: date
    rows: int
    amounts: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CandidateRows:
    """The rows of a candidate, and those that an incremental build computed; None where that is not known.

    ``drift`` are the days before the window in which an incremental table differs from the source, or did before it was
    repaired.
    """

    rows: int | None
    new_rows: int | None = None
    drift: tuple[DriftedDay, ...] = ()


def build_rows(plan: Plan, target: Target, step: Step) -> CandidateRows:
    """Fill the candidate of ``step``.

    Raises:
        RunFailed: the engine refused a statement, a Python function failed, or the published rows are not those that
            were to be kept.
        ContractBroken: a Python function returned other rows than declared.
    """
    if step.python is not None:
        return CandidateRows(fill_candidate(plan, target, step, step.python))
    statements = build_statements(plan, step)
    incremental = step.incremental
    if incremental is None or not incremental.built_at:
        return CandidateRows(execute_all(target, statements))
    _check_unchanged(plan, target, step, incremental.built_at)
    if not incremental.is_in_place:
        new_rows, unchanged_rows = execute_all(target, statements[:-1]), target.execute(statements[-1])
        is_known = new_rows is not None and unchanged_rows is not None
        return CandidateRows((new_rows or 0) + (unchanged_rows or 0) if is_known else None, new_rows)
    _check_widths(plan, target, step)
    execute_all(target, statements)
    rows, new_rows = (_count(target, each) for each in (step.relation.candidate, WorkTables.of(step.relation).new))
    return CandidateRows(rows, new_rows, _drift(target, incremental))


def replaced_contents(target: Target, step: Step, published: Contents) -> Contents | None:
    """Return what the candidate of an in-place step contains, by what the published table did; None if unknown."""
    work, columns = WorkTables.of(step.relation), tuple(step.columns)
    parts = target.contents({work.old: columns, work.new: columns})
    if work.old not in parts or work.new not in parts:
        return None
    return published.replacing(parts[work.old], parts[work.new])


def _check_unchanged(plan: Plan, target: Target, step: Step, built_at: str) -> None:
    """Stop where another build published the model after this one was planned."""
    state = read_states(target, plan.schemas.models).get(step.name)
    if state is None or state.built_at.isoformat() != built_at:
        raise RunFailed(
            f"{step.relation} was published by another build after this one was planned.",
            hint="Run again: the plan then starts from the published rows.",
        )


def _check_widths(plan: Plan, target: Target, step: Step) -> None:
    """Stop where strings may be longer now than the columns of the published table."""
    widths = plan.text_widths.get(step.name, {})
    if not widths:
        return
    stored = plan.dialect.stored_widths(target.query, step.relation)
    narrow = [f"{name} is VARCHAR({stored[name]})" for name, width in widths.items() if width > stored.get(name, width)]
    if narrow:
        raise RunFailed(
            f"Strings of {step.name} may be longer than the columns of {step.relation}: {'; '.join(narrow)}.",
            hint="Build it whole: --full-refresh.",
        )


def _count(target: Target, relation: Relation) -> int:
    ((rows,),) = target.query(f"SELECT COUNT(*) FROM {target.dialect.relation(relation)}")
    return int(str(rows))


def _drift(target: Target, incremental: IncrementalStep) -> tuple[DriftedDay, ...]:
    days = []
    for day, rows, *amounts in target.query(incremental.drift):
        differences = dict(zip(incremental.amounts, (Decimal(str(amount)) for amount in amounts), strict=True))
        nonzero = {name: value for name, value in differences.items() if value}
        days.append(DriftedDay(date.fromisoformat(str(day)[:10]), int(str(rows)), nonzero))
    return tuple(days)
