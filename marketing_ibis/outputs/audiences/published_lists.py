"""Keep the lists that were published of each audience in tables of the models' schema.

An export that is interrupted must not lose a removal. So the entries that a file is about to contain are recorded as
pending before it is written, and those that it removes as being removed; only when the file is complete are they
recorded as published and removed. Until then the next export counts both as possibly at the destination.
"""

from __future__ import annotations

from collections.abc import Iterable
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
from marketing_ibis.outputs.audiences.people import HELD_OUT, LISTED_PEOPLE, ON_LIST, PEOPLE
from marketing_ibis.outputs.audiences.shared_identifiers import Contacts

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
OUTDATED = f"entries.action IN ('{LEFT}', '{REPLACED}')"
"""The condition of entries whose rows are removed."""
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

    def announce(
        self, *, kept_arms: Iterable[str], has_removals: bool, is_empty: bool, is_too_small: bool
    ) -> tuple[str, ...]:
        """Return the statements that record what a file is about to contain, besides new entries.

        New entries of customers who are kept, of the arms ``kept_arms``, replace those of before. Removed entries of
        customers who are added are dropped: the new ones have their first day. With removals, all live entries of
        customers who are written again or are no longer listed are about to be removed: all of them if the list
        ``is_empty``. If it ``is_too_small``, no customer is added, and one who may or may not be at the destination is
        removed.
        """
        added = self._customers_with(ADDED, CHANGED)
        statements = (
            *map(self._replace_kept, sorted(kept_arms)),
            *((self._delete(f"arm = 'treatment' AND action = '{ADDED}'"),) if is_too_small else ()),
            self._delete(f"state = '{REMOVED}' AND customer IN ({added})"),
            self._forget_holdout(),
        )
        if not has_removals:
            return statements
        selected = (
            f"SELECT customer FROM {PEOPLE} WHERE status = '{ON_LIST}' UNION ALL"
            f" {self._customers_with(ADDED, CHANGED, UNCHANGED)}"
        )
        leaving = (
            f"SELECT entries.customer FROM {self._table} AS entries LEFT JOIN ({selected}) AS selected"
            f" ON selected.customer = entries.customer WHERE entries.{self.is_ours}"
            f" AND entries.arm = 'treatment' AND selected.customer IS NULL"
        )
        # Replaced entries keep their state, so that after an interruption a customer is changed again and not added.
        replaced = f"UPDATE {self._table} SET action = '{REPLACED}' WHERE {self._earlier} AND customer IN ({added})"
        left = f"UPDATE {self._table} SET state = '{REMOVING}', action = '{LEFT}' WHERE {self._earlier}"
        return (*statements, replaced, left + ("" if is_empty else f" AND customer IN ({leaving})"))

    def _replace_kept(self, arm: str) -> str:
        customers = self._customers_with(UNCHANGED, arm=arm)
        return self._delete(f"arm = '{arm}' AND state = '{PUBLISHED}' AND action = '' AND customer IN ({customers})")

    def _forget_holdout(self) -> str:
        """Return the statement that keeps only the arm of customers who are no longer held out, or do not agree."""
        absent = (
            f"SELECT entries.customer FROM {self._table} AS entries LEFT JOIN (SELECT customer FROM {PEOPLE}"
            f" WHERE status = '{HELD_OUT}') AS people ON people.customer = entries.customer"
            f" WHERE entries.{self.is_ours} AND entries.arm = 'holdout' AND entries.action = ''"
            " AND entries.digest <> '' AND people.customer IS NULL"
        )
        return (
            f"UPDATE {self._table} SET digest = '' WHERE {self.is_ours} AND arm = 'holdout' AND action = ''"
            f" AND digest <> '' AND customer IN ({absent})"
        )

    def _delete(self, condition: str) -> str:
        return f"DELETE FROM {self._table} WHERE {self.is_ours} AND {condition}"

    @property
    def _earlier(self) -> str:
        """The condition of live entries of earlier exports."""
        return f"{self.is_ours} AND {LIVE_ENTRY} AND action = ''"

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
            f" AND (state = '{REMOVING}' OR action = '{REPLACED}')"
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
        """Return the SELECT of the rows that must not stay at the destination."""
        return f"{self._rows} AND {OUTDATED} {ORDER}, entries.contact"

    @property
    def contacts(self) -> Contacts:
        """The contacts that are removed from the destination, and those that stay."""
        contacts = f"SELECT contact FROM {self._table} AS entries WHERE {self.is_ours} AND {LIVE_ENTRY}"
        return Contacts(removed=f"{contacts} AND {OUTDATED}", staying=f"{contacts} AND NOT {OUTDATED}")

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
