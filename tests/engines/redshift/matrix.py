"""The state of each Ibis operation on Redshift: compiled and run, refused, or only a base class."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import ibis.expr.operations as ops

from marketing_ibis.engines.redshift.compiler.unsupported import ABSENT, ONLY_AS_ROWS
from tests.engines.redshift.operations import BEYOND_DUCKDB, CASES, expression_of, operations_of

Operation = type[ops.Node]
COMPILED, REFUSED, NONE = "compiled", "refused", "none of its own"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BASES = _words(
    """Analytic ArrayAgg Binary BitwiseBinary Comparison Constant ExpandingMathUnary ExtractDateField
    ExtractTemporalField ExtractTimeField Filterable FuzzySearch GeoSpatialBinOp GeoSpatialUnOp Impure
    IntervalBinary Logarithm LogicalBinary MathUnary Node NumericBinary Orderable PhysicalTable QuantileBase
    Range RankBase Reduction Reference Relation Set ShiftBase Simple StringUnary Subquery TemporalDelta
    TrigonometricBinary TrigonometricUnary Unary Value VarianceBase VectorizedUDF"""
)
"""Base classes, which expressions do not contain."""

PARTS_OF_OTHERS = {
    "Argument": "The variable of a function over an array; the function is refused.",
}
"""Classes that occur in one operation only."""

PAGE_HEAD = """# Ibis' operations on Redshift

Every operation class of Ibis has exactly one state. *Compiled* operations occur in at least one expression whose SQL
runs on the [stand-in](stand-in.md) with DuckDB's rows; the third column names such expressions of
`tests/engines/redshift/operations`. *Refused* operations raise an error when compiling, which names the operation and
says what the third column says.

This page is written from the tests: `pytest tests/engines/redshift/test_matrix.py --update-golden`.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation, its state, and a remark."""

    operation: Operation
    state: str
    note: str


def operations_of_ibis() -> list[Operation]:
    """Return every class of operation that Ibis defines, by its file and name."""
    package = importlib.import_module("ibis.expr.operations")
    found: set[Operation] = set()
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for _, cls in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(cls, ops.Node) and cls.__module__ == module.name:
                found.add(cls)
    return sorted(found, key=lambda cls: (cls.__module__, cls.__name__))


@cache
def cases_by_operation() -> dict[Operation, list[str]]:
    """Return the names of the cases that contain each operation."""
    found: dict[Operation, list[str]] = {}
    for name in (*CASES, *BEYOND_DUCKDB):
        for operation in operations_of(expression_of(name)):
            found.setdefault(operation, []).append(name)
    return found


def states(operation: Operation) -> Iterator[Entry]:
    """Yield every state that is claimed for an operation; there should be one."""
    cases = cases_by_operation().get(operation, [])
    if cases:
        limit = f" {ONLY_AS_ROWS[operation]}" if operation in ONLY_AS_ROWS else ""
        yield Entry(operation, COMPILED, ", ".join(f"`{name}`" for name in cases[:3]) + "." + limit)
    if operation in ABSENT:
        yield Entry(operation, REFUSED, ABSENT[operation])
    if operation.__name__ in BASES:
        yield Entry(operation, NONE, "")
    if operation.__name__ in PARTS_OF_OTHERS:
        yield Entry(operation, NONE, PARTS_OF_OTHERS[operation.__name__])


def page() -> str:
    """Return the page of the documentation."""
    entries = [entry for operation in operations_of_ibis() for entry in states(operation)]
    counts = {state: sum(entry.state == state for entry in entries) for state in (COMPILED, REFUSED)}
    text = [PAGE_HEAD, f"{counts[COMPILED]} operations are compiled, {counts[REFUSED]} refused.\n"]
    for module in dict.fromkeys(entry.operation.__module__ for entry in entries):
        rows = [entry for entry in entries if entry.operation.__module__ == module and entry.state != NONE]
        if rows:
            title = module.rsplit(".", 1)[1].replace("_", " ").capitalize()
            lines = [f"| `{entry.operation.__name__}` | {entry.state} | {_cell(entry.note)} |" for entry in rows]
            text.append(f"## {title}\n\n| Operation | State | |\n|---|---|---|\n" + "\n".join(lines) + "\n")
    bases = ", ".join(f"`{name}`" for name in sorted(BASES))
    parts = "\n".join(f"- `{name}`: {reason}" for name, reason in sorted(PARTS_OF_OTHERS.items()))
    text.append(f"## No operations of their own\n\nBases of other classes: {bases}.\n\n{parts}\n")
    return "\n".join(text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
