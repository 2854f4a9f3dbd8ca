"""Find the data tests that ask the same of the same column in different layers, by lineage."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.operations as ops

from marketing_ibis.graph import ancestors
from marketing_ibis.lineage.project import Lineage, column_lineage
from marketing_ibis.model import DataTest
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow


def repeated_tests(dataflow: Dataflow, data_tests: Mapping[str, Sequence[DataTest]]) -> dict[str, tuple[str, ...]]:
    """Return by name the tests that repeat others, each with those others, nearest to the sources first."""
    lineage, graph = column_lineage(dataflow), dataflow.graph()
    tracer = _ColumnTracer(dataflow, lineage)
    tests_by_question: dict[Hashable, list[tuple[str, str]]] = {}
    repeated: dict[str, tuple[str, ...]] = {}
    for node in (name for name in lineage.direct if name in data_tests):
        upstream = ancestors(graph, [node])
        for data_test in data_tests[node]:
            question = _question(data_test, node, tracer)
            if question is None:
                continue
            earlier_tests = tuple(name for name, of in tests_by_question.get(question, ()) if of in upstream)
            if earlier_tests:
                repeated[data_test.name] = earlier_tests
            tests_by_question.setdefault(question, []).append((data_test.name, node))
    return repeated


def _question(data_test: DataTest, node: str, tracer: _ColumnTracer) -> Hashable | None:
    """Return what a test asks, of which column of a source; None if it cannot be compared."""
    column = tracer.source_column(ColumnRef(node, data_test.column))
    if column is None or data_test.where is not None or data_test.optional:
        return None
    if data_test.test == "relationships" and isinstance(data_test.arguments, tuple):
        target = tracer.source_column(ColumnRef(*data_test.arguments))
        return target and (data_test.test, column, target)
    return data_test.test, column, str(data_test.arguments)


@dataclass(frozen=True, slots=True)
class _ColumnTracer:
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
