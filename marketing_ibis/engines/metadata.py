"""What engines with a catalog of users share: comments, grants and statistics."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.model import Model

READER = re.compile(r"(?:(group|role)\s+)?(\S.*)", re.IGNORECASE)
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class ServerDialect(Dialect):
    """An engine that stores documentation with relations, and grants users access to them."""

    comments_view_columns: bool = True

    def type_name(self, text: str) -> str:
        """Return Ibis' name of a type in the catalog; no contract depends on how long a string may be."""
        return "string" if text.startswith("character") else Dialect.type_name(self, text)

    def describe(self, relation: Relation, model: Model) -> tuple[str, ...]:
        """Comment the relation with the model's first sentence, and its columns with their contract."""
        kind = model.declaration.materialized
        title = model.description.split("\n")[0]
        comments = [f"COMMENT ON {kind.upper()} {self.relation(relation)} IS {self.literal(title)}"]
        if kind == "table" or self.comments_view_columns:
            comments += [
                f"COMMENT ON COLUMN {self.relation(relation)}.{self.identifier(column.name)}"
                f" IS {self.literal(column.documentation)}"
                for column in model.declaration.contract.columns
            ]
        return tuple(comments)

    def grant(self, relation: Relation, readers: Sequence[str]) -> tuple[str, ...]:
        """Let users, `group NAME` and `role NAME` read."""
        return self.grant_all((relation,), readers)

    def grant_all(self, relations: Sequence[Relation], readers: Sequence[str]) -> tuple[str, ...]:
        """Let users, `group NAME` and `role NAME` read several relations."""
        places = ", ".join(map(self.relation, relations))
        return tuple(f"GRANT SELECT ON {places} TO {self._reader(reader)}" for reader in readers if places)

    def revoke(self, relation: Relation, readers: Sequence[str]) -> tuple[str, ...]:
        """Keep users, groups and roles from reading; nothing happens where they could not."""
        return self.revoke_all((relation,), readers)

    def revoke_all(self, relations: Sequence[Relation], readers: Sequence[str]) -> tuple[str, ...]:
        """Keep users, groups and roles from reading several relations."""
        places = ", ".join(map(self.relation, relations))
        return tuple(f"REVOKE SELECT ON {places} FROM {self._reader(reader)}" for reader in readers if places)

    def grant_usage(self, schema: str, readers: Sequence[str]) -> tuple[str, ...]:
        """Let users, groups and roles look into a schema."""
        return tuple(f"GRANT USAGE ON SCHEMA {self.identifier(schema)} TO {self._reader(reader)}" for reader in readers)

    def revoke_usage(self, schema: str, readers: Sequence[str]) -> tuple[str, ...]:
        """Keep users, groups and roles from looking into a schema."""
        place = self.identifier(schema)
        return tuple(f"REVOKE USAGE ON SCHEMA {place} FROM {self._reader(reader)}" for reader in readers)

    def find_reader(self, reader: str) -> str:
        """Return the SELECT of a row if a user, group or role exists; everyone always does."""
        kind, name = self._parts(reader)
        return "SELECT 1" if _is_everyone(kind, name) else self.find_grantee(kind, name)

    def _reader(self, reader: str) -> str:
        kind, name = self._parts(reader)
        return "PUBLIC" if _is_everyone(kind, name) else self.grantee(kind, name)

    def _parts(self, reader: str) -> tuple[str, str]:
        """Return GROUP, ROLE or nothing, and a name."""
        match = READER.fullmatch(reader.strip())
        if match is None:
            raise ConfigurationError(
                f"{reader!r} is not a user, group or role.", hint="Write a user, group NAME or role NAME."
            )
        kind, name = match.groups()
        return (kind or "").upper(), name

    def grantee(self, kind: str, name: str) -> str:
        """Return who reads, as GRANT spells it; ``kind`` is GROUP, ROLE or nothing."""
        return f"{kind} {self.identifier(name)}".lstrip()

    def find_grantee(self, kind: str, name: str) -> str:
        """Return the SELECT of a row if a user exists, or one that ``kind`` says is a GROUP or ROLE."""
        raise NotImplementedError

    def maintain(self, relation: Relation) -> tuple[str, ...]:
        """Refresh the planner's statistics."""
        return (f"ANALYZE {self.relation(relation)}",)


def _is_everyone(kind: str, name: str) -> bool:
    return name.lower() == PUBLIC and not kind
