"""Say in expressions what a snapshot reads and writes: the rows of the source, their faults, and what has changed.

They read three tables by name: ``ROWS``, the rows of the source as they were read once; ``CHANGES``, one row per key
that has changed; and the snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from marketing_ibis.build.snapshots.definition import SnapshotDefinition
from marketing_ibis.model.snapshots import IS_DELETED, VALID_FROM, VALID_TO

ROWS, SNAPSHOT, CHANGES = "snapshot_rows", "snapshot_table", "snapshot_changes"
"""What expressions call the tables."""
CHANGE = "snapshot_change"
"""The column of ``CHANGES`` that says what has happened to a row."""
NEW, CHANGED, DELETED = "new", "changed", "deleted"
MOST_SAMPLES = 3
OLD = "old_"


def source_rows(definition: SnapshotDefinition) -> ir.Table:
    """Return every row of the source."""
    return ibis.table(definition.source.schema, name=definition.source.name)


def empty_snapshot(definition: SnapshotDefinition) -> ir.Table:
    """Return a snapshot without rows."""
    rows = _rows(definition)
    meta = {VALID_FROM: _null_date(), VALID_TO: _null_date(), IS_DELETED: ibis.literal(False)}
    return rows.mutate(**meta).filter(ibis.literal(False)).select(*definition.schema)


def key_faults(definition: SnapshotDefinition, as_of: date) -> ir.Table:
    """Return one row of counts: rows without a key, without updated_at, and with one after ``as_of``."""
    rows = _rows(definition)
    missing = _any(rows[name].isnull() for name in definition.keys)
    if not definition.updated_at:
        nothing = ibis.literal(0, "int64")
        return rows.agg(without_key=_count(missing)).mutate(without_time=nothing, later=nothing)
    moment = rows[definition.updated_at]
    later = moment.cast("date") > ibis.literal(as_of)
    return rows.agg(without_key=_count(missing), without_time=_count(moment.isnull()), later=_count(later))


def repeated_keys(definition: SnapshotDefinition) -> ir.Table:
    """Return the keys that the source has more than once, each with its rows."""
    rows = _rows(definition)
    counts = rows.group_by(list(definition.keys)).agg(key_rows=rows.count())
    return counts.filter(counts.key_rows > 1)


def first_repeated_keys(definition: SnapshotDefinition) -> ir.Table:
    """Return the first few of ``repeated_keys``."""
    keys = repeated_keys(definition)
    return keys.order_by(list(definition.keys)).limit(MOST_SAMPLES)


def count_repeated_keys(definition: SnapshotDefinition) -> ir.Table:
    """Return one row: how many keys the source has more than once."""
    keys = repeated_keys(definition)
    return keys.agg(repeated=keys.count())


def newest_days(definition: SnapshotDefinition) -> ir.Table:
    """Return one row: the newest valid_from of the snapshot, and the newest valid_to of rows that are not current."""
    versions = _snapshot(definition)
    ended = (~_is_current(definition, versions)).ifelse(versions[VALID_TO], _null_date())
    return versions.agg(valid_from=versions[VALID_FROM].max(), valid_to=ended.max())


def first_day(definition: SnapshotDefinition) -> ir.Table:
    """Return one row: the first day of the snapshot."""
    versions = _snapshot(definition)
    return versions.agg(first_day=versions[VALID_FROM].min())


def changes(definition: SnapshotDefinition, as_of: date) -> ir.Table:
    """Return a row per key that differs from its current version: its new version, and what has happened to it.

    valid_from is the day on which the new version begins, and the one before it ends.
    """
    arrived = _arrived(definition, as_of)
    if definition.hard_deletes == "ignore":
        return arrived
    return ibis.union(arrived, _deleted(definition, as_of))


def change_counts(definition: SnapshotDefinition) -> ir.Table:
    """Return how many keys have changed in which way."""
    rows = ibis.table(changes_schema(definition), name=CHANGES)
    return rows.group_by(CHANGE).agg(keys=rows.count())


def repeated_current_keys(definition: SnapshotDefinition) -> ir.Table:
    """Return one row: how many keys have more than one current version."""
    versions = _snapshot(definition)
    current = versions.filter(_is_current(definition, versions))
    counts = current.group_by(list(definition.keys)).agg(key_rows=current.count())
    repeated = counts.filter(counts.key_rows > 1)
    return repeated.agg(repeated=repeated.count())


def count_overlaps(definition: SnapshotDefinition) -> ir.Table:
    """Return one row: how many versions begin before the one before them has ended."""
    versions = _snapshot(definition)
    window = ibis.window(group_by=[versions[name] for name in definition.keys], order_by=versions[VALID_FROM])
    pairs = versions.select(
        begin=versions[VALID_FROM],
        previous=versions[VALID_TO].lag().over(window),
        position=ibis.row_number().over(window),
    )
    overlaps = pairs.filter((pairs.position > 0) & (pairs.previous.isnull() | (pairs.previous > pairs.begin)))
    return overlaps.agg(overlaps=overlaps.count())


def new_versions(definition: SnapshotDefinition) -> ir.Table:
    """Return the versions that the changes add to the snapshot."""
    rows = ibis.table(changes_schema(definition), name=CHANGES)
    if definition.hard_deletes != "new_record":
        rows = rows.filter(rows[CHANGE] != DELETED)
    current = _null_date() if definition.current_until is None else ibis.literal(definition.current_until)
    return rows.mutate(**{VALID_TO: current}).select(*definition.schema)


def versions_of(definition: SnapshotDefinition, as_of: date) -> ir.Table:
    """Return the rows of the source as they were at the end of ``as_of``, from its snapshot."""
    versions, day = _snapshot(definition), ibis.literal(as_of)
    is_valid = (versions[VALID_FROM] <= day) & (versions[VALID_TO].isnull() | (versions[VALID_TO] > day))
    return versions.filter(is_valid & ~versions[IS_DELETED]).select(*definition.columns)


def changes_schema(definition: SnapshotDefinition) -> ibis.Schema:
    """Return the columns of ``changes``."""
    columns = {name: dtype for name, dtype in definition.schema.items() if name != VALID_TO}
    return ibis.schema({**columns, CHANGE: "string"})


def _arrived(definition: SnapshotDefinition, as_of: date) -> ir.Table:
    """Return the rows of the source that are new or have changed."""
    rows, versions = _rows(definition), _snapshot(definition)
    current = versions.filter(_is_current(definition, versions))
    before = current.select(**{f"{OLD}{name}": current[name] for name in (*definition.schema,)})
    pairs = rows.left_join(before, [rows[name] == before[f"{OLD}{name}"] for name in definition.keys])
    if definition.updated_at:
        recorded = versions.select(**{f"recorded_{name}": versions[name] for name in definition.keys}).distinct()
        keys = [pairs[name] == recorded[f"recorded_{name}"] for name in definition.keys]
        pairs = pairs.left_join(recorded, keys)
    is_new = pairs[f"{OLD}{VALID_FROM}"].isnull()
    touched = pairs.filter(is_new | pairs[f"{OLD}{IS_DELETED}"] | _differs(definition, pairs))
    return touched.select(
        *definition.columns,
        **{
            VALID_FROM: _begin(definition, touched, as_of),
            IS_DELETED: ibis.literal(False),
            CHANGE: touched[f"{OLD}{VALID_FROM}"].isnull().ifelse(NEW, CHANGED),
        },
    )


def _deleted(definition: SnapshotDefinition, as_of: date) -> ir.Table:
    """Return the current versions of the rows that the source does not have any more."""
    rows, versions = _rows(definition), _snapshot(definition)
    current = versions.filter(_is_current(definition, versions) & ~versions[IS_DELETED])
    gone = current.anti_join(rows, [current[name] == rows[name] for name in definition.keys])
    meta = {VALID_FROM: ibis.literal(as_of), IS_DELETED: ibis.literal(True), CHANGE: ibis.literal(DELETED)}
    return gone.select(*definition.columns, **meta)


def _differs(definition: SnapshotDefinition, pairs: ir.Table) -> ir.BooleanValue:
    if definition.updated_at:
        before = pairs[f"{OLD}{definition.updated_at}"]
        return before.isnull() | (pairs[definition.updated_at] > before)
    if not definition.compared:
        return ibis.literal(False)
    return _any(~pairs[name].identical_to(pairs[f"{OLD}{name}"]) for name in definition.compared)


def _begin(definition: SnapshotDefinition, pairs: ir.Table, as_of: date) -> ir.DateValue:
    """Return the day on which the new version begins.

    A row that was missing in the source begins again at ``as_of``, whenever it was updated: the days in which it was
    missing stay as they were recorded.
    """
    today = ibis.literal(as_of)
    if not definition.updated_at:
        return today
    updated = pairs[definition.updated_at].cast("date")
    before, first_key = pairs[f"{OLD}{VALID_FROM}"], pairs[f"recorded_{definition.keys[0]}"]
    return ibis.cases(
        (first_key.isnull(), updated),
        (before.isnull() | pairs[f"{OLD}{IS_DELETED}"], today),
        (updated < before, before),
        else_=updated,
    )


def _rows(definition: SnapshotDefinition) -> ir.Table:
    return ibis.table(definition.source.schema, name=ROWS)


def _snapshot(definition: SnapshotDefinition) -> ir.Table:
    return ibis.table(definition.schema, name=SNAPSHOT)


def _is_current(definition: SnapshotDefinition, versions: ir.Table) -> ir.BooleanValue:
    is_open = versions[VALID_TO].isnull()
    return is_open if definition.current_until is None else is_open | (versions[VALID_TO] == definition.current_until)


def _null_date() -> ir.DateValue:
    return ibis.null("date")


def _count(condition: ir.BooleanValue) -> ir.IntegerValue:
    return condition.ifelse(1, 0).sum().fill_null(0)


def _any(conditions: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(or_, conditions)
