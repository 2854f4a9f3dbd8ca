"""In every format of a timestamp, its day is the one that Python's time zones give."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import ibis
from hypothesis import assume, given
from hypothesis import strategies as st

from marketing_ibis.build.seed import seed_files
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import ReadOptions, Target
from marketing_ibis.model.time_zones import TimeZones

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/Sao_Paulo", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Asia/Tokyo"]
)
MOMENTS = st.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1)) | st.builds(
    # Around the changes of the clocks, and around midnight.
    lambda day, minutes: day + timedelta(minutes=minutes),
    st.sampled_from([datetime(2024, 3, 31), datetime(2024, 10, 27), datetime(2024, 3, 10), datetime(2024, 11, 3)]),
    st.integers(-24 * 60, 24 * 60),
)
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))


@cache
def target() -> Target:
    return ENGINES["duckdb"].open({"path": ":memory:"})


DAY = ibis.schema({"day": "date"})


def day_of(text: str, zones: TimeZones) -> date:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sales.csv").write_text(f'day\n"{text}"\n', "utf-8")
        seed_files(target(), Path(folder), {"sales": DAY}, "raw", options={"sales": ReadOptions(zones)})
    ((day,),) = target().query("SELECT day FROM raw.sales")
    assert isinstance(day, date)
    return day


@st.composite
def clocks(draw: st.DrawFn, moment: datetime) -> tuple[str, datetime]:
    """Return a moment as a string without a zone, and the part of it that the string has."""
    form = draw(st.sampled_from(["minutes", "seconds", "milliseconds", "microseconds"]))
    unit = {"minutes": timedelta(minutes=1), "seconds": timedelta(seconds=1), "milliseconds": timedelta(milliseconds=1)}
    shown = moment - (moment - datetime.min) % unit.get(form, timedelta(microseconds=1))
    return shown.isoformat(draw(st.sampled_from(" T")), form), shown


@st.composite
def instants(draw: st.DrawFn) -> tuple[str, datetime]:
    """Return an instant as a string in any of the formats that shops export, and the instant."""
    offset = draw(st.just(timedelta()) | OFFSETS)
    text, shown = draw(MOMENTS.flatmap(clocks))
    sign, minutes = "-" if offset < timedelta() else "+", abs(offset) // timedelta(minutes=1)
    hours, rest = f"{minutes // 60:02}", f"{minutes % 60:02}"
    forms = [f"{sign}{hours}:{rest}", f"{sign}{hours}{rest}"]
    forms += [f"{sign}{hours}"] if rest == "00" else []
    forms += ["Z", "z", "UTC", "GMT"] if not offset else []
    blank = draw(st.sampled_from(["", " ", "  "]))
    return f"{text}{blank}{draw(st.sampled_from(forms))}", shown.replace(tzinfo=timezone(offset))


@given(instants(), ZONES, ZONES)
def test_an_instant_belongs_to_the_day_of_the_business(
    instant: tuple[str, datetime], business: str, unzoned: str
) -> None:
    text, moment = instant
    assert day_of(text, TimeZones(business, unzoned)) == moment.astimezone(ZoneInfo(business)).date()


@given(MOMENTS.flatmap(clocks), ZONES)
def test_without_a_zone_it_is_the_day_that_is_written(clock: tuple[str, datetime], business: str) -> None:
    text, moment = clock
    assert day_of(text, TimeZones(business)) == moment.date()


@given(MOMENTS.flatmap(clocks), ZONES, ZONES)
def test_without_a_zone_it_is_of_the_zone_that_is_set(clock: tuple[str, datetime], business: str, unzoned: str) -> None:
    text, moment = clock
    zone = ZoneInfo(unzoned)
    first, second = moment.replace(tzinfo=zone), moment.replace(tzinfo=zone, fold=1)
    is_skipped = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment
    # A skipped hour counts from before the change of the clocks, a repeated one is the second.
    expected = first if is_skipped else second
    assume(business != unzoned)
    assert day_of(text, TimeZones(business, unzoned)) == expected.astimezone(ZoneInfo(business)).date()
