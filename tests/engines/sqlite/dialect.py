"""SQLite's SQL, as Ibis writes it, with the types of a table's columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ibis.backends.sql.compilers.sqlite import SQLiteCompiler
from ibis.backends.sql.datatypes import SQLiteType

from marketing_ibis.engines.dialect import NO_WIDTHS, Dialect, Relation
from marketing_ibis.model import Model


@dataclass(frozen=True, slots=True)
class SQLiteDialect(Dialect):
    """SQLite, whose CREATE TABLE AS would lose the types of columns."""

    def create_table(
        self,
        relation: Relation,
        select: str,
        model: Model | None = None,
        text_widths: Mapping[str, int | str] = NO_WIDTHS,
    ) -> tuple[str, ...]:
        """Make the table with its types, then fill it."""
        if model is None:
            return Dialect.create_table(self, relation, select)
        columns = ", ".join(
            f"{self.identifier(name)} {self.column_type(dtype)}" for name, dtype in model.schema.items()
        )
        place = self.relation(relation)
        return (f"CREATE TABLE {place} ({columns})", f"INSERT INTO {place}\n{select}")


def sqlite_dialect() -> SQLiteDialect:
    """Return SQLite's dialect."""
    return SQLiteDialect(
        name="sqlite", load_compiler=SQLiteCompiler, parse_type=SQLiteType.from_string, byte_length="LENGTH"
    )
