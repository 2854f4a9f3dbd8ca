"""Compute the rows of a model with its Python function, and check them against its contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from marketing_ibis.build.plan import Plan, Step, build_statements
from marketing_ibis.build.publish import execute_all
from marketing_ibis.build.python_step import PythonStep
from marketing_ibis.engines.arrow_types import arrow_schema
from marketing_ibis.engines.dialect import NO_WIDTHS
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import ContractBroken, RunFailed
from marketing_ibis.model.validation import place_of
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    import pyarrow as pa


def load_functions(plan: Plan) -> None:
    """Import every function of a plan, so that one that is missing is reported before anything is built.

    Raises:
        UsageError: a function cannot be imported, or is not the one that was planned.
    """
    for step in plan.steps():
        if step.python is not None:
            step.python.load()


def fill_candidate(plan: Plan, target: Target, step: Step, python: PythonStep) -> int:
    """Create the candidate of a step and fill it with the rows that its function returns; return their number.

    Raises:
        RunFailed: the function failed, or the engine refused a statement.
        ContractBroken: the rows do not have the columns and values of the contract.
    """
    execute_all(target, build_statements(plan, step))
    widths = {**plan.text_widths.get(step.name, NO_WIDTHS), **step.limits}
    rows = computed_rows(python, query_rows(target, step.candidate_select, python), step.columns, step.required, widths)
    target.append_rows(step.relation.candidate, rows)
    return int(rows.num_rows)


def query_rows(target: Target, select: str, python: PythonStep) -> pa.Table:
    """Return the rows that the function of a step receives, as the engine has them."""
    import pyarrow as pa

    schema = arrow_schema(python.columns)
    batches = list(target.batches(select, schema))
    return in_order(python, pa.Table.from_batches(batches) if batches else schema.empty_table())


def in_order(python: PythonStep, rows: pa.Table) -> pa.Table:
    """Return rows with the types that a function receives, in an order that does not depend on the engine."""
    schema = arrow_schema(python.columns)
    return rows.cast(schema).sort_by([(name, "ascending") for name in schema.names])


def computed_rows(
    python: PythonStep,
    rows: pa.Table,
    columns: Mapping[str, str],
    required: Iterable[str],
    widths: Mapping[str, int] = NO_WIDTHS,
) -> pa.Table:
    """Return the rows that the function of a step computes from ``rows``, with the types of ``columns``.

    Raises:
        RunFailed: the function raised an exception.
        ContractBroken: a column is missing, not declared or of another type, a required value is missing, a string is
            too long, or a number is not finite.
    """
    function = python.load()
    try:
        result = function(rows)
    except (Exception, SystemExit) as error:  # what the project's own code raises is not known beforehand
        line = place_of(error)
        raise RunFailed(
            f"The function {python.place} failed: {type(error).__name__}: {error}", hint=f"See {line}." if line else ""
        ) from error
    table = _as_table(python.place, result, columns)
    problems = [*_empty_values(table, required), *_infinite_values(table), *_long_strings(table, widths)]
    if problems:
        raise ContractBroken(f"The function {python.place} returned invalid rows: {'; '.join(problems)}.")
    return table


def _as_table(place: str, result: Any, columns: Mapping[str, str]) -> pa.Table:
    """Return the result of a function with the types of its contract."""
    import pyarrow as pa

    schema = arrow_schema(columns)
    records = result if isinstance(result, pa.Table) else _records(place, result)
    names = records.column_names if isinstance(records, pa.Table) else sorted({key for row in records for key in row})
    differences = [f"{name} is missing" for name in columns if name not in names and (names or len(records))]
    differences += [f"{name} is not declared" for name in names if name not in columns]
    if differences:
        raise ContractBroken(f"The rows of {place} differ from the declared columns: {'; '.join(differences)}.")
    if not len(records):
        return schema.empty_table()
    arrays = []
    for field in schema:
        try:
            if isinstance(records, pa.Table):
                arrays.append(records.column(field.name).cast(field.type))
            else:
                arrays.append(pa.array([row.get(field.name) for row in records], field.type))
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise ContractBroken(
                f"Column {field.name} of the rows of {place} is not {columns[field.name]}: {error}."
            ) from error
    return pa.Table.from_arrays(arrays, schema=schema)


def _records(place: str, result: Any) -> list[Mapping[str, Any]]:
    rows = list(result) if isinstance(result, Iterable) and not isinstance(result, str | Mapping) else [None]
    records = [_record(row) for row in rows]
    if None in records:
        kind = type(result).__name__
        raise ContractBroken(
            f"The function {place} returned {kind}, not rows.",
            hint="Return a pyarrow.Table, or a list of dictionaries or dataclasses.",
        )
    return [record for record in records if record is not None]


def _record(row: Any) -> Mapping[str, Any] | None:
    if is_dataclass(row) and not isinstance(row, type):
        return {field.name: getattr(row, field.name) for field in fields(row)}
    return row if isinstance(row, Mapping) else None


def _empty_values(rows: pa.Table, required: Iterable[str]) -> Iterable[str]:
    for name in required:
        if count := rows.column(name).null_count:
            yield f"{name} is None in {plural('row', count)}, but is not declared as nullable"


def _infinite_values(rows: pa.Table) -> Iterable[str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    for field in rows.schema:
        if pa.types.is_floating(field.type):
            finite = pc.sum(pc.is_finite(rows.column(field.name))).as_py() or 0
            if count := rows.num_rows - rows.column(field.name).null_count - finite:
                yield f"{field.name} is infinite or not a number in {plural('row', count)}"


def _long_strings(rows: pa.Table, widths: Mapping[str, int]) -> Iterable[str]:
    import pyarrow.compute as pc

    for name, width in widths.items():
        longest = pc.max(pc.binary_length(rows.column(name))).as_py() or 0
        if longest > width:
            yield f"{name} has a string of {longest:,} bytes, and its width is {width}"
