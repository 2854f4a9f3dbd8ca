"""Measure a build, and keep what was measured with the tables that it publishes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol

from marketing_ibis.cli.output.log import Log

if TYPE_CHECKING:
    from marketing_ibis.build.health import Anomaly
    from marketing_ibis.build.metrics import MetricValue
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.build.run import Result
    from marketing_ibis.engines.target import Target
    from marketing_ibis.testing.run import DataTestResult


class Recorder(Protocol):
    """Returns the statements that keep a build, and remembers what it measured and when that was published."""

    metric_values: list[MetricValue]
    anomalies: tuple[Anomaly, ...]
    published_at: datetime | None

    def record(
        self,
        target: Target,
        plan: Plan,
        results: Sequence[Result],
        data_tests: Sequence[DataTestResult],
        existing_nodes: Collection[str],
    ) -> Iterable[str]:
        """Return the statements that are executed with the publish."""

    def record_failure(
        self, plan: Plan, results: Sequence[Result], data_tests: Sequence[DataTestResult]
    ) -> Iterable[str]:
        """Return the statements that are executed after a failure that published nothing."""


@dataclass(slots=True)
class DayRecorder:
    """Keeps as of which day each model is published, and no more: a run does not test."""

    as_of: date
    metric_values: list[MetricValue] = field(default_factory=list)
    anomalies: tuple[Anomaly, ...] = ()
    published_at: datetime | None = None

    def record(self, target: Target, plan: Plan, *outcome: object) -> Iterable[str]:
        """Return the statements that keep as of which day each model of ``plan`` is published, and from what."""
        self.published_at = datetime.now(UTC)
        return _record_published(target, plan, (), self.as_of, self.published_at)

    def record_failure(self, plan: Plan, *outcome: object) -> Iterable[str]:
        """Return the statements that record that a run failed."""
        from marketing_ibis.build.metrics import failure_statements

        return failure_statements(plan, (), self.as_of)


@dataclass(slots=True)
class BuildRecorder:
    """Measures a build, keeps what was measured, and finds what is unusual next to earlier builds."""

    as_of: date
    metric_values: list[MetricValue] = field(default_factory=list)
    anomalies: tuple[Anomaly, ...] = ()
    published_at: datetime | None = None

    def record(
        self,
        target: Target,
        plan: Plan,
        results: Sequence[Result],
        data_tests: Sequence[DataTestResult],
        existing_nodes: Collection[str],
    ) -> Iterable[str]:
        """Measure the build and return the statements that keep what was measured."""
        from marketing_ibis.build import metrics, table_numbers
        from marketing_ibis.build.freshness import query_freshness
        from marketing_ibis.build.health import find_anomalies

        queries = [query for query in plan.facts.freshness if query.source in existing_nodes]
        self.metric_values = [
            *metrics.pipeline_health(results, data_tests, plan.facts.documented),
            *metrics.data_age(query_freshness(queries, plan.relations, target, self.as_of)),
            *metrics.query_measures(plan, target),
        ]
        numbers, rules = table_numbers.query_numbers(plan, target), plan.facts.health
        history = table_numbers.read_history(target, plan.schemas.models, rules.builds)
        self.anomalies = find_anomalies(numbers, history, self.as_of, rules)
        recorded = (*self.metric_values, *table_numbers.metric_values(numbers))
        self.published_at = datetime.now(UTC)
        return _record_published(target, plan, recorded, self.as_of, self.published_at)

    def record_failure(
        self, plan: Plan, results: Sequence[Result], data_tests: Sequence[DataTestResult]
    ) -> Iterable[str]:
        """Return the statements that keep the numbers of a build that failed."""
        from marketing_ibis.build import metrics

        metric_values = metrics.pipeline_health(results, data_tests, plan.facts.documented)
        return metrics.failure_statements(plan, metric_values, self.as_of)


def _record_published(
    target: Target, plan: Plan, metric_values: Iterable[MetricValue], as_of: date, published_at: datetime
) -> tuple[str, ...]:
    """Return the statements that keep what was measured, and the states of the published models."""
    from marketing_ibis.build.metrics import append_statements
    from marketing_ibis.build.state_record import record_states

    states = record_states(target, plan, plan.facts.identities, as_of, published_at)
    return (*append_statements(plan, metric_values, as_of, published_at), *states)


def log_metrics(log: Log, metric_values: Sequence[MetricValue]) -> None:
    """Print what was measured, except for the seconds, which are shown with each model."""
    texts = [_format_metric(each) for each in metric_values if each.metric != "model_seconds"]
    if texts:
        log.emit("build_measured", f"Health: {', '.join(texts)}.", measures=[asdict(each) for each in metric_values])


def _format_metric(metric_value: MetricValue) -> str:
    if metric_value.metric == "all_model_seconds":
        return f"models took {metric_value.value:.2f}s"
    if metric_value.metric == "data_age_days":
        age = f"{metric_value.value:g} day{'' if metric_value.value == 1 else 's'}"
        return f"newest row of {metric_value.subject} {age} old"
    words = metric_value.metric.replace("_", " ")
    if metric_value.metric.endswith("_seconds"):
        return f"{words} {metric_value.value:.2f}"
    if metric_value.metric.endswith("_days"):
        return f"{words} {metric_value.value:g} ({metric_value.subject})"
    return f"{words} {metric_value.value:.1%}"
