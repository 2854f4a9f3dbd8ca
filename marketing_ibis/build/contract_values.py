"""Find the rows of a model that its contract, or the width of a column, rules out."""

from __future__ import annotations

from marketing_ibis.build.plan import Plan, Step
from marketing_ibis.build.work_tables import WorkTables
from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import ContractBroken
from marketing_ibis.plurals import plural


def check_values(dialect: Dialect, target: Target, step: Step) -> None:
    """Look for NULLs where the contract of a table promises values, and for strings longer than it declares.

    Raises:
        ContractBroken: naming each column with its rows.
    """
    required, widths = step.required, step.limits
    if step.kind != "table" or dialect.declares_not_null or not (required or widths):
        return
    # Rows that an incremental build keeps were looked at when they were built.
    rows = WorkTables.of(step.relation).new if step.is_in_place else step.relation.candidate
    find, count = (select(rows, required, widths) for select in (dialect.find_fault, dialect.count_faults))
    if not target.attempt(step.name, lambda: target.query(find)):
        return
    (counts,) = target.attempt(step.name, lambda: target.query(count))
    row_counts = [int(str(rows)) for rows in counts]
    empty = [f"{name} is NULL in {rows:,} rows" for name, rows in zip(required, row_counts, strict=False) if rows]
    if empty:
        raise ContractBroken(
            f"The contract does not allow NULL: {'; '.join(empty)}.",
            hint="Fill or filter these rows, or declare nullable=True.",
        )
    long = [
        f"{name} has more than {width} bytes in {plural('row', rows)}"
        for (name, width), rows in zip(widths.items(), row_counts[len(required) :], strict=True)
        if rows
    ]
    if long:
        raise ContractBroken(
            f"Strings are longer than declared: {'; '.join(long)}.",
            hint="Shorten them, or declare a larger width.",
        )


def too_long_strings(plan: Plan, target: Target, step: Step) -> str:
    """Return the columns that are too narrow for the rows of ``step``, with the bytes of the longest string.

    An empty string is returned if every row fits in the meantime.
    """
    dialect, widths = plan.dialect, plan.text_widths.get(step.name, {})
    if not widths:
        return ""
    (select,) = dialect.approve([dialect.count_bytes(step.candidate_select, tuple(widths))])
    (longest,) = target.query(select)
    return "; ".join(
        f"{name} is VARCHAR({width}) and has a string of {byte_count:,} bytes"
        for (name, width), byte_count in zip(widths.items(), (int(str(n or 0)) for n in longest), strict=True)
        if byte_count > width
    )
