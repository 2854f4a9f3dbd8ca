"""Record relations in small tables of the models' schema, such as which masked views there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marketing_ibis.build.table_columns import is_own_table
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target

Row = tuple[str, ...]
"""The name of a relation, with its schema or with whose it is, and what else is recorded of it."""
TYPE = "VARCHAR(256)"
"""Wide enough for the name of a relation, or of a role with its kind."""


@dataclass(frozen=True, slots=True)
class RelationRecord:
    """A table with a set of rows, each of which names a relation.

    Rows are inserted and deleted one by one, since another step of the same transaction may record others.
    ``contents`` says in the plural what is recorded.
    """

    table: str
    columns: tuple[str, ...]
    contents: str

    def read(self, target: Target, schema: str) -> frozenset[Row]:
        """Return the rows of the table in ``schema``; none where it does not exist.

        Raises:
            UsageError: something else has its name.
        """
        table = Relation(schema, self.table)
        if not is_own_table(target, table, self.columns, f"The {self.contents} are recorded"):
            return frozenset()
        (select,) = self._approve(
            target.dialect, f"SELECT {self._names(target.dialect)} FROM {self._place(target.dialect, schema)}"
        )
        return frozenset(tuple(map(str, row)) for row in target.query(select))

    def insert(self, dialect: Dialect, schema: str, rows: Iterable[Row]) -> tuple[str, ...]:
        """Return the statements that add ``rows``, and the table where it is missing."""
        values = ", ".join(f"({', '.join(map(dialect.literal, row))})" for row in sorted(rows))
        if not values:
            return ()
        types = ", ".join(f"{dialect.identifier(name)} {TYPE}" for name in self.columns)
        place = self._place(dialect, schema)
        return self._approve(
            dialect,
            f"CREATE TABLE IF NOT EXISTS {place} ({types})",
            f"INSERT INTO {place} ({self._names(dialect)}) VALUES {values}",
        )

    def delete(self, dialect: Dialect, schema: str, rows: Iterable[Row]) -> tuple[str, ...]:
        """Return the statement that deletes ``rows`` from the existing table; none for no rows."""
        conditions = [
            " AND ".join(
                f"{dialect.identifier(name)} = {dialect.literal(value)}"
                for name, value in zip(self.columns, row, strict=True)
            )
            for row in sorted(rows)
        ]
        if not conditions:
            return ()
        matches = " OR ".join(f"({condition})" for condition in conditions)
        return self._approve(dialect, f"DELETE FROM {self._place(dialect, schema)} WHERE {matches}")

    def _approve(self, dialect: Dialect, *statements: str) -> tuple[str, ...]:
        return dialect.approve(statements, f"The {self.contents} cannot be recorded")

    def _place(self, dialect: Dialect, schema: str) -> str:
        return dialect.relation(Relation(schema, self.table))

    def _names(self, dialect: Dialect) -> str:
        return ", ".join(map(dialect.identifier, self.columns))


def role_exists(target: Target, role: str) -> bool:
    """Return whether a user, `group NAME` or `role NAME` exists."""
    select = target.dialect.find_reader(role)
    return bool(target.query(*target.dialect.approve((select,), "Roles cannot be found")))
