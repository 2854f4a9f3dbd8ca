"""Count what is documented: every model, every source and every column of them."""

from __future__ import annotations

from dataclasses import dataclass

from marketing_ibis.lineage.project import Lineage
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many relations and columns there are, and which have no description."""

    total: int
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """The documented share, from 0 to 1; 1 where there is nothing to document."""
        return 1 - len(self.missing) / self.total if self.total else 1.0


def coverage_of(dataflow: Dataflow, lineage: Lineage) -> Coverage:
    """Return what is documented; a column that is passed through unchanged has the description that it had."""
    relations = [name for name, node in dataflow.nodes.items() if not node.description.strip()]
    refs = [ColumnRef(name, column) for name, node in dataflow.nodes.items() for column in node.schema]
    columns = [str(ref) for ref in refs if not lineage.description(ref).strip()]
    return Coverage(len(dataflow.nodes) + len(refs), (*relations, *columns))
