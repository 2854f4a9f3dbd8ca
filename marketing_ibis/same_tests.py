"""Find the data tests that ask the same of the same column in different layers, by lineage."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.operations as ops

from marketing_ibis.compile import Dataflow
from marketing_ibis.graph import ancestors
from marketing_ibis.lineage import Lineage, column_lineage
from marketing_ibis.model import Check
from marketing_ibis.origins import ColumnRef


def repeated_tests(dataflow: Dataflow, checks: Mapping[str, Sequence[Check]]) -> dict[str, tuple[str, ...]]:
    """Return by name the tests that repeat others, each with those others, nearest to the sources first."""
    lineage, graph = column_lineage(dataflow), dataflow.graph()
    traced = _Traced(dataflow, lineage)
    alike: dict[Hashable, list[tuple[str, str]]] = {}
    repeated: dict[str, tuple[str, ...]] = {}
    for node in (name for name in lineage.direct if name in checks):
        above = ancestors(graph, [node])
        for check in checks[node]:
            question = _question(check, node, traced)
            if question is None:
                continue
            before = tuple(name for name, of in alike.get(question, ()) if of in above)
            if before:
                repeated[check.name] = before
            alike.setdefault(question, []).append((check.name, node))
    return repeated


def _question(check: Check, node: str, traced: _Traced) -> Hashable | None:
    """Return what a test asks, of which column of a source; None where it is no such question."""
    column = traced.source_column(ColumnRef(node, check.column))
    if column is None or check.where is not None or check.optional:
        return None
    if check.test == "relationships" and isinstance(check.arguments, tuple):
        target = traced.source_column(ColumnRef(*check.arguments))
        return target and (check.test, column, target)
    return check.test, column, str(check.arguments)


@dataclass(frozen=True, slots=True)
class _Traced:
    """Follows columns to the sources as long as each is one column of the layer above, row by row."""

    dataflow: Dataflow
    lineage: Lineage

    def source_column(self, ref: ColumnRef) -> ColumnRef | None:
        """Return the column of a source that ``ref`` is, or that it is computed from row by row; None without one."""
        while ref.table not in self.dataflow.sources:
            if ref.table not in self.lineage.direct or ref.column not in self.lineage.direct[ref.table].columns:
                return None
            origins = self.lineage.origins(ref)
            if origins.copies is None and not (len(origins.values) == 1 and self._is_row_by_row(ref)):
                return None
            ref = origins.copies or next(iter(origins.values))
        return ref

    def _is_row_by_row(self, ref: ColumnRef) -> bool:
        project = self.dataflow.models[ref.table].expression.op()
        if not isinstance(project, ops.Project) or project.find(ops.Aggregate):
            return False
        return not project.values[ref.column].find((ops.Reduction, ops.WindowFunction), filter=ops.Value)
