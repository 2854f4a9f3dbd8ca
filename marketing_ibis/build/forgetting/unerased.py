"""Note in the warehouse which tables have deleted rows on the disk, so that a stopped command can be finished."""

from __future__ import annotations

from collections.abc import Iterable

from marketing_ibis.build.reserved_names import UNERASED
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target

COLUMNS = ("schema_name", "table_name")
PURPOSE = "The deletion cannot be noted"


def note_statements(dialect: Dialect, schema: str, relations: Iterable[Relation]) -> tuple[str, ...]:
    """Return the statements that note ``relations``: they belong in the transaction that deletes their rows."""
    rows = [", ".join(map(dialect.literal, (relation.schema, relation.name))) for relation in relations]
    if not rows:
        return ()
    place, columns = dialect.relation(Relation(schema, UNERASED)), ", ".join(map(dialect.identifier, COLUMNS))
    types = ", ".join(f"{dialect.identifier(name)} VARCHAR(128)" for name in COLUMNS)
    values = ", ".join(f"({row})" for row in rows)
    statements = (
        f"CREATE TABLE IF NOT EXISTS {place} ({types})",
        f"INSERT INTO {place} ({columns}) VALUES {values}",
    )
    return dialect.approve(statements, PURPOSE)


def unerased_tables(target: Target, schema: str) -> tuple[Relation, ...]:
    """Return the tables whose deleted rows may still be on the disk, since a command was stopped."""
    if UNERASED not in target.relations(schema):
        return ()
    dialect = target.dialect
    columns = ", ".join(map(dialect.identifier, COLUMNS))
    select = f"SELECT DISTINCT {columns} FROM {dialect.relation(Relation(schema, UNERASED))} ORDER BY {columns}"
    (approved,) = dialect.approve((select,), PURPOSE)
    return tuple(Relation(str(schema_name), str(table)) for schema_name, table in target.query(approved))
