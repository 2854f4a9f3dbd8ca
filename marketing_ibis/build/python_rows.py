"""Compute the rows of a model with its Python function, and check them against its contract."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Protocol

from marketing_ibis.build.plan import Plan, Step, build_statements
from marketing_ibis.build.publish import execute_all
from marketing_ibis.build.python_step import PythonStep
from marketing_ibis.engines.arrow_types import arrow_schema
from marketing_ibis.engines.dialect import NO_WIDTHS
from marketing_ibis.engines.plain_rows import PlainRows, WrongValue
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import ContractBroken, RunFailed
from marketing_ibis.model.validation import place_of
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    import pyarrow as pa

COLUMN_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]{0,62}")
"""Any other key of a row may be a value of a customer, and is not shown."""
MOST_NAMES = 5
"""More undeclared columns are only counted: a mistake in a function can make thousands."""


def load_functions(plan: Plan) -> None:
    """Import every function of a plan, so that one that is missing is reported before anything is built.

    Raises:
        UsageError: a function cannot be imported, or is not the one that was planned.
    """
    for step in plan.steps():
        if step.python is not None:
            step.python.load()


def check_functions(plan: Plan) -> None:
    """Stop where a function is not the one that a plan was made with: the plan of a file may be older than they are.

    Raises:
        UsageError: naming the function.
    """
    for step in plan.steps():
        if step.python is not None:
            step.python.check_unchanged()


@dataclass(frozen=True, slots=True)
class ReceivedRows:
    """The rows that a function receives, in either form; only the one that it takes is made.

    Both have the types of the function's columns and an order that does not depend on the engine.
    """

    as_records: Callable[[], list[dict[str, Any]]]
    as_table: Callable[[], pa.Table]


def query_rows(target: Target, select: str, python: PythonStep) -> ReceivedRows:
    """Return the rows of a SELECT for the function of a step."""
    return ReceivedRows(
        lambda: PlainRows.of(python.columns, _query(target, select)).in_order().records(),
        lambda: _in_order(python, _query_table(target, select, python)),
    )


def rows_of_table(python: PythonStep, rows: pa.Table) -> ReceivedRows:
    """Return the rows of a table for the function of a step."""
    return ReceivedRows(lambda: _in_order(python, rows).to_pylist(), lambda: _in_order(python, rows))


def _query(target: Target, select: str) -> list[tuple[object, ...]]:
    with target.whole_tables():
        return target.query(select)


def _query_table(target: Target, select: str, python: PythonStep) -> pa.Table:
    import pyarrow as pa

    schema = arrow_schema(python.columns)
    with target.whole_tables():
        batches = list(target.batches(select, schema))
    return pa.Table.from_batches(batches) if batches else schema.empty_table()


def _in_order(python: PythonStep, rows: pa.Table) -> pa.Table:
    schema = arrow_schema(python.columns)
    return rows.cast(schema).sort_by([(name, "ascending") for name in schema.names])


def fill_candidate(plan: Plan, target: Target, step: Step, python: PythonStep) -> int:
    """Create the candidate of a step and fill it with the rows that its function returns; return their number.

    Raises:
        RunFailed: the function failed, or the engine refused a statement.
        ContractBroken: the rows do not have the columns and values of the contract.
    """
    execute_all(target, build_statements(plan, step))
    widths = {**plan.text_widths.get(step.name, NO_WIDTHS), **step.limits}
    received = query_rows(target, step.candidate_select, python)
    rows = compute_rows(python, received, step.columns, step.required, widths)
    target.append_rows(step.relation.candidate, rows)
    return int(rows.num_rows)


def compute_table(
    python: PythonStep,
    received: ReceivedRows,
    columns: Mapping[str, str],
    required: Iterable[str] = (),
    widths: Mapping[str, int] = NO_WIDTHS,
) -> pa.Table:
    """Return what ``compute_rows`` does, always as a table."""
    rows = compute_rows(python, received, columns, required, widths)
    return rows.to_arrow() if isinstance(rows, PlainRows) else rows


def compute_rows(
    python: PythonStep,
    received: ReceivedRows,
    columns: Mapping[str, str],
    required: Iterable[str],
    widths: Mapping[str, int],
) -> pa.Table | PlainRows:
    """Return the rows that the function of a step computes, with the types of ``columns``.

    A table that the function returns is one of Arrow, other rows are of Python's own values.

    Raises:
        RunFailed: the function raised an exception.
        ContractBroken: a column is missing, not declared or of another type, a required value is missing, a string is
            too long, or a number is not finite.
    """
    function = python.load()
    rows_received = received.as_records() if function.takes_records else received.as_table()
    try:
        result = function.call(rows_received)
        # A generator runs here, and may fail here.
        records = None if _is_arrow(result) else _records(result)
    except (Exception, SystemExit) as error:  # what the project's own code raises is not known beforehand
        line = place_of(error)
        raise RunFailed(
            f"The function {python.place} failed: {type(error).__name__}: {error}", hint=f"See {line}." if line else ""
        ) from error
    rows: pa.Table | PlainRows
    if records is None:
        rows = _typed_table(python.place, result, columns)
        count: _Counts = _ArrowCounts(rows)
    elif None in records:
        raise ContractBroken(
            f"The function {python.place} returned {type(result).__name__}, not rows.",
            hint="Return a pyarrow.Table, or a list of dictionaries or dataclasses.",
        )
    else:
        rows = _typed_records(python.place, [record for record in records if record is not None], columns)
        count = _PlainCounts(rows)
    if problems := list(_problems(count, columns, required, widths)):
        raise ContractBroken(f"The function {python.place} returned invalid rows: {'; '.join(problems)}.")
    return rows


def _is_arrow(rows: Any) -> bool:
    """Return whether rows are an Arrow table, without importing PyArrow."""
    pyarrow = sys.modules.get("pyarrow")
    return pyarrow is not None and isinstance(rows, pyarrow.Table)


def _typed_table(place: str, table: pa.Table, columns: Mapping[str, str]) -> pa.Table:
    """Return a table with the types of a contract."""
    import pyarrow as pa

    schema = arrow_schema(columns)
    if len(table) or table.column_names:
        _check_names(place, table.column_names, columns)
    if repeated := [name for name in columns if table.column_names.count(name) > 1]:
        raise ContractBroken(f"The table that {place} returned has columns of the same name: {', '.join(repeated)}.")
    if not len(table):
        return schema.empty_table()
    arrays = []
    for field in schema:
        try:
            arrays.append(table.column(field.name).cast(field.type))
        except pa.ArrowException as error:
            raise _wrong_type(place, field.name, columns[field.name], error) from error
    return pa.Table.from_arrays(arrays, schema=schema)


def _typed_records(place: str, records: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> PlainRows:
    """Return records as rows with the types of a contract."""
    if records:
        _check_names(place, sorted({name for record in records for name in record}, key=str), columns)
    try:
        return PlainRows.of(columns, [[record.get(name) for name in columns] for record in records])
    except WrongValue as error:
        raise _wrong_type(place, error.column, columns[error.column], error.reason) from error


def _check_names(place: str, names: Collection[str], columns: Mapping[str, str]) -> None:
    differences = [f"{name} is missing" for name in columns if name not in names]
    undeclared = [name for name in names if name not in columns]
    printable = [name for name in undeclared if COLUMN_NAME.fullmatch(str(name))][:MOST_NAMES]
    differences += [f"{name} is not declared" for name in printable]
    if len(undeclared) > len(printable):
        differences.append(f"{plural('other column', len(undeclared) - len(printable))} not declared")
    if differences:
        raise ContractBroken(f"The rows of {place} differ from the declared columns: {'; '.join(differences)}.")


def _wrong_type(place: str, name: str, type_name: str, reason: object) -> ContractBroken:
    return ContractBroken(f"Column {name} of the rows of {place} is not {type_name}: {reason}.")


def _records(result: Any) -> list[Mapping[str, Any] | None]:
    """Return rows as dictionaries, and None for each that is neither a mapping nor a dataclass."""
    is_rows = isinstance(result, Iterable) and not isinstance(result, str | bytes | bytearray | Mapping)
    return [_record(row) for row in result] if is_rows else [None]


def _record(row: Any) -> Mapping[str, Any] | None:
    if is_dataclass(row) and not isinstance(row, type):
        return {field.name: getattr(row, field.name) for field in fields(row)}
    return row if isinstance(row, Mapping) else None


class _Counts(Protocol):
    """What is counted in the columns of rows, whatever the rows are."""

    def empty(self, name: str) -> int:
        """Return the number of values that are missing."""

    def not_finite(self, name: str) -> int:
        """Return the number of values that are infinite or not a number."""

    def longest(self, name: str) -> int:
        """Return the most bytes of a string."""


def _problems(
    count: _Counts, columns: Iterable[str], required: Iterable[str], widths: Mapping[str, int]
) -> Iterator[str]:
    """Describe what a contract does not allow in rows."""
    for name in required:
        if number := count.empty(name):
            yield f"{name} is None in {plural('row', number)}, but is not declared as nullable"
    for name in columns:
        if number := count.not_finite(name):
            yield f"{name} is infinite or not a number in {plural('row', number)}"
    for name, width in widths.items():
        if (longest := count.longest(name)) > width:
            yield f"{name} has a string of {longest:,} bytes, and its width is {width}"


@dataclass(frozen=True, slots=True)
class _PlainCounts:
    rows: PlainRows

    def empty(self, name: str) -> int:
        return self.rows.column(name).count(None)

    def not_finite(self, name: str) -> int:
        return sum(isinstance(value, float) and not math.isfinite(value) for value in self.rows.column(name))

    def longest(self, name: str) -> int:
        return max((len(value.encode()) for value in self.rows.column(name) if value is not None), default=0)


@dataclass(frozen=True, slots=True)
class _ArrowCounts:
    table: pa.Table

    def empty(self, name: str) -> int:
        return int(self.table.column(name).null_count)

    def not_finite(self, name: str) -> int:
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self.table.column(name)
        if not pa.types.is_floating(column.type):
            return 0
        return len(column) - int(column.null_count) - int(pc.sum(pc.is_finite(column)).as_py() or 0)

    def longest(self, name: str) -> int:
        import pyarrow.compute as pc

        return int(pc.max(pc.binary_length(self.table.column(name))).as_py() or 0)
