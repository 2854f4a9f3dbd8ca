"""Describe a model whose rows a Python function computes as an expression, for all that reads expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from marketing_ibis.errors import CompileError
from marketing_ibis.model.row_annotations import takes_records
from marketing_ibis.model.row_functions import FLAT_TYPES, RowFunction, is_flat
from marketing_ibis.project.row_functions import named_arguments, place_of_function, source_digest


def row_function(name: str, function: Callable[..., Any], query: ir.Table, inputs: Mapping[str, object]) -> RowFunction:
    """Return the record of a model's function, which receives the rows of ``query``.

    Raises:
        CompileError: a parameter of the function is not an input, the annotation of its rows is not one of rows, or a
            column has a type that it cannot receive.
    """
    arguments = named_arguments(f"model {name}", function, inputs)
    takes_records(function)
    for column, dtype in query.schema().items():
        if not is_flat(str(dtype)):
            raise CompileError(
                f"Model {name}: column {column} is {dtype}, which {function.__name__} cannot receive.",
                hint=f"Convert it to one of {', '.join(FLAT_TYPES)} or a decimal.",
            )
    return RowFunction(place_of_function(function), source_digest(function.__module__), arguments, query)


def as_expression(function: RowFunction, schema: ibis.Schema) -> ir.Table:
    """Return an expression with the columns of the model, each computed from all columns of the query.

    No engine receives it. Lineage, fingerprints and the spread of personal data read it as they read any expression:
    every column of the model has every column of the query as its origin, and so have the rows.
    """
    row = ibis.struct({name: function.query[name] for name in function.query.columns})
    columns = {name: _value(f"{function.identity} {name}", row, dtype) for name, dtype in schema.items()}
    return function.query.select(**columns).distinct()


def _value(identity: str, row: ir.StructValue, dtype: dt.DataType) -> ir.Value:
    def compute(row: object) -> None: ...

    value: ir.Value = ibis.udf.scalar.builtin(compute, name=identity, signature=((row.type(),), dtype))(row)
    return value
