"""Record who was granted the published tables, so that a command with other settings can take the rights back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

from marketing_ibis.build.recorded_relations import RelationRecord, Row, role_exists
from marketing_ibis.build.reserved_names import HISTORY, READER_RIGHTS, STATE
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.metadata import PUBLIC
from marketing_ibis.engines.target import Target

RIGHTS = RelationRecord(READER_RIGHTS, ("schema_name", "table_name", "role_name"), "rights of readers")


def reader_statements(
    target: Target,
    schema: str,
    readers: Sequence[str],
    *,
    new: Iterable[Relation] = (),
    old: Iterable[Relation] = (),
) -> tuple[str, ...]:
    """Return the statements after which ``readers`` can read what is published in ``schema``, and no earlier reader.

    The statements of the command create the ``new`` relations and grant them. The ``old`` ones, and all others that are
    recorded, still have the rights of earlier settings. They belong behind the statements that publish, in their
    transaction; there are none on an engine without users.
    """
    dialect = target.dialect
    if not dialect.find_reader(PUBLIC):
        return ()
    recorded = RIGHTS.read(target, schema)
    if not recorded and not readers:
        return ()
    new_names, existing = {relation.name for relation in new}, target.relations(schema)
    names = {*new_names, *(relation.name for relation in old), *(row[1] for row in recorded if row[1] in existing)}
    rows = {(schema, name, reader) for name in names for reader in readers}
    # A role is the same however the settings write it.
    roles = {dialect.find_reader(reader) for reader in readers}
    withdrawn = {row for row in recorded if dialect.find_reader(row[2]) not in roles}
    dropped = {row for row in recorded if row[1] not in names}
    missing = sorted(row for row in rows - recorded if row[1] not in new_names)
    # Every build grants the tables of its numbers and states, which are not recorded.
    own_tables = {(schema, name, row[2]) for row in withdrawn for name in (HISTORY, STATE) if name in existing}
    rights = (
        *(statement for row in missing for statement in dialect.grant(Relation(*row[:2]), row[2:])),
        *_revocations(target, withdrawn - dropped | own_tables),
    )
    return (
        *dialect.approve(rights, "The rights of readers cannot be changed"),
        *RIGHTS.delete(dialect, schema, withdrawn | dropped),
        *RIGHTS.insert(dialect, schema, rows - recorded),
    )


def _revocations(target: Target, rows: Set[Row]) -> Iterator[str]:
    """Yield the statements that revoke the rights of roles that still exist."""
    existing_roles = {role for role in {row[2] for row in rows} if role_exists(target, role)}
    for schema, name, role in sorted(rows):
        if role in existing_roles:
            yield from target.dialect.revoke(Relation(schema, name), (role,))
