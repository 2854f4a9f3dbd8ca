"""A snapshot of dbt becomes a snapshot of days, and goes on from there."""

from __future__ import annotations

from datetime import date

import pytest

from marketing_ibis.build.snapshots.importing import ImportResult, import_snapshot
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.errors import RunFailed, SourceError
from marketing_ibis.model import Snapshot
from tests.build.snapshots.places import HISTORY, Place

DBT = Relation("dbt_marketing", "orders_snapshot")
COLUMNS = "id INTEGER, status VARCHAR(20), updated DATE, dbt_scd_id VARCHAR(32), dbt_updated_at TIMESTAMP"
CHECK = Snapshot(hard_deletes="invalidate")


@pytest.fixture
def place(place: Place) -> Place:
    place.target.execute(f"DROP TABLE IF EXISTS {DBT}")
    return place


def fill(place: Place, *versions: tuple[int, str, str, str | None]) -> None:
    place.target.execute(f"CREATE TABLE {DBT} ({COLUMNS}, dbt_valid_from TIMESTAMP, dbt_valid_to TIMESTAMP)")
    for key, status, begin, end in versions:
        until = f"CAST('{end}' AS TIMESTAMP)" if end else "NULL"
        place.target.execute(
            f"INSERT INTO {DBT} VALUES ({key}, '{status}', NULL, 'x', CAST('{begin}' AS TIMESTAMP),"
            f" CAST('{begin}' AS TIMESTAMP), {until})"
        )


def imported(place: Place, snapshot: Snapshot = CHECK) -> ImportResult:
    return import_snapshot(place.plan(snapshot), place.target, DBT)


def test_versions_of_a_day_are_its_last_one(place: Place) -> None:
    fill(
        place,
        (1, "placed", "2024-01-01 08:00:00", "2024-01-05 09:00:00"),
        (1, "shipped", "2024-01-05 09:00:00", "2024-01-05 17:00:00"),
        (1, "returned", "2024-01-05 17:00:00", None),
        (2, "placed", "2024-01-02 08:00:00", "2024-01-03 08:00:00"),
    )
    result = imported(place)
    assert (result.versions, result.skipped) == (3, 1)
    expected = [
        (1, "placed", date(2024, 1, 1), date(2024, 1, 5)),
        (1, "returned", date(2024, 1, 5), None),
        (2, "placed", date(2024, 1, 2), date(2024, 1, 3)),
    ]
    assert place.history() == expected
    plan = place.plan(CHECK)
    changes = place.record(plan, date(2024, 1, 9), [(1, "returned", None, None), (2, "placed", 5, None)])
    assert (changes.new, changes.changed, changes.deleted) == (1, 0, 0)
    assert place.history() == [*expected, (2, "placed", date(2024, 1, 9), None)]


def test_an_open_end_of_dbt_is_known(place: Place) -> None:
    fill(place, (1, "placed", "2024-01-01 08:00:00", "9999-12-31 00:00:00"))
    imported(place, Snapshot(valid_to_current=date(9999, 12, 31)))
    assert place.history() == [(1, "placed", date(2024, 1, 1), date(9999, 12, 31))]


def test_overlapping_versions_are_refused(place: Place) -> None:
    fill(
        place,
        (1, "placed", "2024-01-01 08:00:00", "2024-01-05 09:00:00"),
        (1, "shipped", "2024-01-04 09:00:00", None),
    )
    with pytest.raises(RunFailed, match=r"1 version in dbt_marketing\.orders_snapshot begin before"):
        imported(place)
    assert HISTORY.name not in place.target.relations("dbt_marketing")


def test_a_table_that_is_not_of_dbt_is_refused(place: Place) -> None:
    with pytest.raises(SourceError, match=r"orders_snapshot does not exist"):
        imported(place)
    place.target.execute(f"CREATE TABLE {DBT} ({COLUMNS})")
    with pytest.raises(SourceError, match=r"has no column dbt_valid_from, as snapshots of dbt have it"):
        imported(place)


def test_an_existing_snapshot_is_not_replaced(place: Place) -> None:
    fill(place, (1, "placed", "2024-01-01 08:00:00", None))
    place.record(place.plan(CHECK), date(2024, 1, 1), [(7, "placed", 1, None)])
    with pytest.raises(RunFailed, match=r"already exists, so dbt_marketing\.orders_snapshot was not imported"):
        imported(place)
    assert place.history() == [(7, "placed", date(2024, 1, 1), None)]
