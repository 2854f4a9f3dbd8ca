"""Compile the numbers by which a build is measured."""

from __future__ import annotations

import inspect

import ibis.expr.types as ir

from marketing_ibis.build.facts import Measure
from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.validation import project_code


def compile_measures(dataflow: Dataflow, dialect: Dialect) -> tuple[Measure, ...]:
    """Return the measures of ``dataflow`` in the SQL of ``dialect``."""
    arguments = dataflow.arguments
    measures = []
    for function in dataflow.measures:
        parameters = inspect.signature(function).parameters
        with project_code(f"Measure {function.__name__}"):
            row = function(**{name: arguments[name] for name in parameters})
            _check_numbers(row)
            select = dialect.select(row)
        depends_on = frozenset(parameters) & set(dataflow.models)
        measures.append(Measure(function.__name__, select, tuple(row.columns), depends_on))
    return tuple(measures)


def _check_numbers(row: object) -> None:
    if not isinstance(row, ir.Table):
        raise TypeError(f"it returns {type(row).__name__}, not a table of one row")
    for name, kind in row.schema().items():
        if not (kind.is_numeric() or kind.is_boolean()):
            raise TypeError(f"its column {name} is {kind}, not a number")
