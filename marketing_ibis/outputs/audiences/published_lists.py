"""Keep the lists that were published of each audience in tables of the models' schema.

An export that is interrupted must not lose a removal. So the entries that a file is about to contain are recorded as
pending before it is written, and those that it removes as being removed; only when the file is complete are they
recorded as published and removed. Until then the next export counts both as possibly at the destination.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from marketing_ibis.build.reserved_names import AUDIENCE_EXPORTS, AUDIENCE_MEMBERS
from marketing_ibis.build.table_columns import is_own_table
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.outputs.audiences.changes import (
    ADDED,
    CHANGED,
    LEFT,
    LIVE,
    PENDING,
    PUBLISHED,
    REMOVED,
    REMOVING,
    REPLACED,
    UNCHANGED,
)
from marketing_ibis.outputs.audiences.people import HELD_OUT, LISTED_PEOPLE, ON_LIST, PEOPLE, UNKNOWN

MEMBER_COLUMNS = {
    "audience": "string",
    "customer": "string",
    "arm": "string",
    "entered_on": "date",
    "state": "string",
    "contact": "string",
    "digest": "string",
    "action": "string",
}
LATER_COLUMNS = ("digest", "action")
"""Columns that tables of earlier releases do not have."""
EXPORT_COLUMNS = {
    "audience": "string",
    "exported_at": "timestamp",
    "members": "int64",
    "held_out": "int64",
    "added": "int64",
    "changed": "int64",
    "removed": "int64",
    "key_mark": "string",
}
LIVE_ENTRY = f"arm = 'treatment' AND state IN ({', '.join(repr(state) for state in LIVE)})"
"""The condition that an entry may be at the destination."""
ORDER = "ORDER BY LENGTH(entries.customer), entries.customer"
"""Numbers in order, and the same rows always in the same one."""


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """The size of a list that was exported, and the mark of the key that chose its hold-out."""

    members: int
    held_out: int
    added: int
    changed: int
    removed: int
    key_mark: str = ""


@dataclass(frozen=True, slots=True)
class PublishedList:
    """The entries of one audience in the warehouse."""

    audience: str
    schema: str
    dialect: Dialect

    @property
    def members(self) -> Relation:
        """The table of entries."""
        return Relation(self.schema, AUDIENCE_MEMBERS)

    @property
    def exports(self) -> Relation:
        """The table of exports."""
        return Relation(self.schema, AUDIENCE_EXPORTS)

    def last_export(self, target: Target, *, with_key: bool = False) -> ExportRecord | None:
        """Return the newest export, or the newest ``with_key`` that had a hold-out.

        Raises:
            UsageError: something else has the name of the table.
        """
        if not is_own_table(target, self.exports, EXPORT_COLUMNS, "Exports of audiences are recorded"):
            return None
        names = ", ".join(map(self.dialect.identifier, list(EXPORT_COLUMNS)[2:]))
        condition = f"{self.is_ours} AND key_mark <> ''" if with_key else self.is_ours
        table = self.dialect.relation(self.exports)
        rows = target.query(f"SELECT {names} FROM {table} WHERE {condition} ORDER BY exported_at DESC LIMIT 1")
        return ExportRecord(*rows[0]) if rows else None  # type: ignore[arg-type]

    def create(self) -> tuple[str, ...]:
        """Return the statements that create the tables where they are missing."""
        return tuple(
            f"CREATE TABLE IF NOT EXISTS {self.dialect.relation(table)} ("
            + ", ".join(
                f"{self.dialect.identifier(name)} {self.dialect.column_type(kind)}" for name, kind in columns.items()
            )
            + ")"
            for table, columns in ((self.members, MEMBER_COLUMNS), (self.exports, EXPORT_COLUMNS))
        )

    def add_missing_columns(self, target: Target) -> tuple[str, ...]:
        """Return the statements that add what a table of an earlier release, and each row that it wrote, does not have.

        Raises:
            UsageError: something else has the name of the table.
        """
        needed = [name for name in MEMBER_COLUMNS if name not in LATER_COLUMNS]
        if not is_own_table(target, self.members, needed, "Published audiences are recorded"):
            return ()
        columns, table, kind = target.columns(self.members), self.dialect.relation(self.members), "string"
        missing = [name for name in LATER_COLUMNS if name not in columns]
        statements = [f"ALTER TABLE {table} ADD COLUMN {name} {self.dialect.column_type(kind)}" for name in missing]
        # In any case: an earlier command may have been stopped between the two, or an earlier release have added rows.
        return (*statements, *(f"UPDATE {table} SET {name} = '' WHERE {name} IS NULL" for name in LATER_COLUMNS))

    def begin(self) -> str:
        """Return the statement that clears what an export that was interrupted was doing."""
        return f"UPDATE {self._table} SET action = '' WHERE {self.is_ours} AND action <> ''"

    def replace_kept(self, arm: str) -> str:
        """Return the statement that deletes the earlier entries of customers of an arm who are kept."""
        customers = self._customers_with(UNCHANGED, arm=arm)
        return (
            f"DELETE FROM {self._table} WHERE {self.is_ours} AND arm = '{arm}' AND state = '{PUBLISHED}'"
            f" AND action = '' AND customer IN ({customers})"
        )

    def _delete_new(self) -> str:
        """Return the statement that deletes added customers of whom nothing can be at the destination."""
        earlier = f"SELECT customer FROM {self._table} WHERE {self.is_ours} AND {LIVE_ENTRY} AND action = ''"
        new = (
            f"SELECT entries.customer FROM {self._table} AS entries LEFT JOIN ({earlier}) AS earlier"
            f" ON earlier.customer = entries.customer WHERE entries.{self.is_ours} AND entries.arm = 'treatment'"
            f" AND entries.action = '{ADDED}' AND earlier.customer IS NULL"
        )
        return (
            f"DELETE FROM {self._table} WHERE {self.is_ours} AND arm = 'treatment' AND action = '{ADDED}'"
            f" AND customer IN ({new})"
        )

    def withdraw(self) -> str:
        """Return the statement that deletes the entries of an export that writes no file."""
        return f"DELETE FROM {self._table} WHERE {self.is_ours} AND action IN ('{ADDED}', '{CHANGED}')"

    def announce(self, *, has_removals: bool, is_empty: bool, is_too_small: bool) -> tuple[str, ...]:
        """Return the statements that record what a file is about to contain, besides new entries.

        Removed entries of customers who are added are dropped: the new ones have their first day. With removals, all
        live entries of customers who are written again or are no longer listed are about to be removed: all of them if
        the list ``is_empty``. If it ``is_too_small``, new customers are not added.
        """
        delete = (self._delete_new(),) if is_too_small else ()
        added = self._customers_with(ADDED, CHANGED)
        drop = f"DELETE FROM {self._table} WHERE {self.is_ours} AND state = '{REMOVED}' AND customer IN ({added})"
        # Of customers who are no longer held out, or have withdrawn their consent, only the arm is kept.
        here = f"SELECT customer FROM {PEOPLE} WHERE status IN ('{HELD_OUT}', '{UNKNOWN}')"
        absent = (
            f"SELECT entries.customer FROM {self._table} AS entries LEFT JOIN ({here}) AS people"
            f" ON people.customer = entries.customer WHERE entries.{self.is_ours} AND entries.arm = 'holdout'"
            " AND entries.digest <> '' AND people.customer IS NULL"
        )
        forget = (
            f"UPDATE {self._table} SET digest = '' WHERE {self.is_ours} AND arm = 'holdout' AND digest <> ''"
            f" AND customer IN ({absent})"
        )
        if not has_removals:
            return *delete, drop, forget
        selected = (
            f"SELECT customer FROM {PEOPLE} WHERE status = '{ON_LIST}' UNION ALL"
            f" {self._customers_with(ADDED, CHANGED, UNCHANGED)}"
        )
        leaving = (
            f"SELECT entries.customer FROM {self._table} AS entries LEFT JOIN ({selected}) AS selected"
            f" ON selected.customer = entries.customer WHERE entries.{self.is_ours}"
            f" AND entries.arm = 'treatment' AND selected.customer IS NULL"
        )
        return (
            *delete,
            drop,
            forget,
            f"{self._remove(REPLACED)} AND customer IN ({added})",
            self._remove(LEFT) + ("" if is_empty else f" AND customer IN ({leaving})"),
        )

    def _remove(self, action: str) -> str:
        return (
            f"UPDATE {self._table} SET state = '{REMOVING}', action = '{action}' WHERE {self.is_ours} AND {LIVE_ENTRY}"
            " AND action = ''"
        )

    def confirm(self, record: ExportRecord, exported_at: datetime, *, has_removals: bool) -> tuple[str, ...]:
        """Return the statements that record that a file is complete, with removals or without."""
        table = self.dialect.relation(self.members)
        literal = self.dialect.literal
        moment = exported_at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
        numbers = (record.members, record.held_out, record.added, record.changed, record.removed)
        names = ", ".join(map(self.dialect.identifier, EXPORT_COLUMNS))
        insertion = (
            f"INSERT INTO {self.dialect.relation(self.exports)} ({names}) VALUES\n({literal(self.audience)},"
            f" CAST({literal(moment)} AS TIMESTAMP), {', '.join(map(str, numbers))}, {literal(record.key_mark)})"
        )
        removal = (
            f"UPDATE {table} SET state = '{REMOVED}', contact = '', digest = '', action = '' WHERE {self.is_ours}"
            f" AND state = '{REMOVING}'"
        )
        return (
            *((removal,) if has_removals else ()),
            f"UPDATE {table} SET state = '{PUBLISHED}', action = '' WHERE {self.is_ours} AND state = '{PENDING}'",
            self.begin(),
            insertion,
        )

    def count_removed(self) -> str:
        """Return the SELECT of the number of customers who are being removed."""
        return f"SELECT COUNT(DISTINCT customer) FROM {self._table} WHERE {self.is_ours} AND action = '{LEFT}'"

    def has_live(self) -> str:
        """Return the SELECT of a row if anything of the audience may be at its destination."""
        return f"SELECT 1 FROM {self._table} WHERE {self.is_ours} AND {LIVE_ENTRY} LIMIT 1"

    def select_new(self) -> str:
        """Return the SELECT of the rows that are added to the list or changed, in order of the customers."""
        return f"{self._rows} AND entries.action IN ('{ADDED}', '{CHANGED}') {ORDER}"

    def select_removed(self) -> str:
        """Return the SELECT of the rows of customers who left; of one with several the latest comes first."""
        return f"{self._rows} AND entries.action = '{LEFT}' {ORDER}, entries.entered_on DESC, entries.contact"

    def select_outdated(self) -> str:
        """Return the SELECT of the rows that must not stay at the destination, without those that are added again."""
        new = (
            f"SELECT customer, contact FROM {self._table} WHERE {self.is_ours} AND arm = 'treatment'"
            f" AND action IN ('{ADDED}', '{CHANGED}') AND customer IN ({self._customers_with(REPLACED)})"
        )
        return (
            f"SELECT entries.customer, entries.contact, entries.action FROM {self._table} AS entries"
            f" LEFT JOIN ({new}) AS added ON added.customer = entries.customer AND added.contact = entries.contact"
            f" WHERE entries.{self.is_ours} AND entries.action IN ('{LEFT}', '{REPLACED}') AND added.customer IS NULL"
            f" {ORDER}, entries.contact"
        )

    def select_all(self) -> str:
        """Return the SELECT of the rows of everyone who is listed."""
        return (
            f"{self._rows} AND (entries.action IN ('{ADDED}', '{CHANGED}', '{UNCHANGED}')"
            f" OR (entries.action = '' AND entries.state = '{PUBLISHED}'"
            f" AND entries.customer IN (SELECT customer FROM {LISTED_PEOPLE}))) {ORDER}"
        )

    @property
    def is_ours(self) -> str:
        """The condition that an entry or export is of this audience."""
        return f"audience = {self.dialect.literal(self.audience)}"

    @property
    def _table(self) -> str:
        return self.dialect.relation(self.members)

    @property
    def _rows(self) -> str:
        return (
            f"SELECT entries.customer, entries.contact, entries.action FROM {self._table} AS entries"
            f" WHERE entries.{self.is_ours} AND entries.arm = 'treatment'"
        )

    def _customers_with(self, *actions: str, arm: str = "treatment") -> str:
        names = ", ".join(f"'{action}'" for action in actions)
        return f"SELECT customer FROM {self._table} WHERE {self.is_ours} AND arm = '{arm}' AND action IN ({names})"
