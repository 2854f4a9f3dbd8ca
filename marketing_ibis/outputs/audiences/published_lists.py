"""Keep the lists that were published of each audience in tables of the models' schema.

An export that is interrupted must not lose a removal. So the entries that a file is about to contain are recorded as
pending before it is written, and those that it removes as being removed; only when the file is complete are they
recorded as published and removed. Until then the next export counts both as possibly at the destination.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from marketing_ibis.build.reserved_names import AUDIENCE_EXPORTS, AUDIENCE_MEMBERS
from marketing_ibis.build.table_columns import is_own_table
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.outputs.audiences.changes import PENDING, PUBLISHED, REMOVED, REMOVING, Entry

MEMBER_COLUMNS = {
    "audience": "string",
    "customer": "string",
    "arm": "string",
    "entered_on": "date",
    "state": "string",
    "contact": "string",
}
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
ROWS_PER_STATEMENT = 500
T = TypeVar("T")


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

    def entries(self, target: Target) -> tuple[Entry, ...]:
        """Return all entries, none where there is no table yet.

        Raises:
            UsageError: something else has the name of the table.
        """
        if not is_own_table(target, self.members, MEMBER_COLUMNS, "Published audiences are recorded"):
            return ()
        names = ", ".join(map(self.dialect.identifier, list(MEMBER_COLUMNS)[1:]))
        table = self.dialect.relation(self.members)
        rows = target.query(f"SELECT {names} FROM {table} WHERE {self._is_ours} ORDER BY 1, 4, 5")
        return tuple(Entry(str(c), arm, day, str(state), str(row)) for c, arm, day, state, row in rows)  # type: ignore[arg-type]

    def last_export(self, target: Target, *, with_key: bool = False) -> ExportRecord | None:
        """Return the newest export, or the newest ``with_key`` that had a hold-out.

        Raises:
            UsageError: something else has the name of the table.
        """
        if not is_own_table(target, self.exports, EXPORT_COLUMNS, "Exports of audiences are recorded"):
            return None
        names = ", ".join(map(self.dialect.identifier, list(EXPORT_COLUMNS)[2:]))
        condition = f"{self._is_ours} AND key_mark <> ''" if with_key else self._is_ours
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

    def announce(self, leaving: Sequence[str], entries: Sequence[Entry], touched: Sequence[str]) -> tuple[str, ...]:
        """Return the statements that record what a file is about to contain.

        All live entries of the customers ``leaving`` are about to be removed. Removed entries of customers ``touched``
        are dropped: the new ``entries`` have their first day.
        """
        table = self.dialect.relation(self.members)
        live = f"arm = 'treatment' AND state IN ('{PENDING}', '{PUBLISHED}')"
        return (
            *(
                f"DELETE FROM {table} WHERE {self._is_ours} AND state = '{REMOVED}' AND customer IN ({names})"
                for names in self._batches_of_names(touched)
            ),
            *(
                f"UPDATE {table} SET state = '{REMOVING}' WHERE {self._is_ours} AND {live} AND customer IN ({names})"
                for names in self._batches_of_names(leaving)
            ),
            *self._insert(entries),
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
        removal = f"UPDATE {table} SET state = '{REMOVED}', contact = '' WHERE {self._is_ours} AND state = '{REMOVING}'"
        return (
            *((removal,) if has_removals else ()),
            f"UPDATE {table} SET state = '{PUBLISHED}' WHERE {self._is_ours} AND state = '{PENDING}'",
            insertion,
        )

    @property
    def _is_ours(self) -> str:
        return f"audience = {self.dialect.literal(self.audience)}"

    def _batches_of_names(self, customers: Sequence[str]) -> Iterator[str]:
        for batch in _batches(sorted(customers)):
            yield ", ".join(map(self.dialect.literal, batch))

    def _insert(self, entries: Sequence[Entry]) -> Iterator[str]:
        literal = self.dialect.literal
        names = ", ".join(map(self.dialect.identifier, MEMBER_COLUMNS))
        for batch in _batches(entries):
            rows = ",\n".join(
                f"({literal(self.audience)}, {literal(entry.customer)}, {literal(entry.arm)},"
                f" CAST({literal(entry.entered_on.isoformat())} AS DATE), {literal(entry.state)}, {literal(entry.row)})"
                for entry in batch
            )
            yield f"INSERT INTO {self.dialect.relation(self.members)} ({names}) VALUES\n{rows}"


def first_days(entries: Iterable[Entry]) -> Mapping[str, date]:
    """Return the day on which each customer was first on the list or held out of it."""
    days: dict[str, date] = {}
    for entry in entries:
        days[entry.customer] = min(entry.entered_on, days.get(entry.customer, entry.entered_on))
    return days


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), ROWS_PER_STATEMENT):
        yield items[start : start + ROWS_PER_STATEMENT]
