"""Export an audience: announce the changes in the warehouse, write the files, then record them as published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

from marketing_ibis.build.publish import execute_all
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import ConfigurationError, MarketingIbisError, RunFailed, UsageError
from marketing_ibis.outputs.audiences.candidates import CandidateRules, Tally, entries_of, page_schema
from marketing_ibis.outputs.audiences.changes import ADDED, CHANGED, UNCHANGED
from marketing_ibis.outputs.audiences.hidden_values import hide_values
from marketing_ibis.outputs.audiences.identifiers import key_mark
from marketing_ibis.outputs.audiences.list_files import ACTION, header_names, read_rows, write_rows
from marketing_ibis.outputs.audiences.members import AudienceQuery, check_built, select_people
from marketing_ibis.outputs.audiences.people import (
    COUNT_DUPLICATES,
    COUNT_PEOPLE,
    DROP_PEOPLE,
    HELD_OUT,
    KEEP_LISTED,
    ON_LIST,
    UNKNOWN,
    UNREACHABLE,
    Comparison,
    page_ranges,
)
from marketing_ibis.outputs.audiences.published_lists import LIVE_ENTRY, ExportRecord, PublishedList

Counts = Mapping[str, tuple[int, int]]
"""Customers of each status, and how many of them have entries that may be at the destination."""


@dataclass(frozen=True, slots=True)
class AudienceExport:
    """What is exported: the audience, ``since_last`` only changes, to ``path``, as of a day."""

    query: AudienceQuery
    path: Path
    since_last: bool
    as_of: date
    schema: str
    key: bytes = b""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files: of changes in the form of a system there is one to remove and one to add."""
        if not self.since_last or self.query.form.has_key:
            return (self.path,)
        return tuple(self.path.with_stem(f"{self.path.stem}-{action}") for action in ("remove", "add"))


@dataclass(frozen=True, slots=True)
class AudienceResult:
    """What was exported, and the list before; ``is_too_small`` and ``is_expired`` say why no customer was added."""

    record: ExportRecord
    earlier: ExportRecord | None
    unreachable: int
    paths: tuple[Path, ...]
    is_too_small: bool = False
    is_expired: bool = False


def export_audience(export: AudienceExport, target: Target) -> AudienceResult:
    """Write an audience to files and record it as published.

    Raises:
        UsageError: a file exists, or cannot be written; nothing is recorded as published.
        ConfigurationError: the key of the hold-out is another than before.
        SourceError: the model or its contacts have not been built.
        RunFailed: the list is too small and was never published, or a statement failed.
    """
    _check_files(export)
    published = PublishedList(export.query.declared.name, export.schema, target.dialect)
    with target.exclusive(export.schema):
        execute_all(target, _approved(target, published.create()))
        execute_all(target, _approved(target, published.add_missing_columns(target)))
        _check_key(export, published.last_export(target, with_key=True))
        earlier = published.last_export(target)
        check_built(export.query, export.schema, target)
        counts = _compare(export, published, target)
        with target.transaction():
            result = _record(export, published, target, counts)
        execute_all(target, _approved(target, (DROP_PEOPLE,) if export.since_last else KEEP_LISTED))
        _write(export, published, target)
        _confirm(published, target, result.record, export)
    return replace(result, earlier=earlier)


def _approved(target: Target, statements: Sequence[str]) -> tuple[str, ...]:
    return target.dialect.approve(statements, "Audiences cannot be recorded")


def _check_files(export: AudienceExport) -> None:
    """Refuse to replace a file of changes: its removals are in no later file."""
    for path in export.paths:
        if export.since_last and path.exists():
            raise UsageError(
                f"{path} exists, and its changes may not have been uploaded yet.",
                hint="Choose another name with --to, or delete the file after its upload.",
            )


def _check_key(export: AudienceExport, last: ExportRecord | None) -> None:
    if export.key and last is not None and last.key_mark != key_mark(export.key):
        raise ConfigurationError(
            f"The key is not the one with which the hold-out of {export.query.declared.name} was chosen, so customers"
            " would change sides.",
            hint="Set the earlier key in the environment variable again.",
        )


def _comparison(export: AudienceExport, published: PublishedList, target: Target) -> Comparison:
    query, dialect = export.query, target.dialect
    entries = f"{dialect.relation(published.members)} WHERE {published.is_ours}"
    people = select_people(query, export.schema, target, export.key)
    return Comparison(people, entries, LIVE_ENTRY, query.identifiers, query.finding, dialect)


def _compare(export: AudienceExport, published: PublishedList, target: Target) -> Counts:
    """Compare the customers of the audience with its list, and return how many have which status."""
    comparison = _comparison(export, published, target)
    purpose = "The audience cannot be read"
    for has_duplicates in (False, True):
        statements = target.dialect.approve(comparison.create(has_duplicates=has_duplicates), purpose)
        with hide_values(export.query.tables):
            execute_all(target, statements)
        ((duplicates,),) = target.query(COUNT_DUPLICATES)
        if not duplicates:
            break
    return {str(status): (int(str(count)), int(str(live or 0))) for status, count, live in target.query(COUNT_PEOPLE)}


