"""Record the metrics of each build, pipeline health and business measures, in a table of the models' schema."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from marketing_ibis.build.facts import Measure
from marketing_ibis.build.freshness import FreshnessResult
from marketing_ibis.build.plan import Plan
from marketing_ibis.build.reserved_names import HISTORY
from marketing_ibis.build.run import Result
from marketing_ibis.build.table_columns import is_own_table
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.testing.run import DataTestResult

PUBLISHED = "model_published"
"""Metric of a published model; the published table is as of the day of the metric's newest row."""
FAILED = "build_failed"
"""Metric of a build that failed and published nothing; it has no row of ``PUBLISHED``."""
MODEL_SECONDS = "model_seconds"
DAY = 24 * 60 * 60
SCHEMA = {"built_at": "timestamp", "as_of": "date", "metric": "string", "subject": "string", "value": "float64"}
"""The columns of the table, with Ibis' names of their types."""


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A number of a build. ``subject`` is the model that it is of, "" for the whole."""

    metric: str
    subject: str
    value: float


def pipeline_health(
    results: Iterable[Result], data_tests: Iterable[DataTestResult], documented: float
) -> list[MetricValue]:
    """Return seconds by model and in all, the share of tests that passed, the share of documented columns."""
    seconds = [MetricValue(MODEL_SECONDS, result.step.name, result.seconds) for result in results]
    statuses = [data_test.status for data_test in data_tests if data_test.status != "skipped"]
    entries = [
        *seconds,
        MetricValue("all_model_seconds", "", sum(entry.value for entry in seconds)),
        MetricValue("documentation_coverage", "", documented),
    ]
    if statuses:
        entries.append(MetricValue("test_pass_rate", "", statuses.count("pass") / len(statuses)))
    return entries


def query_measures(plan: Plan, target: Target) -> list[MetricValue]:
    """Return the numbers of each measure whose models are all built by ``plan``: others may be as of a different date.

    Raises:
        RunFailed: a measure returns more or less than one row, or a value that is not a finite number.
    """
    built_models, relations = {step.name for step in plan.steps()}, plan.relations
    entries: list[MetricValue] = []
    for measure in plan.measures:
        if measure.depends_on <= built_models:
            entries += _numbers(measure, target.query(plan.dialect.resolve(measure.select, relations)))
    return entries


def _numbers(measure: Measure, rows: list[tuple[object, ...]]) -> Iterator[MetricValue]:
    def refusal(outcome: str, hint: str) -> RunFailed:
        message = f"Measure {measure.name} returns {outcome}, so nothing was published."
        return RunFailed(message, hint=f"The published tables are unchanged. {hint}")

    if len(rows) != 1:
        raise refusal(f"{len(rows):,} rows, not one", "Let its function end in `.agg(...)`.")
    for name, value in zip(measure.columns, rows[0], strict=True):
        if value is not None:
            number = float(value)  # type: ignore[arg-type]
            if not math.isfinite(number):
                raise refusal(f"{number} for {name}", "Divide by `.nullif(0)`: NULL is skipped.")
            yield MetricValue(name, "", number)


def data_age(results: Iterable[FreshnessResult]) -> list[MetricValue]:
    """Return how many days the newest data of each source is old."""
    return [MetricValue("data_age_days", r.source, r.age.total_seconds() / DAY) for r in results if r.age is not None]


def documentation_coverage(dataflow: Dataflow) -> float:
    """Return the share of models, sources and columns that are described."""
    nodes = list(dataflow.nodes.values())
    described = [node.description for node in nodes]
    described += [column.description for node in nodes for column in node.declaration.contract.columns]
    return sum(map(bool, described)) / len(described) if described else 1.0


def append_statements(
    plan: Plan, entries: Iterable[MetricValue], as_of: date, built_at: datetime | None = None
) -> tuple[str, ...]:
    """Return the statements that keep the numbers of a build that ends now, and what it publishes, in the table.

    They create the table where it is missing.
    """
    published = (MetricValue(PUBLISHED, step.name, 1.0) for step in plan.steps())
    return _insert(plan, (*entries, *published), as_of, built_at or datetime.now(UTC))


def failure_statements(plan: Plan, entries: Iterable[MetricValue], as_of: date) -> tuple[str, ...]:
    """Return the statements that keep the numbers of a build that failed now and published nothing."""
    return _insert(plan, (*entries, MetricValue(FAILED, "", 1.0)), as_of, datetime.now(UTC))


def sample_statements(dialect: Dialect, schema: str, customers: int, as_of: date) -> tuple[str, ...]:
    """Return the statements that note of how many customers the tables of ``schema`` are, 0 for all of them."""
    entries = (MetricValue("sample_customers", "", float(customers)),)
    return _insert_into(dialect, Relation(schema, HISTORY), entries, as_of, datetime.now(UTC))


def _insert(plan: Plan, entries: Iterable[MetricValue], as_of: date, built_at: datetime) -> tuple[str, ...]:
    table = Relation(plan.schemas.models, HISTORY)
    return (
        *_insert_into(plan.dialect, table, entries, as_of, built_at),
        *plan.dialect.grant(table, plan.schemas.readers),
    )


def _insert_into(
    dialect: Dialect, table: Relation, entries: Iterable[MetricValue], as_of: date, built_at: datetime
) -> tuple[str, ...]:
    columns = ", ".join(f"{dialect.identifier(name)} {dialect.column_type(dtype)}" for name, dtype in SCHEMA.items())
    moment = built_at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    instant, day = (
        f"CAST({dialect.literal(moment)} AS TIMESTAMP)",
        f"CAST({dialect.literal(as_of.isoformat())} AS DATE)",
    )
    rows = ",\n".join(
        f"({instant}, {day}, {dialect.literal(entry.metric)}, {dialect.literal(entry.subject)}, {entry.value!r})"
        for entry in entries
    )
    names = ", ".join(map(dialect.identifier, SCHEMA))
    return (
        f"CREATE TABLE IF NOT EXISTS {dialect.relation(table)} ({columns})",
        f"INSERT INTO {dialect.relation(table)} ({names}) VALUES\n{rows}",
    )


def published_days(target: Target, schema: str) -> dict[str, date]:
    """Return as of which day each model of ``schema`` stands, as far as builds have history."""
    return {name: day for name, (_, day) in published_tables(target, schema).items()}


def has_history(target: Target, schema: str) -> bool:
    """Whether builds have recorded themselves in ``schema``.

    Raises:
        UsageError: something else has the name of the table in which they do.
    """
    return is_own_table(target, Relation(schema, HISTORY), SCHEMA, "Builds are recorded")


def published_tables(target: Target, schema: str) -> dict[str, tuple[datetime, date]]:
    """Return when each published model of ``schema`` was built, and as of which day, as far as builds recorded it.

    Raises:
        UsageError: something else has the name of the table in which they do.
    """
    if not has_history(target, schema):
        return {}
    table = target.dialect.relation(Relation(schema, HISTORY))
    published = f"metric = {target.dialect.literal(PUBLISHED)}"
    rows = target.query(
        f"SELECT history.subject, history.built_at, history.as_of FROM {table} AS history JOIN ("
        f"SELECT subject, MAX(built_at) AS built_at FROM {table} WHERE {published} GROUP BY subject"
        f") AS newest ON history.subject = newest.subject AND history.built_at = newest.built_at"
        f" WHERE history.{published}"
    )
    return {
        str(name): (moment.replace(tzinfo=UTC), day)
        for name, moment, day in rows
        if isinstance(moment, datetime) and isinstance(day, date)
    }


def model_seconds(target: Target, schema: str, builds: int) -> tuple[Mapping[str, float], ...]:
    """Return the seconds of each model in the newest ``builds`` that were recorded, the newest first.

    Raises:
        UsageError: something else has the name of the table in which builds are recorded.
    """
    if not has_history(target, schema):
        return ()
    table, metric = target.dialect.relation(Relation(schema, HISTORY)), target.dialect.literal(MODEL_SECONDS)
    moments = target.query(
        f"SELECT built_at FROM {table} WHERE metric = {metric} GROUP BY built_at ORDER BY built_at DESC LIMIT {builds}"
    )
    if not moments:
        return ()
    oldest = f"CAST({target.dialect.literal(str(moments[-1][0]))} AS TIMESTAMP)"
    rows = target.query(
        f"SELECT built_at, subject, value FROM {table} WHERE metric = {metric} AND built_at >= {oldest}"
    )
    seconds: dict[object, dict[str, float]] = {moment: {} for (moment,) in moments}
    for moment, name, value in rows:
        seconds[moment][str(name)] = float(str(value))
    return tuple(seconds.values())
