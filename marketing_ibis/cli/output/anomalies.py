"""Warn of the numbers of a build that are unusual next to those of earlier builds."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from marketing_ibis.cli.output.log import Log

if TYPE_CHECKING:
    from marketing_ibis.build.health import Anomaly, HealthMetric

MOST_WARNINGS = 5


def warn_of_anomalies(log: Log, anomalies: Iterable[Anomaly], owners: Mapping[str, str]) -> None:
    """Print a warning for each unusual number, with the owner of its table; a person gets the first few."""
    unusual = tuple(anomalies)
    for number, anomaly in enumerate(unusual):
        owner = owners.get(anomaly.subject.partition(".")[0], "")
        if number < MOST_WARNINGS or log.format == "json":
            band = anomaly.band
            data = {"metric": anomaly.metric, "subject": anomaly.subject, "value": anomaly.value, "owner": owner}
            log.warn(
                _describe(anomaly, owner), "unusual_number", **data, low=band.low, high=band.high, builds=band.builds
            )
    if len(unusual) > MOST_WARNINGS and log.format != "json":
        log.warn(f"{len(unusual) - MOST_WARNINGS} more numbers are unusual; --log-format json prints them all.")


def _describe(anomaly: Anomaly, owner: str) -> str:
    band, subject = anomaly.band, anomaly.subject
    low, middle, high = (_format(anomaly.metric, bound) for bound in (band.low, band.median, band.high))
    value = _format(anomaly.metric, anomaly.value)
    day = "" if band.weekday is None else f" as of a {calendar.day_name[band.weekday]}"
    statement = {
        "rows": f"{subject} has {value} rows",
        "total": f"{subject} adds up to {value}",
        "null_share": f"{value} of {subject} is NULL",
    }[anomaly.metric]
    usual = f"the median of the last {band.builds} builds{day} is {middle}, and {low} to {high} is usual"
    return f"{statement}; {usual}." + (f" Owner: {owner}." if owner else "")


def _format(metric: HealthMetric, value: float) -> str:
    if metric == "null_share":
        return f"{min(max(value, 0), 1):.1%}"
    return f"{max(value, 0) if metric == 'rows' else value:,.{0 if metric == 'rows' else 2}f}"