def _record(export: AudienceExport, published: PublishedList, target: Target, counts: Counts) -> AudienceResult:
    """Record in the warehouse what the files are about to contain.

    Raises:
        RunFailed: the list is too small or has expired, and there is nothing to remove either.
    """
    audience = export.query.declared.audience
    execute_all(target, _approved(target, (published.begin(),)))
    can_remove = export.since_last and bool(target.query(published.has_live()))
    is_expired = audience.expires_on is not None and export.as_of > audience.expires_on
    if is_expired and not can_remove:
        raise RunFailed(
            f"The audience {export.query.declared.name} expired on {audience.expires}; nothing was written.",
            hint="Set a later day in expires=, or export with --since-last to remove those who are on the list.",
        )
    tally = Tally() if is_expired else _append_entries(export, published, target, counts)
    members = (
        0 if is_expired else _status(counts, ON_LIST) + sum(tally.actions[each] for each in (ADDED, CHANGED, UNCHANGED))
    )
    is_too_small = not is_expired and members < audience.min_size
    if is_too_small and not can_remove:
        raise RunFailed(
            f"The audience {export.query.declared.name} has {members:,} customers, and min_size= is"
            f" {audience.min_size:,}; nothing was written.",
            hint="Wait until it has grown, or lower min_size=.",
        )
    statements = published.announce(
        kept_arms=tally.kept_arms, has_removals=export.since_last, is_empty=is_expired, is_too_small=is_too_small
    )
    execute_all(target, _approved(target, statements))
    removed = target.query(published.count_removed())[0][0] if export.since_last else 0
    added = tally.actions[ADDED]
    record = ExportRecord(
        members - added if is_too_small else members,
        _status(counts, HELD_OUT) + tally.held_out,
        0 if is_too_small else added,
        tally.actions[CHANGED],
        int(str(removed)),
        key_mark(export.key) if export.key else "",
    )
    unreachable = _status(counts, UNREACHABLE) + tally.unreachable
    return AudienceResult(record, None, unreachable, export.paths, is_too_small, is_expired)


def _status(counts: Counts, status: str) -> int:
    return counts.get(status, (0, 0))[0]


def _append_entries(export: AudienceExport, published: PublishedList, target: Target, counts: Counts) -> Tally:
    """Read the customers who are not known as they are, a page at a time, and add their entries."""
    comparison = _comparison(export, published, target)
    rules, tally = CandidateRules(export.query, export.key, export.as_of), Tally()
    schema = page_schema(export.query.identifiers)
    unknown, live = counts.get(UNKNOWN, (0, 0))
    for first, end in page_ranges(unknown):
        select = comparison.select_page(first, end, with_rows=live > 0)
        target.dialect.approve((select,), "The audience cannot be read")
        # All of them at once: a connection ends a query when it begins the next.
        for page in list(target.batches(select, schema)):
            entries = entries_of(page, rules, tally)
            if entries.num_rows:
                with hide_values(str(published.members), hint="Nothing was exported."):
                    target.append_rows(published.members, entries)
    return tally


def _confirm(published: PublishedList, target: Target, record: ExportRecord, export: AudienceExport) -> None:
    statements = published.confirm(record, datetime.now(UTC), has_removals=export.since_last)
    try:
        with target.transaction():
            execute_all(target, _approved(target, statements))
    except MarketingIbisError as error:
        names = " and ".join(map(str, export.paths))
        raise RunFailed(
            f"{names} is complete, but could not be recorded as published: {error.message}",
            hint="Upload it or not: the next export with --since-last repeats its changes.",
            is_temporary=error.is_temporary,
        ) from error


def _write(export: AudienceExport, published: PublishedList, target: Target) -> None:
    columns = export.query.columns
    key = export.query.declared.audience.key if export.query.form.has_key else ""
    if not export.since_last:
        write_rows(export.path, columns, read_rows(target, published.select_all(), key))
    elif key:
        removed, new = published.select_removed(), published.select_new()
        names = dict.fromkeys((ACTION, *columns, *header_names(target, removed)))
        rows = (read_rows(target, select, key, has_action=True) for select in (removed, new))
        write_rows(export.path, tuple(names), chain.from_iterable(rows))
    else:
        remove, add = export.paths
        outdated = published.select_outdated()
        headers = header_names(target, outdated)
        shared = published.contacts.shared_identifiers(target, headers)
        # Removals first: if the command is stopped in between, at least these can be uploaded.
        write_rows(remove, tuple(dict.fromkeys((*columns, *headers))), read_rows(target, outdated, key, shared=shared))
        write_rows(add, columns, read_rows(target, published.select_new(), key))
