"""Call the function of a data test once, and classify its result by how the failures are counted."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.data_tests import Balance, Total
from marketing_ibis.model import DataTest, Model, Source

MOST_FINDINGS = 4_096
"""How many are remembered: a command asks for each test's repeatedly, to compile it and to identify it."""


@dataclass(frozen=True, slots=True, eq=False)
class RowCondition:
    """A condition of a row itself: a pass over the table answers many of them."""

    condition: ir.BooleanColumn


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A number over ``table``, to be 0 or what is expected."""

    value: ir.NumericScalar
    table: ir.Table
    expected: Total | int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FailingRows:
    """A table of what fails."""

    failing: ir.Table


Flat = RowCondition | Number
"""What one pass over the table of a test counts or computes."""
Finding = Flat | FailingRows
"""What the function of a test returns, by how it is counted."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A call of a test's function; it equals another with the same ``identity``."""

    identity: Hashable
    data_test: DataTest = field(compare=False)
    table: ir.Table = field(compare=False)
    arguments: Mapping[str, object] = field(compare=False)

    def find(self) -> Finding:
        """Return what the function makes of the table.

        Raises:
            TypeError: neither a boolean nor a table, or its condition is not a boolean.
        """
        data_test, table = self.data_test, self.table
        outcome = data_test.find(table, data_test.column, **self.arguments)
        condition = row_condition(data_test, table)
        if condition is not None:
            if isinstance(outcome, ir.BooleanColumn):
                outcome = outcome & condition
            else:
                table = table.filter(condition)
                outcome = data_test.find(table, data_test.column, **self.arguments)
        return _finding(outcome, table)


def missing_columns(data_tests: Iterable[DataTest], node: Model | Source) -> tuple[str, ...]:
    """Return the optional columns that tests look at and ``node`` does not declare."""
    return tuple(t.column for t in data_tests if t.optional and t.column not in node.schema)


def table_under_test(data_tests: Iterable[DataTest], node: Model | Source) -> ir.Table:
    """Return the table that tests of ``node`` look at, with the optional columns that they need."""
    missing = dict.fromkeys(missing_columns(data_tests, node), "string")
    return ibis.table(ibis.schema({**node.schema, **missing}), name=node.name)


def row_condition(data_test: DataTest, table: ir.Table) -> ir.BooleanValue | None:
    """Return which rows of ``table`` a test looks at; None for all of them.

    Raises:
        TypeError: its condition is not a boolean.
    """
    if data_test.where is None:
        return None
    condition = table.bind(data_test.where)[0]
    if not isinstance(condition, ir.BooleanValue):
        raise TypeError(f"where= is {condition.type()}, not a boolean")
    return condition


def find_failures(data_test: DataTest, table: ir.Table, arguments: Mapping[str, object]) -> Finding:
    """Return what the function of ``data_test`` makes of ``table``, and the same again for equal ``arguments``."""
    # Conditions may be deferred, and these compare to another one: only the very same is equal.
    values = [(name, _identity(value)) for name, value in arguments.items()]
    identity = (data_test.find, id(data_test.where), data_test.column, table.op(), *values)
    call = _Call(identity, data_test, table, arguments)
    try:
        hash(call)
    except TypeError:
        return call.find()
    return _find_once(call)


@lru_cache(maxsize=MOST_FINDINGS)
def _find_once(call: _Call) -> Finding:
    return call.find()


def _identity(value: object) -> object:
    """Return what equals that of another value only if both are the same to a function: 1 is not True, nor 1.0."""
    return value.op() if isinstance(value, ir.Expr) else (repr(value), value)


def _finding(outcome: object, table: ir.Table) -> Finding:
    match outcome:
        case Balance(actual, expected):
            return Number(actual, table, expected)
        case ir.Table():
            return FailingRows(outcome)
        case ir.BooleanScalar():
            return Number(outcome.ifelse(1, 0), table)
        case ir.BooleanColumn():
            return RowCondition(outcome) if _is_of_rows(outcome, table) else FailingRows(table.filter(outcome))
    raise TypeError(f"it returns {type(outcome).__name__}, neither a boolean nor a table")


def _is_of_rows(condition: ir.BooleanColumn, table: ir.Table) -> bool:
    """Return whether each row answers for itself."""
    op = condition.op()
    return not op.find((ops.WindowFunction, ops.Subquery, ops.Analytic, ops.Reduction)) and op.relations == frozenset(
        {table.op()}
    )
