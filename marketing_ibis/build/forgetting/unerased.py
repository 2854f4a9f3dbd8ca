"""Note in the warehouse which tables have deleted rows on the disk, so that a stopped command can be finished."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from secrets import token_hex

from marketing_ibis.build.recorded_relations import RelationRecord, Row
from marketing_ibis.build.reserved_names import UNERASED
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Erasure, Target

RECORD = RelationRecord(UNERASED, ("schema_name", "table_name", "command"), "tables with deleted rows on the disk")


def new_notes(relations: Iterable[Relation]) -> frozenset[Row]:
    """Return the notes of a command that deletes rows of ``relations``.

    They have a token of the command: it removes its own notes, and not that of another one that deletes rows of the
    same table in the meantime.
    """
    token = token_hex(8)
    return frozenset((relation.schema, relation.name, token) for relation in relations)


def note_statements(dialect: Dialect, schema: str, notes: Iterable[Row]) -> tuple[str, ...]:
    """Return the statements that write ``notes``: they belong in the transaction that deletes the rows."""
    return RECORD.insert(dialect, schema, notes)


def read_notes(target: Target, schema: str) -> frozenset[Row]:
    """Return the notes of tables whose deleted rows may still be on the disk, since a command was stopped."""
    return RECORD.read(target, schema)


def erase_noted(target: Target, schema: str, notes: Collection[Row]) -> str:
    """Remove the bytes of deleted rows of the tables of ``notes``, and then these; return what remains to be done."""
    relations = sorted({Relation(*row[:2]) for row in notes})
    if not relations:
        return ""
    removal = RECORD.delete(target.dialect, schema, notes)
    return target.erase_deleted(Erasure(relations, Relation(schema, UNERASED), removal))
