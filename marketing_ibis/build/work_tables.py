"""Name the tables that a build of an incremental model makes besides its candidate."""

from __future__ import annotations

from dataclasses import dataclass

from marketing_ibis.engines.dialect import Relation


@dataclass(frozen=True, slots=True)
class WorkTables:
    """The tables of a build of an incremental model: its keys, their published rows, and their new rows."""

    keys: Relation
    old: Relation
    new: Relation

    @classmethod
    def of(cls, relation: Relation) -> WorkTables:
        """Return the tables for the published ``relation``."""
        return cls(
            *(Relation(relation.schema, f"{relation.name}__{part}").candidate for part in ("keys", "old", "new"))
        )

    def all(self) -> tuple[Relation, ...]:
        """Return every table."""
        return (self.keys, self.old, self.new)
