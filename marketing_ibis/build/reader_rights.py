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
class ReaderRights:
    """The rights on record: ``own_rights`` of this project, ``other_rights`` of others in the same schema.

    ``existing`` are the relations of the schema. ``withdrawn`` are own rights of roles that the settings no longer
    name; ``unseen`` are those of them whose role may still have its rights, though the user of the session cannot see
    it.
    """

    target: Target
    schemas: Schemas
    existing: Collection[str]
    own_rights: frozenset[Row]
    other_rights: frozenset[Row]
    withdrawn: frozenset[Row]
    unseen: frozenset[Row]

    def role(self, row: Row) -> str:
        """Return what finds the role of a row: it is the same however the settings write it."""
        return self.target.dialect.find_reader(row[2])

    def with_own_tables(self, rows: Set[Row]) -> frozenset[Row]:
        """Return ``rows`` and the numbers and states of builds, which are not recorded, but granted by every build.

        Without what another project of the schema grants the same role.
        """
        shared_roles = {self.role(row) for row in self.other_rights}
        shared = {(row[1], self.role(row)) for row in self.other_rights}
        roles = {row[2] for row in rows if self.role(row) not in shared_roles}
        own_tables = {(self.schemas.project, name, role) for role in roles for name in _own_tables(self.existing)}
        return frozenset({row for row in rows if (row[1], self.role(row)) not in shared} | own_tables)

    def changes(self, published: Iterable[str]) -> ReaderChanges:
        """Return how the readers of the settings differ from those on record, of what is ``published`` too."""
        dialect = self.target.dialect
        names = {name for name in (*published, *(row[1] for row in self.own_rights)) if name in self.existing}
        granted = {(row[1], self.role(row)) for row in self.own_rights}
        lost = sorted({row[2] for row in self.withdrawn - self.unseen})
        roles = {reader: dialect.find_reader(reader) for reader in self.schemas.readers}
        gained = [reader for reader, role in roles.items() if any((name, role) not in granted for name in names)]
        return ReaderChanges(tuple(gained), tuple(lost))

    def statements(self, new: Iterable[Relation] = (), old: Iterable[Relation] = ()) -> tuple[str, ...]:
        """Return what ``reader_statements`` does."""
        dialect, schema, readers = self.target.dialect, self.schemas.models, self.schemas.readers
        new_names = {relation.name for relation in new}
        recorded = {row[1] for row in self.own_rights if row[1] in self.existing}
        names = {*new_names, *(relation.name for relation in old), *recorded}
        rows = {(self.schemas.project, name, reader) for name in names for reader in readers}
        dropped = {row for row in self.own_rights if row[1] not in names}
        revoked = self.with_own_tables(self.withdrawn - self.unseen)
        rights = (
            *dialect.grant_all([Relation(schema, name) for name in sorted(names - new_names)], readers),
            *_revocations(self.target, schema, [row for row in revoked if row not in dropped]),
        )
        return (
            *dialect.approve(rights, "The rights of readers cannot be changed"),
            *RIGHTS.delete(dialect, schema, (self.withdrawn | dropped) - self.unseen),
            *RIGHTS.insert(dialect, schema, rows - self.own_rights),
        )

    def update_statements(self, published: Iterable[str]) -> tuple[str, ...]:
        """Return the statements that give readers what is ``published``, and the numbers and states of builds."""
        schema = self.schemas.models
        tables = [Relation(schema, name) for name in _own_tables(self.existing)]
        old = [Relation(schema, name) for name in published]
        return (*self.target.dialect.grant_all(tables, self.schemas.readers), *self.statements(old=old))

    def unseen_warning(self) -> str:
        """Return one line about roles that were removed, but that the user of the session cannot see; "" for none."""
        if not self.unseen:
            return ""
        dialect, schema = self.target.dialect, self.schemas.models
        rows = [row for row in self.with_own_tables(self.unseen) if row[1] in self.existing]
        roles = sorted({row[2] for row in self.unseen})
        revocations = "; ".join(_revocations(self.target, schema, rows, are_visible=False))
        return (
            f"{', '.join(roles)}: not named by grants any more, but not visible to the user of this session, so SELECT"
            f" was not revoked. Have an administrator execute: {revocations}. Then delete the rows of these roles from"
            f" {dialect.relation(Relation(schema, READER_RIGHTS))}."
        )


def read_rights(target: Target, schemas: Schemas) -> ReaderRights | None:
    """Return the rights on record; None on an engine without users, or without any right to give or to take."""
    dialect = target.dialect
    if not dialect.find_reader(PUBLIC):
        return None
    rows = RIGHTS.read(target, schemas.models)
    own_rights = frozenset(row for row in rows if row[0] == schemas.project)
    if not (own_rights or schemas.readers):
        return None
    roles = {dialect.find_reader(reader) for reader in schemas.readers}
    withdrawn = frozenset(row for row in own_rights if dialect.find_reader(row[2]) not in roles)
    hidden = {row[2] for row in withdrawn if dialect.hides_reader(row[2])}
    unseen_roles = {role for role in hidden if not role_exists(target, role)}
    unseen = frozenset(row for row in withdrawn if row[2] in unseen_roles)
    existing = target.relations(schemas.models)
    return ReaderRights(target, schemas, existing, own_rights, rows - own_rights, withdrawn, unseen)


def reader_statements(
    target: Target, schemas: Schemas, *, new: Iterable[Relation] = (), old: Iterable[Relation] = ()
) -> tuple[str, ...]:
    """Return the statements after which the readers of ``schemas`` can read what is published, and no earlier reader.

    The statements of the command create the ``new`` relations and grant them. The ``old`` ones, and all others that
    this project recorded, still have the rights of earlier settings. They are granted each time: a role may have been
    dropped and created again. They belong behind the statements that publish, in their transaction; there are none on
    an engine without users.
    """
    rights = read_rights(target, schemas)
    return rights.statements(new, old) if rights else ()


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
