"""Compute the rows of models whose rows a Python function returns, as a build does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from marketing_ibis.build.planning import column_types
from marketing_ibis.build.python_rows import compute_table, rows_of_table
from marketing_ibis.build.python_step import python_step
from marketing_ibis.engines.arrow_types import arrow_schema
from marketing_ibis.model import Model


def compute(model: Model, received: Iterable[Sequence[object]]) -> pa.Table:
    """Return the rows of a model from those of its query."""
    schema = arrow_schema(column_types(model.query.schema()))
    rows = pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in received], schema)
    assert model.row_function is not None
    step = python_step(model.name, model.row_function)
    required = [column.name for column in model.declaration.contract.columns if not column.nullable]
    return compute_table(step, rows_of_table(step, rows), column_types(model.schema), required)
