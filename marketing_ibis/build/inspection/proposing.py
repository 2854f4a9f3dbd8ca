"""Propose how each source of a project is read from the tables of a shop, and say what nothing in them decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from marketing_ibis.build.inspection.costs import Costs
from marketing_ibis.build.inspection.matching import CENTS, match_table, plain_name, score_table
from marketing_ibis.build.inspection.records import (
    ColumnProfile,
    Match,
    MissingColumn,
    Proposal,
    SharedTable,
    TableProfile,
)
from marketing_ibis.data_tests import resolve_accepted_values
from marketing_ibis.guide import guide_page
from marketing_ibis.model import ID, Column, Source
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.plurals import plural

ADAPTER = f"write an adapter: {guide_page('docs/how-to/adapters.md')}"
DATE_EXAMPLES = 2
UNKNOWN = "unknown"
"""The value of a column that a shop lacks and no mart needs."""


def propose(dataflow: Dataflow, tables: Sequence[TableProfile], costs: Costs, *, is_file: bool) -> tuple[Proposal, ...]:
    """Return the best table for each source, no table twice, in the order of the sources."""
    parents = {name: parent_tables(source, dataflow) for name, source in dataflow.sources.items()}
    fits = [
        (score_table(source, table, matches), name, table, matches)
        for name, source in dataflow.sources.items()
        for table in tables
        for matches in (match_table(source, table, parents[name]),)
    ]
    chosen: dict[str, Proposal] = {}
    names: set[str] = set()
    for score, name, table, matches in sorted(fits, key=lambda fit: -fit[0]):
        if score and name not in chosen and table.place not in names:
            chosen[name] = Proposal(name, table, matches)
            names.add(table.place)
    return tuple(
        _complete(chosen[name], source, dataflow, costs, is_file)
        for name, source in dataflow.sources.items()
        if name in chosen
    )


def shared_tables(dataflow: Dataflow, proposals: Sequence[Proposal], absent: Iterable[str]) -> tuple[SharedTable, ...]:
    """Return the sources without a table of their own whose columns are in one that another source is read from."""
    shared = []
    for name in absent:
        source = dataflow.sources[name]
        for proposal in proposals:
            matches = match_table(source, proposal.table, parent_tables(source, dataflow))
            if len(matches) > 1:
                shared.append(SharedTable(name, proposal.table.place, matches))
                break
    return tuple(shared)


def parent_tables(source: Source, dataflow: Dataflow) -> dict[str, str]:
    """Return the tables of the sources that the columns of a source refer to, by column."""
    return {
        column.name: dataflow.sources[data_test.depends_on[0]].declaration.table
        for column in source.declaration.contract.columns
        for data_test in column.tests
        if data_test.test == "relationships" and data_test.depends_on and data_test.depends_on[0] in dataflow.sources
    }


def _complete(proposal: Proposal, source: Source, dataflow: Dataflow, costs: Costs, is_file: bool) -> Proposal:
    """Return a proposal with what its columns need, and what is missing."""
    table, contract = proposal.table, source.declaration.contract
    columns = {column.name: column for column in (*contract.columns, *contract.unused)}
    settings: dict[str, object] = {}
    decisions: list[str] = []
    problems = list(_key_problems(proposal, source))
    matches = []
    for match in proposal.matches:
        column, profile = columns[match.column], table.column(match.origin)
        evidence = list(match.evidence)
        if column.unit == CENTS:
            _decide_unit(profile, settings, decisions, evidence)
        if profile.kind in ("timestamp", "instant") and not is_file:
            _decide_zone(match, profile, settings, decisions, evidence)
        decisions += _format_decisions(profile)
        decisions += _unknown_values(column, profile, source, dataflow)
        matches.append(replace(match, evidence=tuple(evidence)))
    missing = tuple(
        _missing_column(column, costs.of_column(source.name, column.name))
        for column in contract.columns
        if column.name not in {match.column for match in matches}
    )
    return replace(
        proposal,
        matches=tuple(matches),
        missing=missing,
        settings=settings,
        decisions=tuple(decisions),
        problems=(*problems, *_currency_problems(table)),
    )


def _key_problems(proposal: Proposal, source: Source) -> Iterator[str]:
    for match in proposal.matches:
        if match.column not in source.declaration.grain or len(source.declaration.grain) > 1:
            continue
        profile = proposal.table.column(match.origin)
        if profile.filled and not profile.is_key:
            yield (
                f"{match.origin} is not a key: {profile.distinct:,} different values in {plural('row', profile.rows)}."
                f" {source.name} has one row per {match.column}; to group the rows, {ADAPTER}."
            )


def _decide_unit(
    profile: ColumnProfile, settings: dict[str, object], decisions: list[str], evidence: list[str]
) -> None:
    """Say whether amounts are cents: fractions show that they are not, whole numbers alone show nothing."""
    if profile.kind in ("decimal", "float"):
        settings["amount_unit"] = "dollars"
        evidence.append("has decimals, so whole units of the currency")
    elif "cent" not in profile.name.lower():
        decisions.append(
            f"{profile.name}: whole numbers are read as cents. If they are whole units of the currency, set"
            ' amount_unit = "dollars".'
        )


def _decide_zone(
    match: Match, profile: ColumnProfile, settings: dict[str, object], decisions: list[str], evidence: list[str]
) -> None:
    if profile.kind == "instant":
        settings.setdefault("types", {})[match.origin] = "timestamptz"  # type: ignore[index]
        evidence.append("with a time zone")
    else:
        decisions.append(
            f"{profile.name}: timestamps without a time zone. If they are not the business's own time, set time_zone."
        )


def _format_decisions(profile: ColumnProfile) -> Iterator[str]:
    """Yield what to choose where several formats read every value."""
    if len(profile.date_formats) > 1:
        formats = ", or ".join(f'date_format = "{form}"' for form in profile.date_formats[:DATE_EXAMPLES])
        yield f"{profile.name}: every value can be read in two ways, so nothing decides: set {formats}."
    if len(profile.marks) > 1:
        yield (
            f'{profile.name}: the comma can be a decimal comma or separate thousands: set decimal = "comma" or'
            ' thousands = "comma".'
        )


def _unknown_values(column: Column, profile: ColumnProfile, source: Source, dataflow: Dataflow) -> Iterator[str]:
    """Yield the values of a column that the source's data test does not accept."""
    for data_test in column.tests:
        if data_test.test != "accepted_values":
            continue
        resolved = resolve_accepted_values(data_test, dataflow.inputs)
        accepted = resolved.arguments if isinstance(resolved.arguments, tuple) else ()
        unknown = [f"{value} ({count:,})" for value, count in profile.frequent if value not in accepted]
        if accepted and unknown:
            page = guide_page("docs/how-to/bring-your-own-data.md")
            values = plural("value", len(unknown)) if column.pii else ", ".join(unknown)
            yield (
                f"{profile.name}: {values} {'is' if len(unknown) == 1 else 'are'} not among"
                f" {', '.join(map(str, accepted))}. Say what your values mean: {page}."
            )


def _currency_problems(table: TableProfile) -> Iterator[str]:
    for column in table.columns:
        if "currency" in plain_name(column.name) and column.distinct > 1:
            listing = ", ".join(f"{value} ({count:,})" for value, count in column.frequent[:6])
            yield (
                f"{column.name} has {column.distinct} currencies: {listing}. Amounts are added up, so they must be of"
                f" one: convert them, or keep one with an adapter: {guide_page('docs/how-to/adapters.md')}."
            )


def _missing_column(column: Column, marts: tuple[str, ...]) -> MissingColumn:
    if column.type == "string" and not marts:
        return MissingColumn(column.name, f'no mart needs it, so every row gets "{UNKNOWN}"', marts, UNKNOWN)
    return MissingColumn(column.name, _advice(column), marts)


def _advice(column: Column) -> str:
    if column.type in (ID, "date") or column.unit == CENTS:
        return f"needed; if no column has it, {ADAPTER}"
    return f'if no column has it, {column.name} = {{ value = "..." }} gives every row the same'
