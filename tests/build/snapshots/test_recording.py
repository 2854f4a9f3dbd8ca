"""Snapshots record what has changed in a source, the same on every engine, and refuse what they cannot record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketing_ibis.build.snapshots import checks, recording
from marketing_ibis.errors import CompileError, ConfigurationError, RunFailed, SourceError
from marketing_ibis.model import Snapshot, column
from tests.build.snapshots.places import COLUMNS, Place, Row, dataflow_with, day

END = date(9999, 12, 31)


CHECK = Snapshot(hard_deletes="invalidate")
FIRST: list[Row] = [(1, "placed", 100, day(1)), (2, "placed", 200, day(1)), (3, None, None, None)]
LATER: list[Row] = [(1, "shipped", 100, day(3)), (3, None, None, None), (4, "placed", 400, day(2))]


def test_versions_follow_one_another(place: Place) -> None:
    plan = place.plan(CHECK)
    first = place.record(plan, day(1), FIRST)
    assert (first.is_first, first.new, first.changed, first.deleted) == (True, 3, 0, 0)
    again = place.record(plan, day(1))
    assert (again.is_first, again.new, again.changed, again.deleted) == (False, 0, 0, 0)
    later = place.record(plan, day(5), LATER)
    assert (later.new, later.changed, later.deleted) == (1, 1, 1)
    expected = [
        (1, "placed", day(1), day(5)),
        (1, "shipped", day(5), None),
        (2, "placed", day(1), day(5)),
        (3, None, day(1), None),
        (4, "placed", day(5), None),
    ]
    assert place.history() == expected
    place.record(plan, day(5))
    place.record(plan, day(9))
    assert place.history() == expected
    # A row that comes back begins again.
    place.record(plan, day(10), FIRST)
    assert place.history()[3:5] == [(2, "placed", day(1), day(5)), (2, "placed", day(10), None)]


def test_of_several_states_of_a_day_the_last_one_is_recorded(place: Place) -> None:
    plan = place.plan(CHECK)
    place.record(plan, day(1), FIRST)
    place.record(plan, day(5), LATER)
    place.record(plan, day(5), [(1, "returned", 100, day(5)), (4, "shipped", 400, day(5)), (5, "placed", 1, day(5))])
    place.record(plan, day(5), [(1, "returned", 100, day(5)), (4, "shipped", 400, day(5))])
    assert place.history() == [
        (1, "placed", day(1), day(5)),
        (1, "returned", day(5), None),
        (2, "placed", day(1), day(5)),
        (3, None, day(1), day(5)),
        (4, "shipped", day(5), None),
    ]


def test_deleted_rows_stay_valid_unless_the_snapshot_says_otherwise(place: Place) -> None:
    plan = place.plan(Snapshot())
    place.record(plan, day(1), FIRST)
    assert place.record(plan, day(5), []).deleted == 0
    assert {row[3] for row in place.history()} == {None}


def test_deleted_rows_are_recorded_as_rows(place: Place) -> None:
    plan = place.plan(Snapshot(hard_deletes="new_record", valid_to_current=END))
    place.record(plan, day(1), FIRST[:1])
    place.record(plan, day(5), [])
    place.record(plan, day(6), [])
    place.record(plan, day(8), FIRST[:1])
    assert place.history("id", "status", "valid_from", "valid_to", "is_deleted") == [
        (1, "placed", day(1), day(5), False),
        (1, "placed", day(5), day(8), True),
        (1, "placed", day(8), END, False),
    ]


def test_check_cols_alone_decide(place: Place) -> None:
    plan = place.plan(Snapshot(check_cols=("cents",)))
    place.record(plan, day(1), FIRST)
    assert place.record(plan, day(5), [(1, "shipped", 100, None), (2, "placed", 300, None)]).changed == 1


def test_a_timestamp_says_when_a_version_begins(place: Place) -> None:
    plan = place.plan(Snapshot(strategy="timestamp", updated_at="updated", hard_deletes="invalidate"))
    place.record(plan, day(4), [(1, "placed", 100, day(1)), (2, "placed", 200, day(2)), (3, "placed", 1, day(4))])
    # An older updated_at is not a change; a second change within a day replaces the first.
    changed: list[Row] = [(1, "shipped", 100, day(5)), (2, "lost", 200, day(1)), (3, "shipped", 1, day(4))]
    place.record(plan, day(7), changed)
    place.record(plan, day(8), [(1, "returned", 100, day(8)), *changed[2:]])
    place.record(plan, day(9), [(2, "placed", 200, day(2)), *changed[2:]])
    assert place.history() == [
        (1, "placed", day(1), day(5)),
        (1, "shipped", day(5), day(8)),
        (1, "returned", day(8), day(9)),
        (2, "placed", day(2), day(8)),
        (2, "placed", day(9), None),
        (3, "placed", day(4), None),
    ]


def test_a_row_that_comes_back_leaves_the_days_without_it(place: Place) -> None:
    plan = place.plan(Snapshot(strategy="timestamp", updated_at="updated", hard_deletes="new_record"))
    place.record(plan, day(1), [(1, "placed", 100, day(1))])
    place.record(plan, day(5), [])
    place.record(plan, day(8), [(1, "shipped", 100, day(6))])
    assert place.history("id", "status", "valid_from", "valid_to", "is_deleted") == [
        (1, "placed", day(1), day(5), False),
        (1, "placed", day(5), day(8), True),
        (1, "shipped", day(8), None, False),
    ]


def test_keys_may_be_several_columns(place: Place) -> None:
    plan = place.plan(Snapshot(unique_key=("id", "cents"), hard_deletes="invalidate"))
    place.record(plan, day(1), [(1, "a", 1, None), (1, "a", 2, None)])
    place.record(plan, day(2), [(1, "b", 1, None)])
    assert sorted(place.history("cents", "valid_from", "status", "valid_to"), key=str) == [
        (1, day(1), "a", day(2)),
        (1, day(2), "b", None),
        (2, day(1), "a", day(2)),
    ]


def test_columns_of_the_source_that_come_later_are_added(place: Place) -> None:
    place.create({"id": "BIGINT", "status": "VARCHAR(20)"})
    place.record(place.plan(CHECK, COLUMNS[:2]), day(1), [(1, "a"), (2, "b")])
    place.target.execute("ALTER TABLE dbt_production.orders ADD COLUMN cents BIGINT")
    place.target.execute("ALTER TABLE dbt_production.orders ADD COLUMN note VARCHAR(20)")
    columns = (*COLUMNS[:3], column("note", "string", "Remark.", nullable=True))
    result = place.record(place.plan(CHECK, columns), day(2), [(1, "a", None, None), (2, "b", 7, "x")])
    assert result.added_columns == ("cents", "note")
    expected = [(1, "a", None, None, day(1)), (2, "b", None, None, day(1)), (2, "b", 7, "x", day(2))]
    assert place.history("id", "status", "cents", "note", "valid_from") == expected
    # A column that the source does not declare any more keeps its history.
    place.record(place.plan(CHECK, COLUMNS[:2]), day(3), [(1, "z", None, None), (2, "b", 7, "x")])
    expected.insert(1, (1, "z", None, None, day(3)))
    assert place.history("id", "status", "cents", "note", "valid_from") == expected


FAULTS = [
    pytest.param(CHECK, [(None, "a", 1, None), (1, "b", 1, None)], "1 row of .* NULL in id", id="no key"),
    pytest.param(CHECK, [(7, "a", 1, None), (7, "a", 1, None)], "1 value of id, .* more than one row: 7", id="twice"),
    pytest.param(
        Snapshot(strategy="timestamp", updated_at="updated"),
        [(1, "b", 1, None)],
        "1 row of .* NULL in updated",
        id="no updated_at",
    ),
    pytest.param(
        Snapshot(strategy="timestamp", updated_at="updated"),
        [(1, "b", 1, day(9))],
        "1 row of .* a day after 2024-01-05 in updated",
        id="updated later",
    ),
]


@pytest.mark.parametrize(("snapshot", "rows", "message"), FAULTS)
def test_rows_that_cannot_be_recorded_are_refused(
    place: Place, snapshot: Snapshot, rows: list[Row], message: str
) -> None:
    plan = place.plan(snapshot)
    place.record(plan, day(4), FIRST[:1])
    before = place.history()
    with pytest.raises(SourceError, match=message) as refused:
        place.record(plan, day(5), rows)
    assert refused.value.hint
    assert place.history() == before
    assert list(place.target.relations("dbt_marketing")) == ["raw_orders_snapshot"]


def test_a_day_before_the_newest_change_is_refused(place: Place) -> None:
    plan = place.plan(CHECK)
    place.record(plan, day(5), FIRST)
    with pytest.raises(RunFailed, match="changes of 2024-01-05, which is later than 2024-01-04"):
        place.record(plan, day(4), [])
    place.record(plan, day(6), [])
    before = place.history()
    with pytest.raises(RunFailed, match="changes of 2024-01-06, which is later than 2024-01-05"):
        place.record(plan, day(5), FIRST)
    assert place.history() == before


def test_a_table_of_others_is_refused(place: Place) -> None:
    place.target.execute("CREATE TABLE dbt_marketing.raw_orders_snapshot (id BIGINT)")
    with pytest.raises(SourceError, match="is not a snapshot of raw_orders: it has no column valid_from"):
        place.record(place.plan(CHECK), day(1), FIRST)


def test_a_column_of_another_type_is_refused(place: Place) -> None:
    place.record(place.plan(CHECK), day(1), FIRST)
    retyped = tuple(replace(c, type="string") if c.name == "cents" else c for c in COLUMNS)
    place.target.execute("DROP TABLE dbt_production.orders")
    place.target.execute(
        "CREATE TABLE dbt_production.orders (id BIGINT, status VARCHAR(20), cents VARCHAR(9), updated DATE)"
    )
    with pytest.raises(SourceError, match="other types than raw_orders: cents is int64, declared string"):
        place.record(place.plan(CHECK, retyped), day(2), [])


def test_two_current_versions_of_a_key_are_noticed(place: Place) -> None:
    plan = place.plan(CHECK)
    place.record(plan, day(1), FIRST)
    place.target.execute(
        "INSERT INTO dbt_marketing.raw_orders_snapshot SELECT * FROM dbt_marketing.raw_orders_snapshot WHERE id = 1"
    )
    before = place.history()
    with pytest.raises(RunFailed, match=r"1 key of the snapshot .* more than one current version"):
        place.record(plan, day(2))
    assert place.history() == before


def test_a_failure_in_the_middle_leaves_the_snapshot(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = place.plan(CHECK)
    place.record(plan, day(1), FIRST)
    before = place.history()

    def fail(*arguments: object) -> None:
        raise RunFailed("No space left.")

    monkeypatch.setattr(checks, "check_current", fail)
    with pytest.raises(RunFailed, match="No space left"):
        place.record(plan, day(5), LATER)
    assert place.history() == before
    monkeypatch.undo()
    assert recording.record_snapshots(plan, place.target, day(5))[0].changed == 1


def test_a_snapshot_needs_days_that_timestamps_show() -> None:
    from marketing_ibis.build.plan import Schemas
    from marketing_ibis.engines import ENGINES
    from marketing_ibis.model.time_zones import TimeZones

    columns = (COLUMNS[0], column("at", "timestamp", "When."))
    dataflow = dataflow_with(Snapshot(strategy="timestamp", updated_at="at"), columns)
    schemas = Schemas(zones=TimeZones("Europe/Berlin", "UTC"))
    with pytest.raises(ConfigurationError, match="naive_timestamps says UTC"):
        recording.plan_snapshots(dataflow, ("raw_orders",), ENGINES["duckdb"].dialect(), schemas)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strategy": "timestmp"}, "strategy= is 'timestmp'"),
        ({"hard_deletes": "close"}, "hard_deletes= is 'close'"),
        ({"strategy": "timestamp"}, "updated_at= belongs to"),
        ({"updated_at": "updated"}, "updated_at= belongs to"),
        ({"strategy": "timestamp", "updated_at": "updated", "check_cols": ("id",)}, "check_cols= belongs to"),
        ({"check_cols": ()}, "check_cols= is empty"),
        ({"check_cols": "status"}, "check_cols= is 'status', not a tuple"),
        ({"check_cols": ("stats",)}, "check_cols= names stats"),
        ({"unique_key": "idd"}, "unique_key= names idd"),
        ({"strategy": "timestamp", "updated_at": "status"}, "updated_at= names status, which is string"),
        ({"valid_to_current": "9999-12-31"}, "not a date"),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(CompileError, match=message) as refused:
        dataflow_with(Snapshot(**arguments))  # type: ignore[arg-type]
    assert refused.value.hint


def test_columns_that_snapshots_have_are_refused() -> None:
    columns = (*COLUMNS, column("Valid_From", "date", "Own."))
    with pytest.raises(CompileError, match="the column Valid_From cannot be in a snapshot"):
        dataflow_with(CHECK, columns)
