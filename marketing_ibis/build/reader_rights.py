"""Record who was granted the published tables, so that a command with other settings can take the rights back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass

from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.recorded_relations import RelationRecord, Row, role_exists
from marketing_ibis.build.reserved_names import HISTORY, READER_RIGHTS, STATE
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.metadata import PUBLIC
from marketing_ibis.engines.target import Target

# The table is about its own schema, whatever that is called after a rename.
RIGHTS = RelationRecord(READER_RIGHTS, ("project_name", "table_name", "role_name"), "rights of readers")


@dataclass(frozen=True, slots=True)
class ReaderChanges:
    """Which readers the settings add to those on record, and which they remove, as the settings write them."""

    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost)


@dataclass(frozen=True, slots=True)
class _Record:
    """The rights on record: ``own_rights`` of this project, ``other_rights`` of others in the same schema."""

    target: Target
    schemas: Schemas
    own_rights: frozenset[Row]
    other_rights: frozenset[Row]

    def role(self, row: Row) -> str:
        """Return what finds the role of a row: it is the same however the settings write it."""
        return self.target.dialect.find_reader(row[2])

    def withdrawn(self) -> frozenset[Row]:
        """Return the rows whose roles the settings no longer name."""
        roles = {self.target.dialect.find_reader(reader) for reader in self.schemas.readers}
        return frozenset(row for row in self.own_rights if self.role(row) not in roles)

    def unseen(self, rows: Iterable[Row]) -> frozenset[Row]:
        """Return those ``rows`` whose role may still have its rights, though the user of the session cannot see it."""
        hidden = {row for row in rows if self.target.dialect.hides_reader(row[2])}
        roles = {role for role in {row[2] for row in hidden} if not role_exists(self.target, role)}
        return frozenset(row for row in hidden if row[2] in roles)

    def with_own_tables(self, rows: Set[Row], existing: Collection[str]) -> frozenset[Row]:
        """Return ``rows`` and the numbers and states of builds, which are not recorded, but granted by every build.

        Without what another project of the schema grants the same role.
        """
        shared_roles = {self.role(row) for row in self.other_rights}
        shared = {(row[1], self.role(row)) for row in self.other_rights}
        roles = {row[2] for row in rows if self.role(row) not in shared_roles}
        own_tables = {(self.schemas.project, name, role) for role in roles for name in _own_tables(existing)}
        return frozenset({row for row in rows if (row[1], self.role(row)) not in shared} | own_tables)


def reader_statements(
    target: Target, schemas: Schemas, *, new: Iterable[Relation] = (), old: Iterable[Relation] = ()
) -> tuple[str, ...]:
    """Return the statements after which the readers of ``schemas`` can read what is published, and no earlier reader.

    The statements of the command create the ``new`` relations and grant them. The ``old`` ones, and all others that
    this project recorded, still have the rights of earlier settings. They are granted each time: a role may have been
    dropped and created again. They belong behind the statements that publish, in their transaction; there are none on
    an engine without users.
    """
    record = _read(target, schemas)
    if record is None or not (record.own_rights or schemas.readers):
        return ()
    dialect, schema, own_rights = target.dialect, schemas.models, record.own_rights
    new_names, existing = {relation.name for relation in new}, target.relations(schema)
    names = {*new_names, *(relation.name for relation in old), *(row[1] for row in own_rights if row[1] in existing)}
    rows = {(schemas.project, name, reader) for name in names for reader in schemas.readers}
    withdrawn, dropped = record.withdrawn(), {row for row in own_rights if row[1] not in names}
    unseen = record.unseen(withdrawn)
    revoked = record.with_own_tables(withdrawn - unseen, existing)
    rights = (
        *dialect.grant_all([Relation(schema, name) for name in sorted(names - new_names)], schemas.readers),
        *_revocations(target, schema, [row for row in revoked if row not in dropped]),
    )
    return (
        *dialect.approve(rights, "The rights of readers cannot be changed"),
        *RIGHTS.delete(dialect, schema, (withdrawn | dropped) - unseen),
        *RIGHTS.insert(dialect, schema, rows - own_rights),
    )


def find_changes(target: Target, schemas: Schemas, published: Iterable[str]) -> ReaderChanges:
    """Return how the readers of ``schemas`` differ from those on record, of what is ``published`` too."""
    record = _read(target, schemas)
    if record is None or not (record.own_rights or schemas.readers):
        return ReaderChanges()
    existing = target.relations(schemas.models)
    names = {name for name in (*published, *(row[1] for row in record.own_rights)) if name in existing}
    granted = {(row[1], record.role(row)) for row in record.own_rights}
    withdrawn = record.withdrawn()
    lost = sorted({row[2] for row in withdrawn - record.unseen(withdrawn)})
    roles = {reader: target.dialect.find_reader(reader) for reader in schemas.readers}
    gained = [reader for reader, role in roles.items() if any((name, role) not in granted for name in names)]
    return ReaderChanges(tuple(gained), tuple(lost))


def update_statements(target: Target, schemas: Schemas, published: Collection[str]) -> tuple[str, ...]:
    """Return the statements that give readers what is ``published``, and the numbers and states of builds."""
    tables = [Relation(schemas.models, name) for name in _own_tables(target.relations(schemas.models))]
    old = [Relation(schemas.models, name) for name in published]
    return (*target.dialect.grant_all(tables, schemas.readers), *reader_statements(target, schemas, old=old))


def unseen_reader_warning(target: Target, schemas: Schemas) -> str:
    """Return one line about roles that were removed, but that the user of the session cannot see; "" for none."""
    record = _read(target, schemas) if target.dialect.hides_reader("role any") else None
    unseen = record.unseen(record.withdrawn()) if record else frozenset()
    if not record or not unseen:
        return ""
    dialect, schema, existing = target.dialect, schemas.models, target.relations(schemas.models)
    rows = [row for row in record.with_own_tables(unseen, existing) if row[1] in existing]
    roles = sorted({row[2] for row in unseen})
    revocations = "; ".join(_revocations(target, schema, rows, are_visible=False))
    return (
        f"{', '.join(roles)}: not named by grants any more, but not visible to the user of this session, so SELECT was"
        f" not revoked. Have an administrator execute: {revocations}. Then delete the rows of these roles from"
        f" {dialect.relation(Relation(schema, READER_RIGHTS))}."
    )


def _read(target: Target, schemas: Schemas) -> _Record | None:
    """Return the rights on record; None on an engine without users."""
    if not target.dialect.find_reader(PUBLIC):
        return None
    rows = RIGHTS.read(target, schemas.models)
    own_rights = frozenset(row for row in rows if row[0] == schemas.project)
    return _Record(target, schemas, own_rights, rows - own_rights)


def _own_tables(existing: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in (HISTORY, STATE) if name in existing)


def _revocations(target: Target, schema: str, rows: Iterable[Row], *, are_visible: bool = True) -> Iterator[str]:
    """Yield the statements that revoke the rights of roles, of those that exist if they ``are_visible``."""
    names_by_role: dict[str, list[str]] = {}
    for _, name, role in sorted(rows):
        names_by_role.setdefault(role, []).append(name)
    for role, names in names_by_role.items():
        if not are_visible or role_exists(target, role):
            yield from target.dialect.revoke_all([Relation(schema, name) for name in names], (role,))
