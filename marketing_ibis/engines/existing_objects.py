"""What exists in a warehouse under the name of a table that is to be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from marketing_ibis.engines.dialect import Relation


@dataclass(frozen=True, slots=True)
class Grant:
    """A privilege on a table or on one of its ``column``s, with names as SQL writes them."""

    privilege: str
    relation: str
    grantee: str
    option: str = ""
    column: str = ""

    @property
    def statement(self) -> str:
        """The statement that gives it."""
        return f"GRANT {self.privilege} ON {self.relation} TO {self.grantee}{self.option}"

    @property
    def revocation(self) -> str:
        """The statement that takes it away."""
        return f"REVOKE {self.privilege} ON {self.relation} FROM {self.grantee}"


@dataclass(frozen=True, slots=True)
class Occupant:
    """A table, view or the like: its name as the engine spells it, its comment and columns.

    ``attachments`` are keys, indexes and the like that users have added to it; ``grants`` the rights that others have
    on it, where what takes its place gets the same; ``identity`` is the engine's number of it, which another relation
    of the same name does not have.
    """

    relation: Relation
    kind: str
    comment: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()
    identity: int = 0
    grants: tuple[Grant, ...] = ()

    @property
    def can_be_replaced(self) -> bool:
        """Whether it is a plain table or view."""
        return self.kind in ("table", "view")


def by_name(occupants: Iterable[Occupant], names: Iterable[str], *, ignore_case: bool) -> Mapping[str, Occupant]:
    """Return the occupant of each of ``names``, where there is one."""
    requested = {name.lower() if ignore_case else name: name for name in names}
    occupants_by_name = {(o.relation.name.lower() if ignore_case else o.relation.name): o for o in occupants}
    return {requested[key]: occupant for key, occupant in occupants_by_name.items() if key in requested}
