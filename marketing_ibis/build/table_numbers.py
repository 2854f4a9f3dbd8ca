"""Count the rows, NULLs and totals of the tables of a build, and read those of earlier builds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from marketing_ibis.build.health import HEALTH_METRICS, NULL_SHARE, ROWS, TOTAL, HealthMetric, Measured
from marketing_ibis.build.metrics import MetricValue, has_history
from marketing_ibis.build.reserved_names import HISTORY
from marketing_ibis.engines.dialect import Dialect, Relation

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan, Step
    from marketing_ibis.engines.target import Target

Numbers = Mapping[tuple[HealthMetric, str], float]
"""Numbers by metric and subject: a table, or a table and column as ``orders.amount``."""


def query_numbers(plan: Plan, target: Target) -> Numbers:
    """Return the rows of each table that a plan built, the total of each column of money, and the shares of NULLs.

    Each table is read by one statement; views are not read.
    """
    numbers: dict[tuple[HealthMetric, str], float] = {}
    for step in plan.steps():
        if step.kind != "view":
            columns = _columns(step)
            (row,) = target.query(_select(plan.dialect, plan.relations[step.name], columns))
            numbers.update(_numbers(step.name, columns, row))
    return numbers


def _columns(step: Step) -> tuple[tuple[HealthMetric, str], ...]:
    """Return what is measured of which columns."""
    money = [(TOTAL, name) for name, dtype in step.columns.items() if "decimal" in dtype]
    return (*money, *((NULL_SHARE, name) for name in step.columns if name not in step.required))


def _select(dialect: Dialect, relation: Relation, columns: tuple[tuple[HealthMetric, str], ...]) -> str:
    calls = {TOTAL: "SUM", NULL_SHARE: "COUNT"}
    values = ", ".join(["COUNT(*)", *(f"{calls[metric]}({dialect.identifier(name)})" for metric, name in columns)])
    return f"SELECT {values} FROM {dialect.relation(relation)}"


def _numbers(
    table: str, columns: tuple[tuple[HealthMetric, str], ...], row: tuple[object, ...]
) -> Iterator[tuple[tuple[HealthMetric, str], float]]:
    rows, *values = (float(value or 0) for value in row)  # type: ignore[arg-type]
    yield (ROWS, table), rows
    for (metric, name), value in zip(columns, values, strict=True):
        if metric == TOTAL:
            yield (TOTAL, f"{table}.{name}"), value
        elif rows:
            yield (NULL_SHARE, f"{table}.{name}"), (rows - value) / rows


def metric_values(numbers: Numbers) -> list[MetricValue]:
    """Return numbers as the history keeps them."""
    return [MetricValue(metric, subject, value) for (metric, subject), value in numbers.items()]


def read_history(target: Target, schema: str, days: int) -> tuple[Measured, ...]:
    """Return the numbers of builds as of the ``days`` days that were built last, none where no build is recorded."""
    if not has_history(target, schema):
        return ()
    dialect = target.dialect
    table = dialect.relation(Relation(schema, HISTORY))
    metrics = ", ".join(map(dialect.literal, HEALTH_METRICS))
    newest = f"SELECT as_of, MAX(built_at) AS built_at FROM {table} WHERE metric IN ({metrics}) GROUP BY as_of"
    rows = target.query(
        f"SELECT history.built_at, history.as_of, history.metric, history.subject, history.value"
        f" FROM {table} AS history JOIN ("
        f"SELECT newest.as_of FROM ({newest}) AS newest ORDER BY newest.built_at DESC LIMIT {days}"
        f") AS recent ON history.as_of = recent.as_of WHERE history.metric IN ({metrics})"
    )
    return tuple(
        Measured(moment.replace(tzinfo=UTC), day, metric, str(subject), float(value))  # type: ignore[arg-type]
        for moment, day, metric, subject, value in rows
        if isinstance(moment, datetime) and isinstance(day, date)
    )
