"""Print what an inspection found: for each source its table, its columns with their evidence, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from marketing_ibis.guide import guide_page
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.inspection.records import ColumnProfile, Inspection, Proposal, TableProfile

MOST_MARTS, MOST_NAMES = 6, 12
ADAPTER = f"Write an adapter: {guide_page('docs/how-to/adapters.md')}."
NOTHING_FITS = (
    "The names of these columns are not known.",
    f"  A table for each source: map them by hand, {guide_page('docs/how-to/map-your-tables.md')}.",
    "  One table of order lines: start with `init DIR --preset order-lines`.",
    f"  One table for several sources: write adapters, {guide_page('docs/how-to/adapters.md')}.",
)


def describe(inspection: Inspection, width: int | None) -> Iterator[str]:
    """Yield the lines of an inspection."""
    for number, proposal in enumerate(inspection.proposals):
        yield from ([""] if number else [])
        yield from _describe_proposal(proposal)
    if inspection.orphans:
        yield ""
        yield from inspection.orphans
    shared = {table.source: table for table in inspection.shared}
    first: dict[tuple[str, ...], str] = {}
    for name, marts in inspection.absent.items():
        yield ""
        if first.setdefault(marts, name) == name:
            yield f"{name}: no table fits. Without it: {_listing(marts) or 'nothing else'} cannot be built."
        else:
            yield f"{name}: no table fits. It is needed for the same tables as {first[marts]}."
        if name in shared:
            columns = ", ".join(f"{match.column} <- {match.origin}" for match in shared[name].matches)
            yield f"  {shared[name].place} contains it: {columns}. {ADAPTER}"
    used = {proposal.table.place for proposal in inspection.proposals}
    rest = [table for table in inspection.tables if table.place not in used]
    if rest:
        yield ""
        tables = (f"{table.place} ({plural('row', table.rows)})" for table in rest)
        yield f"Not used: {', '.join(tables)}."
    if rest and not inspection.proposals:
        for table in rest:
            yield from _describe_table(table)
        yield ""
        yield from NOTHING_FITS


def _describe_proposal(proposal: Proposal) -> Iterator[str]:
    table = proposal.table
    yield f"{proposal.source} <- {table.place}: {plural('row', table.rows)}"
    size = max((len(match.column) for match in proposal.matches), default=0)
    for match in proposal.matches:
        yield f"  {match.column:{size}} <- {match.origin} ({_type(table, match.origin)})"
        yield f"      {'; '.join(match.evidence)}"
    for missing in proposal.missing:
        yield f"  Missing: {missing.column}. {missing.advice[:1].upper()}{missing.advice[1:]}."
        if missing.marts:
            yield f"    Needed by: {_listing(missing.marts)}."
    yield from (f"  To decide: {decision}" for decision in proposal.decisions)
    yield from (f"  Problem: {problem}" for problem in proposal.problems)
    if proposal.unused:
        yield "  Not read:"
    for name in proposal.unused[:MOST_NAMES]:
        yield f"    {name}: {_values(table.column(name))}"
    if len(proposal.unused) > MOST_NAMES:
        yield f"    and {len(proposal.unused) - MOST_NAMES} more columns"


def _describe_table(table: TableProfile) -> Iterator[str]:
    """Yield the columns of a table that fits no source, with samples."""
    yield f"{table.place}:"
    yield from (f"  {column.name}: {_values(column)}" for column in table.columns)


def _values(column: ColumnProfile) -> str:
    """Return what the values of a column are, with a few of them unless they may be about people."""
    samples = f", such as {', '.join(column.samples)}" if column.samples else ""
    return f"{column.type}, {column.distinct:,} different{samples}"


def _type(table: TableProfile, name: str) -> str:
    return table.column(name).type


def _listing(names: tuple[str, ...], most: int = MOST_MARTS) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
