"""Refuse what a snapshot cannot record: rows without a key, keys that repeat, a day in the past, a table of others."""

from __future__ import annotations

from datetime import date

from marketing_ibis.build.snapshots import expressions
from marketing_ibis.build.snapshots.statements import SnapshotWriter
from marketing_ibis.build.table_columns import compare_columns, foreign_reason
from marketing_ibis.engines.target import RelationKind, Target
from marketing_ibis.errors import RunFailed, SourceError
from marketing_ibis.model.snapshots import META_COLUMNS
from marketing_ibis.plurals import plural

UNCHANGED = "The snapshots are unchanged."


def check_rows(writer: SnapshotWriter, target: Target, as_of: date) -> None:
    """Stop at rows of the source that have no key, no updated_at or a later one, and at keys that repeat.

    Raises:
        SourceError: naming the source, the columns and how many rows are affected.
    """
    definition, source = writer.definition, writer.source
    faults = writer.resolve(expressions.key_faults(definition, as_of))
    ((without_key, without_time, later),) = target.query(faults)
    keys = ", ".join(definition.keys)
    if without_key:
        raise SourceError(
            f"{plural('row', _number(without_key))} of {source} have NULL in {keys}, the key of its snapshot."
            f" {UNCHANGED}",
            hint="Load rows with keys, or choose another unique_key= in Snapshot(...).",
        )
    ((repeated,),) = target.query(writer.select(expressions.count_repeated_keys))
    if repeated:
        raise SourceError(
            f"{plural('value', _number(repeated))} of {keys}, the key of the snapshot of {source}, occur in more than"
            f" one row{_samples(writer, target)}. {UNCHANGED}",
            hint="Remove the duplicates, or choose another unique_key= in Snapshot(...).",
        )
    updated_at = definition.updated_at
    if without_time:
        raise SourceError(
            f"{plural('row', _number(without_time))} of {source} have NULL in {updated_at}, which says when a row has"
            f" changed. {UNCHANGED}",
            hint='Fill the column, or declare strategy="check" in Snapshot(...).',
        )
    if later:
        raise SourceError(
            f"{plural('row', _number(later))} of {source} have a day after {as_of} in {updated_at}, so they are not in"
            f" their state as of {as_of}. {UNCHANGED}",
            hint="Pass a later day with --as-of, or correct the rows.",
        )


def missing_columns(writer: SnapshotWriter, target: Target, kind: RelationKind) -> tuple[str, ...]:
    """Return the columns of the source that the existing snapshot does not have.

    Raises:
        SourceError: the table is not a snapshot, or a column has another type than in the source.
    """
    definition, table = writer.definition, writer.table
    comparison = compare_columns(target, table, definition.schema)
    existing = [name for name in definition.schema if name not in comparison.missing]
    if reason := foreign_reason(kind, existing, META_COLUMNS):
        raise SourceError(
            f"{table} is not a snapshot of {definition.source.name}: {reason}.",
            hint=f"Rename it, or import the snapshots of dbt: snapshot {definition.source.name} --import TABLE.",
        )
    if comparison.differences:
        raise SourceError(
            f"The snapshot {table} has other types than {definition.source.name}: {'; '.join(comparison.differences)}.",
            hint="Change the type of the column in the snapshot, or rename the table to begin a new history.",
        )
    return comparison.missing


def check_clock(writer: SnapshotWriter, target: Target, as_of: date) -> None:
    """Stop where the snapshot has already been recorded as of a later day.

    Raises:
        RunFailed: naming both days.
    """
    ((valid_from, valid_to),) = target.query(writer.select(expressions.newest_days))
    days = [day for day in (valid_from, valid_to) if isinstance(day, date) and day > as_of]
    if days:
        raise RunFailed(
            f"The snapshot {writer.table} has changes of {max(days)}, which is later than {as_of}: its rows as of"
            f" {as_of} are history. {UNCHANGED}",
            hint=f"Pass --as-of {max(days)} or a later day.",
        )


def check_current(writer: SnapshotWriter, target: Target) -> None:
    """Stop where a key would have several current versions: another program has written to the table.

    Raises:
        RunFailed: naming the table.
    """
    ((repeated,),) = target.query(writer.select(expressions.repeated_current_keys))
    if repeated:
        raise RunFailed(
            f"{plural('key', _number(repeated))} of the snapshot {writer.table} have more than one current version."
            f" {UNCHANGED}",
            hint="Set valid_to of all but the newest version of each key, then run again.",
        )


def _samples(writer: SnapshotWriter, target: Target) -> str:
    """Return the first keys that repeat, unless they are personal data."""
    definition = writer.definition
    personal = {c.name for c in definition.source.declaration.contract.columns if c.pii}
    if personal & set(definition.keys):
        return ""
    rows = target.query(writer.select(expressions.first_repeated_keys))
    return ": " + ", ".join(" ".join(map(str, row[:-1])) for row in rows)


def _number(value: object) -> int:
    return int(str(value))
