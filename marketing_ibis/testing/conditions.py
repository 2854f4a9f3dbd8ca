"""Write the conditions of data tests, which limit the rows that they look at, as SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.common.exceptions import IbisError

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.errors import CompileError
from marketing_ibis.model import DataTest, Model, Source
from marketing_ibis.model.validation import project_code
from marketing_ibis.testing.findings import row_condition, table_under_test

PART = "conditions"


def where_clauses(data_tests: Sequence[DataTest], node: Model | Source, dialect: Dialect) -> Mapping[str, str]:
    """Return the condition of the rows of ``node`` that a test looks at, by the name of each test that has one.

    Its columns have no name of a table, as in the ``where`` of a test of dbt. Conditions that cannot be built are
    omitted: commands that run the test report the failure.
    """
    limited = [data_test for data_test in data_tests if data_test.where is not None]
    if not limited:
        return {}
    table = table_under_test(limited, node)
    built = {data_test.name: _built(data_test, table) for data_test in limited}
    conditions = {name: condition for name, condition in built.items() if condition is not None}
    if not conditions:
        return {}
    try:
        # One SELECT takes hardly longer for many conditions than for one.
        rows = table.select(**conditions)
        texts: dict[str, str] = json.loads(dialect.recall(PART, rows, lambda: json.dumps(_texts(dialect, rows))))
    except (IbisError, CompileError):
        return {}
    return texts


def _built(data_test: DataTest, table: ir.Table) -> ir.BooleanValue | None:
    try:
        with project_code(f"Test {data_test.name}"):
            return row_condition(data_test, table)
    except CompileError:
        return None


def _texts(dialect: Dialect, rows: ir.Table) -> dict[str, str]:
    values = dialect.tree(rows).expressions
    for value in values:
        for column in value.find_all(sge.Column):
            column.set("table", None)
    return {value.alias: value.this.sql(dialect=dialect.compiler.dialect, copy=False) for value in values}
