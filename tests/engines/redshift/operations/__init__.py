"""A small expression for each Ibis operation, over one table of awkward values."""

from __future__ import annotations

import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.engines.redshift.compiler import compiler
from tests.engines.redshift.operations.aggregates import AGGREGATES
from tests.engines.redshift.operations.beyond_duckdb import BEYOND_DUCKDB
from tests.engines.redshift.operations.dates import DATES
from tests.engines.redshift.operations.relations import RELATIONS
from tests.engines.redshift.operations.tables import OTHER, PARAMETERS, TABLE, Case
from tests.engines.redshift.operations.values import CASTS, JSON, LOGIC, NUMBERS, TEXT
from tests.engines.redshift.operations.windows import WINDOWS

__all__ = ["BEYOND_DUCKDB", "CASES", "RELATIONS", "WINDOWS", "expression_of", "operations_of", "redshift_sql"]

CASES: dict[str, Case] = AGGREGATES | WINDOWS | NUMBERS | LOGIC | CASTS | DATES | TEXT | JSON | RELATIONS


def expression_of(name: str) -> ir.Table:
    """Return a case's expression over the two tables."""
    case = CASES.get(name) or BEYOND_DUCKDB[name][0]
    return case(TABLE, OTHER)


def redshift_sql(expression: ir.Table) -> str:
    """Return the SELECT that would be sent to Redshift."""
    tree = compiler.to_sqlglot(expression, params=PARAMETERS)
    return str(tree.sql(dialect=compiler.dialect, pretty=True))


def operations_of(expression: ir.Table) -> set[type[ops.Node]]:
    """Return the types of the operations in an expression; a user-defined function counts as its kind."""
    return {
        next(kind for kind in type(node).__mro__ if kind.__module__.startswith("ibis.expr.operations"))
        for node in expression.op().find(ops.Node)
    }
