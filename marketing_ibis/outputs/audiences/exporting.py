"""Export an audience: announce the changes in the warehouse, write the files, then record them as published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from marketing_ibis.build.publish import execute_all
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import ConfigurationError, MarketingIbisError, RunFailed, UsageError
from marketing_ibis.outputs.audiences.changes import LIVE, PENDING, PUBLISHED, Entry, ListChanges, compare_lists
from marketing_ibis.outputs.audiences.identifiers import key_mark
from marketing_ibis.outputs.audiences.members import AudienceQuery, Members, read_members
from marketing_ibis.outputs.audiences.published_lists import ExportRecord, PublishedList, first_days
from marketing_ibis.outputs.formats import UNESCAPED, write_file

ACTION = "action"
Values = Mapping[str, str]


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
        execute_all(target, target.dialect.approve(published.create(), "Audiences cannot be recorded"))
        entries = published.entries(target)
        _check_key(export, published.last_export(target, with_key=True))
        earlier = published.last_export(target)
        members = read_members(export.query, export.schema, target, export.key)
        selected_rows, result = _limit(export, members, entries)
        changes = compare_lists(selected_rows, entries)
        _announce(published, target, changes, members.held_out, entries, export)
        _write(export, selected_rows, changes)
        record = ExportRecord(
            len(selected_rows),
            len(members.held_out),
            len(changes.added),
            len(changes.changed),
            len(changes.removed) if export.since_last else 0,
            key_mark(export.key) if export.key else "",
        )
        _confirm(published, target, record, export)
    return replace(result, record=record, earlier=earlier)


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


def _limit(
    export: AudienceExport, members: Members, entries: Iterable[Entry]
) -> tuple[Mapping[str, str], AudienceResult]:
    """Return the rows to export: none of an expired audience, no new customers of one that is too small.

    Raises:
        RunFailed: there is nothing to remove either.
    """
    audience, name = export.query.declared.audience, export.query.declared.name
    result = AudienceResult(ExportRecord(0, 0, 0, 0, 0), None, members.unreachable, export.paths)
    live = {entry.customer for entry in entries if entry.state in LIVE and entry.arm == "treatment"}
    if audience.expires_on and export.as_of > audience.expires_on:
        if not (live and export.since_last):
            raise RunFailed(
                f"The audience {name} expired on {audience.expires}; nothing was written.",
                hint="Set a later day in expires=, or export with --since-last to remove those who are on the list.",
            )
        return {}, replace(result, is_expired=True)
    if len(members.rows) >= audience.min_size:
        return members.rows, result
    if not (live and export.since_last):
        raise RunFailed(
            f"The audience {name} has {len(members.rows):,} customers, and min_size= is {audience.min_size:,}; nothing"
            " was written.",
            hint="Wait until it has grown, or lower min_size=.",
        )
    remaining = {customer: row for customer, row in members.rows.items() if customer in live}
    return remaining, replace(result, is_too_small=True)


def _announce(
    published: PublishedList,
    target: Target,
    changes: ListChanges,
    held_out: Iterable[str],
    entries: Sequence[Entry],
    export: AudienceExport,
) -> None:
    days = first_days(entries)
    existing_holdout = {entry.customer for entry in entries if entry.arm == "holdout"}
    new = {**changes.added, **changes.changed}
    rows = [
        Entry(customer, "treatment", days.get(customer, export.as_of), PENDING, row) for customer, row in new.items()
    ]
    rows += [
        Entry(customer, "holdout", days.get(customer, export.as_of), PUBLISHED, "")
        for customer in sorted(set(held_out) - existing_holdout)
    ]
    leaving = [*changes.removed, *new] if export.since_last else []
    statements = target.dialect.approve(published.announce(leaving, rows, list(new)), "Audiences cannot be recorded")
    _in_transaction(target, statements)


def _in_transaction(target: Target, statements: Sequence[str]) -> None:
    def work() -> None:
        with target.transaction():
            execute_all(target, statements)

    try:
        work()
    except RunFailed as error:
        # An engine quotes the values of a statement that fails, and these are personal data.
        reason = "the connection was lost" if error.is_temporary else "the engine refused a statement"
        raise RunFailed(
            f"The published list could not be recorded: {reason}.",
            hint="Nothing was lost: export again with --since-last.",
            is_temporary=error.is_temporary,
        ) from None


def _confirm(published: PublishedList, target: Target, record: ExportRecord, export: AudienceExport) -> None:
    statements = published.confirm(record, datetime.now(UTC), has_removals=export.since_last)
    try:
        _in_transaction(target, target.dialect.approve(statements, "Audiences cannot be recorded"))
    except MarketingIbisError as error:
        names = " and ".join(map(str, export.paths))
        raise RunFailed(
            f"{names} is complete, but could not be recorded as published: {error.message}",
            hint="Upload it or not: the next export with --since-last repeats its changes.",
            is_temporary=error.is_temporary,
        ) from error


def _write(export: AudienceExport, selected_rows: Mapping[str, str], changes: ListChanges) -> None:
    query = export.query
    key = query.declared.audience.key if query.form.has_key else ""

    def values(customer: str, row: str, action: str = "") -> Values:
        return {**({ACTION: action} if action else {}), **({key: customer} if key else {}), **json.loads(row)}

    new = {**changes.added, **changes.changed}
    if not export.since_last:
        write_rows(export.path, query.columns, [values(customer, row) for customer, row in selected_rows.items()])
    elif key:
        removed = [values(customer, rows[-1], "removed") for customer, rows in changes.removed.items()]
        current = [values(c, row, "changed" if c in changes.changed else "added") for c, row in new.items()]
        write_rows(export.path, (ACTION, *query.columns), removed + current)
    else:
        remove, add = export.paths
        old = [*changes.removed.items(), *changes.replaced.items()]
        # Removals first: if the command is stopped in between, at least these can be uploaded.
        write_rows(remove, query.columns, [values(customer, row) for customer, rows in old for row in rows])
        write_rows(add, query.columns, [values(customer, row) for customer, row in new.items()])


def write_rows(path: Path, columns: Sequence[str], rows: Sequence[Values]) -> None:
    """Write rows with ``columns``, and with others that rows of an earlier declaration have."""
    import pyarrow as pa

    names = dict.fromkeys((*columns, *(name for row in rows for name in row)))
    schema = pa.schema([pa.field(name, pa.string(), metadata=_marks(name)) for name in names])
    arrays = [pa.array([row.get(name) or None for row in rows], pa.string()) for name in names]
    write_file(path, schema, [pa.record_batch(arrays, schema=schema)])


def _marks(name: str) -> dict[str, str] | None:
    """Return the mark of a column whose values are digits after a plus, which no spreadsheet takes for a formula."""
    return UNESCAPED if "phone" in name.lower() else None
