"""Write the statements that bring a snapshot to the state of its source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from marketing_ibis.build.snapshots import expressions
from marketing_ibis.build.snapshots.definition import SnapshotDefinition
from marketing_ibis.build.table_columns import add_columns
from marketing_ibis.engines.dialect import NO_WIDTHS, Dialect, Relation
from marketing_ibis.model.snapshots import VALID_FROM, VALID_TO


@dataclass(frozen=True, slots=True)
class SnapshotWriter:
    """The statements of one snapshot, of which each reads what the ones before it have written.

    ``table`` is the snapshot; ``source`` is where its rows come from.
    """

    definition: SnapshotDefinition
    dialect: Dialect
    source: Relation
    table: Relation
    readers: tuple[str, ...] = ()

    @property
    def rows(self) -> Relation:
        """The table of the source's rows as they were read once."""
        return self.table.candidate

    @property
    def changes(self) -> Relation:
        """The table of the keys that have changed."""
        return changes_relation(self.table)

    def read_source(self) -> tuple[str, ...]:
        """Read every row of the source into a table."""
        return self._create(self.rows, expressions.source_rows(self.definition))

    def create(self, text_widths: Mapping[str, int] = NO_WIDTHS) -> tuple[str, ...]:
        """Create the snapshot without rows."""
        return self.create_from(self.select(expressions.empty_snapshot), text_widths)

    def create_from(self, select: str, text_widths: Mapping[str, int] = NO_WIDTHS) -> tuple[str, ...]:
        """Create the snapshot with the rows of ``select``."""
        model = self.definition.model
        return self.dialect.approve(
            (
                *self.dialect.create_table(self.table, select, model, text_widths),
                *self.dialect.describe(self.table, model),
                *self.dialect.grant(self.table, self.readers),
            ),
            f"The snapshot {self.table} cannot be created",
        )

    def add_columns(self, names: Iterable[str], text_widths: Mapping[str, int] = NO_WIDTHS) -> tuple[str, ...]:
        """Add columns of the source that the snapshot does not have."""
        additions = add_columns(self.dialect, self.table, self.definition.model, names, text_widths)
        return self.dialect.approve(tuple(additions.values()), f"Columns cannot be added to {self.table}")

    def compare(self, as_of: date) -> tuple[str, ...]:
        """Find the keys that have changed."""
        return self._create(self.changes, expressions.changes(self.definition, as_of))

    def apply(self) -> tuple[str, ...]:
        """End the versions of the keys that have changed, and add their new versions.

        A version that began on the very day is replaced: it was never the state at the end of a day.
        """
        dialect, definition = self.dialect, self.definition
        table, changes = dialect.relation(self.table), dialect.relation(self.changes)
        current, begins = self._current_versions(table, changes), dialect.identifier(VALID_FROM)
        ends, columns = dialect.identifier(VALID_TO), ", ".join(map(dialect.identifier, definition.schema))
        return dialect.approve(
            (
                f"DELETE FROM {table} USING {changes}\nWHERE {current}\n  AND {table}.{begins} >= {changes}.{begins}",
                f"UPDATE {table} SET {ends} = {changes}.{begins}\nFROM {changes}\nWHERE {current}",
                f"INSERT INTO {table} ({columns})\n{self.select(expressions.new_versions)}",
            ),
            f"The snapshot {self.table} cannot be written",
        )

    def drop(self, existing: Collection[str]) -> tuple[str, ...]:
        """Drop the tables besides the snapshot that are among the ``existing`` ones."""
        return tuple(
            f"DROP TABLE {self.dialect.relation(relation)}"
            for relation in (self.changes, self.rows)
            if relation.name in existing
        )

    def select(self, write: Callable[[SnapshotDefinition], ir.Table]) -> str:
        """Return the SELECT of one of the expressions of a snapshot."""
        return self.resolve(write(self.definition))

    def resolve(self, expression: ir.Table) -> str:
        """Return the SELECT of an expression over the tables of the snapshot."""
        relations = {
            self.definition.source.name: self.source,
            expressions.ROWS: self.rows,
            expressions.SNAPSHOT: self.table,
            expressions.CHANGES: self.changes,
        }
        select = self.dialect.resolve(self.dialect.select(expression), relations)
        return self.dialect.approve((select,), f"The snapshot {self.table} cannot be read")[0]

    def _create(self, relation: Relation, expression: ir.Table) -> tuple[str, ...]:
        statements = self.dialect.create_table(relation, self.resolve(expression))
        return self.dialect.approve(statements, f"The snapshot {self.table} cannot be written")

    def _current_versions(self, table: str, changes: str) -> str:
        """Return the condition of the current version of each key in ``changes``."""
        dialect, until = self.dialect, self.definition.current_until
        keys = [
            f"{table}.{dialect.identifier(name)} = {changes}.{dialect.identifier(name)}"
            for name in self.definition.keys
        ]
        ends = f"{table}.{dialect.identifier(VALID_TO)}"
        is_current = f"{ends} IS NULL"
        if until is not None:
            is_current = f"({is_current} OR {ends} = CAST({dialect.literal(until.isoformat())} AS DATE))"
        return "\n  AND ".join((*keys, is_current))


def changes_relation(table: Relation) -> Relation:
    """Return the table of the keys that have changed since the snapshot ``table`` was written."""
    return Relation(table.schema, f"{table.name}_changes").candidate
