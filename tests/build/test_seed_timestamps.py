"""A timestamp in a file belongs to a day of the business; without a zone it is in the business's own by default."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketing_ibis.build.seed import seed_files, survey_files
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import ReadOptions
from marketing_ibis.errors import SourceError
from marketing_ibis.model.time_zones import TimeZones

BERLIN = TimeZones("Europe/Berlin")
DAY = ibis.schema({"day": "date"})
WALL = ibis.schema({"day": "timestamp"})
INSTANT = ibis.schema({"day": "timestamp('UTC')"})
FILES = ("sales.csv", "sales.csv.gz", "sales.parquet")


def seeded(folder: Path, zones: TimeZones, schema: ibis.Schema = DAY, *, link: bool = False) -> list[object]:
    target = ENGINES["duckdb"].open({"path": ":memory:"})
    seed_files(target, folder, {"sales": schema}, "raw", link=link, options={"sales": ReadOptions(zones)})
    return [row[0] for row in target.query("SELECT day FROM raw.sales")]


def write(folder: Path, texts: list[str], name: str = "sales.csv") -> Path:
    content = "\n".join(["day", *(f'"{text}"' for text in texts), ""]).encode()
    if name == "sales.parquet":
        pq.write_table(pa.table({"day": texts}), folder / name)
    else:
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return folder


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("written", "day"),
    [
        # Half past eleven in the evening of UTC is the next day in Berlin.
        ("2024-02-29T23:30:15Z", 1),
        ("2024-02-29 23:30:15 Z", 1),
        ("2024-02-29 23:30:15z", 1),
        ("2024-02-29t23:30:15.5z", 1),
        ("2024-02-29 23:30:15 UTC", 1),
        ("2024-02-29 23:30:15UTC", 1),
        ("2024-02-29 23:30:15.123456 UTC", 1),
        ("2024-02-29 23:30:15.123456789 utc", 1),
        ("2024-02-29 23:30 GMT", 1),
        ("2024-02-29 23:30:15+00", 1),
        ("2024-02-29 23:30:15 +00", 1),
        ("2024-02-29 23:30:15 -00:00", 1),
        ("2024-02-29 23:30:15 +0000", 1),
        ("2024-02-29 18:30:15 -05", 1),
        ("2024-02-29 18:30:15 -05:00", 1),
        ("2024-02-29 18:30:15 -0500", 1),
        ("2024-02-29T18:30:15-05:00", 1),
        ("2024-03-01 05:00:15 +05:30 ", 1),
        ("\t2024-03-01 00:30:15 +0100", 1),
        ("2024-03-01 00:30:15  +01", 1),
        ("2024-02-29 22:59:59.999999 +0000", 29),
        ("2024-03-01 00:30:15 +0200", 29),
        # Without a zone it is the day that is written.
        ("2024-02-29 23:30:15", 29),
        ("2024-02-29T23:30:15", 29),
        ("2024-02-29 23:30", 29),
        ("2024-02-29 23:59:59.9999999", 29),
        (" 2024-02-29 ", 29),
        ("2024-03-01 00:00:00", 1),
    ],
)
def test_every_form_of_a_timestamp_is_read(tmp_path: Path, name: str, written: str, day: int) -> None:
    expected = date(2024, 3, 1) if day == 1 else date(2024, 2, 29)
    assert seeded(write(tmp_path, [written], name), BERLIN) == [expected]


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-01 25:00:00",
        "2024-03-01 00:61:00",
        "2024-02-30 00:00:00",
        "2024-03-01 00:30:15 CEST",
        "2024-03-01 00:30:15 +1",
        "2024-03-01 00:30:15 +25:00",
        "2024-03-01 00:30:15 +01:75",
        "2024-03-01 00:30:15 + 01",
        "2024-03-01+01:00",
        "2024-03-01 UTC",
        "01/03/2024 00:30",
        "1709249415",
        "infinity",
        "0000-12-31 00:00:00",
        "0001-01-01 00:00:00 +14:00",
        "9999-12-31 23:59:59 -10:00",
        "10000-01-01 00:00:00",
    ],
)
@pytest.mark.parametrize("schema", [DAY, WALL, INSTANT], ids=["date", "timestamp", "instant"])
def test_what_is_no_timestamp_is_refused(tmp_path: Path, written: str, schema: ibis.Schema) -> None:
    with pytest.raises(SourceError, match=r"line 2, column day: .* or a (timestamp such as|day)"):
        seeded(write(tmp_path, [written]), TimeZones(), schema)


@pytest.mark.parametrize("link", [False, True])
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        (TimeZones("America/Sao_Paulo"), date(2024, 3, 1)),
        (TimeZones("America/Sao_Paulo", "UTC"), date(2024, 2, 29)),
        (TimeZones("America/Sao_Paulo", "America/Sao_Paulo"), date(2024, 3, 1)),
        (TimeZones("Asia/Tokyo", "America/Sao_Paulo"), date(2024, 3, 1)),
        (TimeZones("UTC", "Asia/Tokyo"), date(2024, 2, 29)),
        (TimeZones(), date(2024, 3, 1)),
    ],
)
def test_a_timestamp_without_a_zone_is_of_the_business_unless_set(
    tmp_path: Path, zones: TimeZones, expected: date, name: str, link: bool
) -> None:
    folder = write(tmp_path, ["2024-03-01 00:30:00", "2024-03-01"], name)
    assert seeded(folder, zones, link=link) == [expected, date(2024, 3, 1)]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_parquet_knows_which_timestamps_have_a_zone(tmp_path: Path, unit: str) -> None:
    moment = datetime(2024, 3, 1, 0, 30)
    zones = TimeZones("America/Sao_Paulo")
    for zone, expected in ((None, date(2024, 3, 1)), ("UTC", date(2024, 2, 29)), ("Asia/Tokyo", date(2024, 2, 29))):
        value = moment if zone is None else moment.replace(tzinfo=UTC)
        pq.write_table(pa.table({"day": pa.array([value], pa.timestamp(unit, zone))}), tmp_path / "sales.parquet")
        assert seeded(tmp_path, zones) == [expected]
        naive = survey_files(tmp_path, {"sales": DAY}, {})["sales"].naive
        assert naive == ({"day": 1} if zone is None else {})


SKIPPED, REPEATED = "2024-03-31 02:30:00", "2024-10-27 02:30:00"
"""An hour that the clocks of Berlin skip, and one that they show twice."""


def test_hours_that_clocks_skip_or_repeat(tmp_path: Path) -> None:
    folder = write(tmp_path, [SKIPPED, REPEATED])
    # The business's own clock needs no conversion.
    assert seeded(folder, BERLIN) == [date(2024, 3, 31), date(2024, 10, 27)]
    assert seeded(folder, BERLIN, WALL) == [datetime.fromisoformat(SKIPPED), datetime.fromisoformat(REPEATED)]
    # A skipped hour counts from before the change, a repeated one is the second.
    assert seeded(folder, TimeZones("UTC", "Europe/Berlin"), WALL) == [
        datetime(2024, 3, 31, 1, 30),
        datetime(2024, 10, 27, 1, 30),
    ]


def test_timestamp_columns_hold_the_clock_of_the_business_or_instants(tmp_path: Path) -> None:
    folder = write(tmp_path, ["2024-07-01 22:30:00 UTC", "2024-07-02 00:30:00", "2024-07-02"])
    wall = [datetime(2024, 7, 2, 0, 30), datetime(2024, 7, 2, 0, 30), datetime(2024, 7, 2)]
    assert seeded(folder, BERLIN, WALL) == wall
    instants = [moment.astimezone(UTC).replace(tzinfo=None) for moment in seeded(folder, BERLIN, INSTANT)]  # type: ignore[attr-defined]
    assert instants == [datetime(2024, 7, 1, 22, 30), datetime(2024, 7, 1, 22, 30), datetime(2024, 7, 1, 22)]


@pytest.mark.parametrize("name", FILES)
def test_timestamps_without_a_zone_are_counted(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path, ["2024-03-01 00:30:00", "2024-03-01T00:30", "2024-03-01", "2024-03-01 00:30Z"], name)
    assert survey_files(folder, {"sales": DAY}, {})["sales"].naive == {"day": 2}


def test_a_linked_view_does_not_depend_on_the_session(tmp_path: Path) -> None:
    folder = write(tmp_path, ["2024-03-01 00:30:00", "2024-02-29 23:30:00 UTC"])
    target = ENGINES["duckdb"].open({"path": ":memory:"})
    seed_files(target, folder, {"sales": DAY}, "raw", link=True, options={"sales": ReadOptions(BERLIN)})
    for zone in ("Asia/Tokyo", "America/New_York"):
        target.execute(f"SET TimeZone = '{zone}'")
        assert target.query("SELECT DISTINCT day FROM raw.sales") == [(date(2024, 3, 1),)]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("schema", [DAY, WALL, INSTANT], ids=["date", "timestamp", "instant"])
@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("9999-12-31 23:59:59Z", "Asia/Tokyo"),
        ("9999-12-31T15:00:00.000Z", "Asia/Tokyo"),
        ("9999-12-31 23:59:59 -10:00", "UTC"),
        ("0001-01-01 00:00:00Z", "America/New_York"),
    ],
)
def test_a_placeholder_that_a_zone_moves_out_of_the_calendar_is_explained(
    tmp_path: Path, name: str, schema: ibis.Schema, written: str, zone: str
) -> None:
    with pytest.raises(SourceError) as caught:
        seeded(write(tmp_path, [written], name), TimeZones(zone), schema)
    assert written in caught.value.message
    assert caught.value.message.endswith(f", between 0001-01-01 and 9999-12-31 in {zone}.")
    assert "Write a placeholder as a date without a time, such as 9999-12-31" in caught.value.hint
    # So written, no zone moves it.
    if schema is DAY:
        assert seeded(write(tmp_path, ["9999-12-31"], name), TimeZones(zone)) == [date(9999, 12, 31)]
