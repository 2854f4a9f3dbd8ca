"""Name the tables that a build of an incremental model makes besides its candidate."""

from __future__ import annotations

from dataclasses import dataclass

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.model.vocabulary import Materialized


@dataclass(frozen=True, slots=True)
class WorkTables:
    """What a build of an incremental model makes: a table of keys, a view of their published rows, their new rows."""

    keys: Relation
    old: Relation
    new: Relation

    @classmethod
    def of(cls, relation: Relation) -> WorkTables:
        """Return the tables for the published ``relation``."""
        return cls(
            *(Relation(relation.schema, f"{relation.name}__{part}").candidate for part in ("keys", "old", "new"))
        )

    def kinds(self) -> tuple[tuple[Relation, Materialized], ...]:
        """Return every table and view with its kind, dependents first."""
        return ((self.old, "view"), (self.new, "table"), (self.keys, "table"))
