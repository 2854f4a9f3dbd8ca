"""Note in the warehouse which tables have deleted rows on the disk, so that a stopped command can be finished."""

from __future__ import annotations

from collections.abc import Iterable

from marketing_ibis.build.recorded_relations import RelationRecord
from marketing_ibis.build.reserved_names import UNERASED
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.erasing import NOTE_COLUMNS
from marketing_ibis.engines.target import Target

RECORD = RelationRecord(UNERASED, NOTE_COLUMNS, "tables with deleted rows on the disk")


def note_statements(dialect: Dialect, schema: str, relations: Iterable[Relation]) -> tuple[str, ...]:
    """Return the statements that note ``relations``: they belong in the transaction that deletes their rows."""
    return RECORD.insert(dialect, schema, ((relation.schema, relation.name) for relation in relations))


def unerased_tables(target: Target, schema: str) -> tuple[Relation, ...]:
    """Return the tables whose deleted rows may still be on the disk, since a command was stopped."""
    return tuple(Relation(*row) for row in sorted(RECORD.read(target, schema)))
