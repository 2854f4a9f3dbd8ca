"""What Ibis computes from moments does not depend on the time zone of the session, which a DBA may have set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import ibis
import ibis.expr.types as ir
import pytest

from tests.engines.redshift.both_engines import BothEngines, both_engines

SCHEMA = ibis.schema({"k": "int64", "at": "timestamp('UTC')", "local": "timestamp", "day": "date"})
MOMENTS = ibis.table(SCHEMA, name="moments", database="zones")
ROWS = (
    (1, datetime(2024, 7, 1, 2, 30, 15, 123456, UTC), datetime(2024, 7, 1, 2, 30), date(2024, 6, 30)),
    (2, datetime(2024, 12, 31, 23, 30, tzinfo=UTC), datetime(2024, 12, 31, 23, 30), date(2024, 12, 31)),
    (3, None, None, None),
)
ZONES = ("UTC", "America/New_York", "Asia/Kolkata")
LATE = ibis.literal(datetime(2024, 7, 1, 3, 0, tzinfo=UTC))


def expressions(t: ir.Table) -> dict[str, ir.Value]:
    at, local = t["at"], t["local"]
    return {
        "day_of_it": at.date(),
        "time_of_it": at.cast("timestamp").time(),
        "hour": at.hour(),
        "weekday": at.day_of_week.full_name(),
        "week": at.week_of_year(),
        "iso_year": at.iso_year(),
        "start_of_day": at.truncate("D"),
        "start_of_month": at.truncate("M"),
        "next_month": at + ibis.interval(months=1),
        "an_hour_before": at - ibis.interval(hours=1),
        "days_since": at.delta(local, unit="day"),
        "hours_until": local.delta(at, unit="hour"),
        "seconds": at.truncate("s").epoch_seconds(),
        "written": at.strftime("%Y-%m-%d %H:%M"),
        "as_string": at.cast("string"),
        "as_date": at.cast("date"),
        "as_local": at.cast("timestamp"),
        "from_local": local.cast("timestamp('UTC')"),
        "from_day": t["day"].cast("timestamp('UTC')"),
        "is_late": at > LATE,
        "first": ibis.coalesce(at, LATE),
        "is_same": at == local.cast("timestamp('UTC')"),
    }


@pytest.fixture(scope="module")
def engines() -> Iterator[BothEngines]:
    with both_engines({"moments": (SCHEMA, ROWS)}, "zones") as opened:
        yield opened


@pytest.mark.parametrize("name", sorted(expressions(MOMENTS)))
def test_rows_are_those_of_duckdb_in_every_time_zone(engines: BothEngines, name: str) -> None:
    expression = MOMENTS.select("k", value=expressions(MOMENTS)[name])
    for zone in ZONES:
        engines.stand_in.execute(f"SET timezone TO '{zone}'")
        expected, rows = engines.rows(expression)
        assert rows == expected, zone
