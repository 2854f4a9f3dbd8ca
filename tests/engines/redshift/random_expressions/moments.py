"""Days, moments and instants: their parts, steps, differences and casts."""

from __future__ import annotations

import ibis

from tests.engines.redshift.random_expressions.scope import DAY, INSTANT, MOMENT, MOMENTS, WHOLE, Maker, Scope

UNITS = ("D", "W", "M", "Q", "Y")
CLOCK_UNITS = ("h", "m", "s")
DIFFERENCES = ("day", "week", "month", "quarter", "year")

PARTS: dict[str, Maker] = {
    "part": lambda s: getattr(s.value(*MOMENTS), s.one_of(("year", "quarter", "month", "day", "day_of_year")))(),
    "week": lambda s: getattr(s.value(*MOMENTS), s.one_of(("week_of_year", "iso_year")))(),
    "weekday": lambda s: s.value(*MOMENTS).day_of_week.index(),
    "clock": lambda s: getattr(s.value(MOMENT, INSTANT), s.one_of(("hour", "minute", "second")))(),
    # DuckDB counts them in a double, which text shows.
    "seconds of a day": lambda s: s.value(DAY).epoch_seconds() // 1,
    # DuckDB's have a fraction, though Ibis calls them whole.
    "seconds since 1970": lambda s: s.value(MOMENT, INSTANT).truncate("s").epoch_seconds() // 1,
    "days between": lambda s: s.value(DAY).delta(s.operand(DAY), unit=s.one_of(DIFFERENCES)),
    "time between": lambda s: s.value(MOMENT).delta(s.operand(MOMENT), unit=s.one_of(("day", "hour", "second"))),
}


def _step(s: Scope) -> ibis.Value:
    number = s.one_of((1, -1, 13))
    return s.one_of((ibis.interval(days=number), ibis.interval(months=number), ibis.interval(weeks=number)))


def _clock_step(s: Scope) -> ibis.Value:
    return s.one_of((ibis.interval(hours=5), ibis.interval(minutes=-90), ibis.interval(seconds=1)))


DAYS: dict[str, Maker] = {
    "truncated": lambda s: s.value(DAY).truncate(s.one_of(UNITS)),
    "step": lambda s: s.value(DAY) + _step(s),
    "step back": lambda s: s.value(DAY) - _step(s),
    "days added": lambda s: s.value(DAY) + s.value(WHOLE).clip(-999, 999).as_interval("D"),
    "of a moment": lambda s: s.value(MOMENT, INSTANT).date(),
    "cast": lambda s: s.value(MOMENT, INSTANT).cast("date"),
    "of text": lambda s: s.value(DAY).cast("string").cast("date"),
    "of parts": lambda s: ibis.date(s.value(DAY).year(), s.one_of((1, 12)), s.one_of((1, 28))),
}
MOMENT_VALUES: dict[str, Maker] = {
    "truncated": lambda s: s.value(MOMENT).truncate(s.one_of((*UNITS, *CLOCK_UNITS))),
    "step": lambda s: s.value(MOMENT) + _step(s),
    "clock step": lambda s: s.value(MOMENT) - _clock_step(s),
    "of a day": lambda s: s.value(DAY).cast("timestamp"),
    "of an instant": lambda s: s.value(INSTANT).cast("timestamp"),
    # DuckDB gives those of seconds a zone, which Ibis does not know of.
    "of milliseconds": lambda s: s.value(WHOLE).clip(-(10**9), 10**9).as_timestamp("ms"),
    "of text": lambda s: s.column(MOMENT).cast("string").cast("timestamp"),
}
INSTANTS: dict[str, Maker] = {
    "step": lambda s: s.value(INSTANT) + _step(s),
    "clock step": lambda s: s.value(INSTANT) + _clock_step(s),
    "of a moment": lambda s: s.value(MOMENT).cast("timestamp('UTC')"),
    "of a day": lambda s: s.value(DAY).cast("timestamp('UTC')"),
}
