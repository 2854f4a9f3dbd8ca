"""Compare the numbers of a build's tables with those of earlier builds: an unusual volume, total or share of NULLs.

The band is the median of earlier values, give or take a number of robust standard deviations: the median absolute
deviation times 1.4826, which is the standard deviation of values that are normally distributed and is not moved by a
few that are not (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Literal

from marketing_ibis.project.health_rules import HealthRules

HealthMetric = Literal["rows", "total", "null_share"]
ROWS: HealthMetric = "rows"
TOTAL: HealthMetric = "total"
NULL_SHARE: HealthMetric = "null_share"
HEALTH_METRICS: tuple[HealthMetric, ...] = (ROWS, TOTAL, NULL_SHARE)
DEVIATION = 1.4826
"""A standard deviation is this many median absolute deviations, of values that are normally distributed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number of an earlier build: ``subject`` is a model, or a model and column as ``orders.amount``."""

    built_at: datetime
    as_of: date
    metric: HealthMetric
    subject: str
    value: float


@dataclass(frozen=True, slots=True)
class Band:
    """Where a number usually is, by ``builds`` earlier ones: of one ``weekday`` (Monday is 0), or of all if None."""

    low: float
    high: float
    median: float
    builds: int
    weekday: int | None

    def contains(self, value: float) -> bool:
        """Return whether ``value`` is usual."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A number of a build that is outside of its band."""

    metric: HealthMetric
    subject: str
    value: float
    band: Band


def find_anomalies(
    values: Mapping[tuple[HealthMetric, str], float], history: Iterable[Measured], as_of: date, rules: HealthRules
) -> tuple[Anomaly, ...]:
    """Return the numbers of a build as of ``as_of`` that earlier builds make unusual, by metric and subject."""
    earlier: dict[tuple[HealthMetric, str], list[Measured]] = {}
    for entry in history:
        earlier.setdefault((entry.metric, entry.subject), []).append(entry)
    anomalies = []
    for (metric, subject), value in values.items():
        band = usual_band(metric, earlier.get((metric, subject), ()), as_of, rules)
        if band is not None and not band.contains(value):
            anomalies.append(Anomaly(metric, subject, value, band))
    return tuple(sorted(anomalies, key=lambda anomaly: (HEALTH_METRICS.index(anomaly.metric), anomaly.subject)))


def usual_band(metric: HealthMetric, history: Iterable[Measured], as_of: date, rules: HealthRules) -> Band | None:
    """Return where a number as of ``as_of`` usually is, or None if too few builds say so.

    Of several builds as of the same day, the newest counts; those as of ``as_of`` itself do not.
    """
    newest: dict[date, Measured] = {}
    for entry in sorted(history, key=lambda entry: (entry.built_at, entry.value)):
        if entry.as_of != as_of:
            newest[entry.as_of] = entry
    considered = sorted(newest.values(), key=lambda entry: (entry.built_at, entry.as_of))[-rules.builds :]
    if len(considered) < rules.least_builds:
        return None
    same_weekday = [entry.value for entry in considered if entry.as_of.weekday() == as_of.weekday()]
    if len(same_weekday) >= rules.least_weekdays:
        return _band(metric, same_weekday, as_of.weekday(), rules)
    return _band(metric, [entry.value for entry in considered], None, rules)


def _band(metric: HealthMetric, values: Sequence[float], weekday: int | None, rules: HealthRules) -> Band:
    middle = median(values)
    deviation = DEVIATION * median(abs(value - middle) for value in values)
    least = rules.least_change * (1.0 if metric == NULL_SHARE else abs(middle))
    width = max(rules.deviations * deviation, least)
    return Band(middle - width, middle + width, middle, len(values), weekday)
