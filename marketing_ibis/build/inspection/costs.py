"""Say which marts a missing column or source costs."""

from __future__ import annotations

from marketing_ibis.graph import descendants
from marketing_ibis.lineage.project import Lineage, column_lineage
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow

PUBLISHED_LAYERS = ("marts", "core", "campaigns")
"""The layers that people read."""


class Costs:
    """The marts that depend on each source and each of its columns."""

    def __init__(self, dataflow: Dataflow) -> None:
        self._dataflow = dataflow
        self._lineage: Lineage | None = None

    def of_source(self, name: str) -> tuple[str, ...]:
        """Return the marts that cannot be built without a source."""
        return self._published(descendants(self._dataflow.graph(), {name}))

    def of_column(self, source: str, column: str) -> tuple[str, ...]:
        """Return the marts of which a column's values are made from one of a source's."""
        if self._lineage is None:
            self._lineage = column_lineage(self._dataflow)
        lineage = self._lineage
        ref = ColumnRef(source, column)
        tables = {dependent.table for dependent in lineage.downstream(ref) if ref in lineage.sources(dependent).values}
        return self._published(tables)

    def _published(self, names: set[str] | frozenset[str]) -> tuple[str, ...]:
        models = self._dataflow.models
        return tuple(name for name in models if name in names and models[name].declaration.layer in PUBLISHED_LAYERS)
