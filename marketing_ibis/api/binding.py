"""Turn the expressions of models into expressions over the tables of a program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.build.planning import column_types
from marketing_ibis.build.python_rows import compute_table, rows_of_table
from marketing_ibis.build.python_step import python_step
from marketing_ibis.graph import ancestors, topological
from marketing_ibis.model import Source
from marketing_ibis.model.dataflow import Dataflow


@dataclass(slots=True)
class BoundTables:
    """The tables of a dataflow over those that ``read_source`` returns; each is made once.

    Models are published in ``schema``.
    """

    dataflow: Dataflow
    read_source: Callable[[Source], ir.Table]
    schema: str
    _tables: dict[str, ir.Table] = field(default_factory=dict)

    def table(self, name: str) -> ir.Table:
        """Return a source or a model with all that it depends on, in one expression.

        The rows of a model that a Python function computes are computed at once. Over tables without a connection they
        cannot be, and the expression reads the published table.
        """
        graph = self.dataflow.graph()
        needed = {name, *ancestors(graph, [name])}
        for node in topological({node: graph[node] for node in graph if node in needed}):
            if node not in self._tables:
                self._tables[node] = self._bind(node)
        return self._tables[name]

    def _bind(self, name: str) -> ir.Table:
        node = self.dataflow.nodes[name]
        if isinstance(node, Source):
            return with_types(self.read_source(node), node.schema)
        references = {
            ibis.table(self.dataflow.nodes[parent].schema, name=parent).op(): self._tables[parent].op()
            for parent in node.parents
        }
        bound = with_types(node.query.op().replace(references).to_expr(), node.query.schema())
        if node.row_function is None:
            return bound
        if bound.op().find(ops.UnboundTable):
            return ibis.table(node.schema, name=name, database=self.schema)
        step = python_step(name, node.row_function)
        rows = compute_table(step, rows_of_table(step, bound.to_pyarrow()), column_types(node.schema))
        return ibis.memtable(rows, schema=node.schema)


def with_types(table: ir.Table, schema: ibis.Schema) -> ir.Table:
    """Return the columns of ``schema`` in their order, with numbers and dates cast to the types that it has.

    As in a build, they are cast even where Ibis takes the type for that already: engines disagree.
    """
    op = table.op()
    if isinstance(op, ops.Project):
        return op.copy(values={name: _cast(op.values[name], dtype) for name, dtype in schema.items()}).to_expr()
    return table.select(**{name: _cast(table[name].op(), dtype).to_expr() for name, dtype in schema.items()})


def _cast(value: ops.Value, dtype: dt.DataType) -> ops.Value:
    is_loose = dtype.is_numeric() or dtype.is_temporal()
    if value.dtype == dtype and (isinstance(value, ops.Cast) or not is_loose):
        return value
    return ops.Cast(value, to=dtype)
