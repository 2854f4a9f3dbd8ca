"""Read the numbers that the newest builds recorded about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from marketing_ibis.build.metrics import FAILED, has_history
from marketing_ibis.build.reserved_names import HISTORY
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target

BUILDS = 30
"""How many builds are read."""
SOURCE_AGE = "data_age_days"


@dataclass(frozen=True, slots=True)
class BuildMetrics:
    """One build: when it ended, its day, whether it published, and its numbers by metric and subject."""

    built_at: datetime
    as_of: date
    is_published: bool = True
    values: Mapping[tuple[str, str], float] = field(default_factory=dict)


def recent_builds(target: Target, schema: str, builds: int = BUILDS) -> tuple[BuildMetrics, ...]:
    """Return the newest builds of ``schema``, the newest first; none where no build recorded itself.

    Raises:
        UsageError: something else has the name of the table in which builds are recorded.
    """
    if not has_history(target, schema):
        return ()
    table = target.dialect.relation(Relation(schema, HISTORY))
    moments = target.query(
        f"SELECT built_at FROM {table} WHERE as_of IS NOT NULL GROUP BY built_at ORDER BY built_at DESC LIMIT {builds}"
    )
    if not moments:
        return ()
    oldest = f"CAST({target.dialect.literal(str(moments[-1][0]))} AS TIMESTAMP)"
    rows = target.query(f"SELECT built_at, as_of, metric, subject, value FROM {table} WHERE built_at >= {oldest}")
    values: dict[datetime, dict[tuple[str, str], float]] = {}
    days: dict[datetime, date] = {}
    for built_at, as_of, metric, subject, value in rows:
        if isinstance(built_at, datetime) and isinstance(as_of, date):
            days[built_at] = as_of
            values.setdefault(built_at, {})[str(metric), str(subject)] = float(str(value))
    return tuple(
        BuildMetrics(moment.replace(tzinfo=UTC), days[moment], (FAILED, "") not in numbers, numbers)
        for moment, numbers in sorted(values.items(), reverse=True)
    )
