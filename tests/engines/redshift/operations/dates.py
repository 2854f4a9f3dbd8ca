"""Dates and times."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tests.engines.redshift.operations.tables import Case, per_row


def _clock(t: ir.Table) -> ir.TimeColumn:
    return t.ts.strftime("%H:%M:%S").cast("time")


DATES: dict[str, Case] = {
    "parts": per_row(
        a=lambda t: t.d.year(),
        b=lambda t: t.d.quarter(),
        c=lambda t: t.d.month(),
        e=lambda t: t.d.week_of_year(),
        f=lambda t: t.d.day(),
        h=lambda t: t.d.day_of_year(),
        l=lambda t: t.d.iso_year(),
    ),
    "clock_parts": per_row(
        a=lambda t: t.ts.hour(),
        b=lambda t: t.ts.minute(),
        c=lambda t: t.ts.second(),
        e=lambda t: t.ts.millisecond(),
        f=lambda t: t.ts.truncate("s").epoch_seconds(),
        h=lambda t: t.ts.microsecond(),
    ),
    "weekdays": per_row(a=lambda t: t.d.day_of_week.index(), b=lambda t: t.d.day_of_week.full_name()),
    "truncate": per_row(
        a=lambda t: t.d.truncate("M"),
        b=lambda t: t.d.truncate("W"),
        c=lambda t: t.ts.truncate("h"),
        e=lambda t: t.ts.truncate("Q"),
        f=lambda t: t.ts.truncate("D"),
        h=lambda t: t.d.truncate("Y"),
    ),
    "literals": per_row(
        a=lambda t: t.d >= ibis.date("2024-02-29"),
        b=lambda t: t.ts < ibis.timestamp("2024-02-29 12:00:00"),
        c=lambda t: ibis.date("2024-05-15"),
        e=lambda t: ibis.timestamp("2024-05-15 01:02:03.5"),
    ),
    "steps": per_row(
        a=lambda t: t.d + ibis.interval(days=3),
        b=lambda t: t.ts - ibis.interval(hours=5),
        c=lambda t: t.d - ibis.interval(weeks=2),
        e=lambda t: t.ts + ibis.interval(minutes=90),
    ),
    "month_steps": per_row(
        a=lambda t: t.d + ibis.interval(months=1),
        b=lambda t: t.d - ibis.interval(years=1),
        c=lambda t: t.ts + ibis.interval(quarters=1),
    ),
    "steps_of_several_units": per_row(
        a=lambda t: t.ts + (ibis.interval(hours=2) + ibis.interval(days=1)),
        b=lambda t: t.ts - (ibis.interval(days=1) + ibis.interval(months=1)),
        c=lambda t: t.ts + (ibis.interval(months=1) - (ibis.interval(days=1) + ibis.interval(hours=3))),
    ),
    "steps_by_column": per_row(a=lambda t: t.d + t.k.as_interval("D"), b=lambda t: t.ts - t.k.as_interval("h")),
    "intervals": per_row(
        a=lambda t: t.d + ibis.interval(days=2) * t.k,
        b=lambda t: t.d + (ibis.interval(days=1) + ibis.interval(days=2)),
        c=lambda t: t.ts - (ibis.interval(hours=5) - ibis.interval(hours=2)),
        e=lambda t: t.ts + ibis.interval(hours=2) - ibis.interval(minutes=1),
    ),
    "now": per_row(
        a=lambda t: ibis.now() > ibis.timestamp("2020-01-01"), b=lambda t: ibis.today() >= ibis.date("2020-01-01")
    ),
    "clock": per_row(
        a=lambda t: _clock(t) + ibis.interval(hours=2),
        b=lambda t: _clock(t) - ibis.interval(minutes=5),
        c=lambda t: _clock(t).hour(),
        e=lambda t: _clock(t).delta(ibis.time("10:00:00"), unit="hour"),
    ),
    "deltas": per_row(
        a=lambda t: t.d.delta(ibis.date("2024-01-01"), unit="day"),
        b=lambda t: t.d.delta(ibis.date("2024-01-01"), unit="month"),
        c=lambda t: t.d.delta(ibis.date("2024-01-01"), unit="year"),
        e=lambda t: t.ts.delta(ibis.timestamp("2024-01-01"), unit="hour"),
    ),
    "strftime": per_row(
        a=lambda t: t.d.strftime("%Y-%m-%d"),
        b=lambda t: t.ts.strftime("%d/%m/%y at %H:%M:%S"),
        c=lambda t: t.d.strftime("%j %B %A"),
    ),
    "parse": per_row(
        a=lambda t: t.d.strftime("%Y%m%d").as_date("%Y%m%d"),
        b=lambda t: t.ts.strftime("%Y-%m-%d %H:%M:%S").as_timestamp("%Y-%m-%d %H:%M:%S"),
    ),
    "from_parts": per_row(
        a=lambda t: ibis.date(t.k.cast("int32") + 2000, t.j.abs(), 3),
        b=lambda t: ibis.timestamp(2024, 1, t.k.cast("int32"), 4, 5, 6),
    ),
    "date_of_timestamp": per_row(a=lambda t: t.ts.date()),
    "time_of_timestamp": per_row(a=lambda t: t.ts.time()),
    "bucket_of_time": per_row(
        a=lambda t: t.ts.bucket(minutes=15),
        b=lambda t: t.ts.bucket(hours=1),
        c=lambda t: t.ts.bucket(weeks=1),
        e=lambda t: t.ts.bucket(days=1, offset=ibis.interval(hours=5)),
        f=lambda t: t.ts.bucket(ibis.interval(milliseconds=500)),
    ),
    "bucket_of_months": per_row(
        a=lambda t: t.ts.bucket(months=1), b=lambda t: t.ts.bucket(quarters=1), c=lambda t: t.ts.bucket(years=2)
    ),
    "days_apart": per_row(
        b=lambda t: (t.ts - ibis.timestamp("2024-01-31")) <= ibis.interval(seconds=172_800),
        c=lambda t: (t.d - ibis.date("2023-12-31")).cast("int64"),
    ),
    "days_between": per_row(a=lambda t: t.d - ibis.date("2024-01-01")),
    "time_from_parts": per_row(a=lambda t: ibis.time(t.k.cast("int32"), 30, t.k.cast("int32") * 2)),
    "between_clock_times": per_row(a=lambda t: _clock(t).between("06:00:00", "20:00:00")),
}
