"""A replay keeps the rows of a model as of earlier days, from its sources as they were on those days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketing_ibis.build.histories import history_statements
from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import run_plan
from marketing_ibis.build.snapshots.days import Interval, list_days
from marketing_ibis.build.snapshots.replay import Replay, ReplayResult
from marketing_ibis.errors import CompileError, SelectionError, SourceError
from marketing_ibis.model import History, Snapshot
from marketing_ibis.model.dataflow import Dataflow
from tests.build.snapshots.places import PAID, Place, Row, dataflow_of_paid_orders, day

INVALIDATE = Snapshot(hard_deletes="invalidate")


def compiled(as_of: date) -> Dataflow:
    return dataflow_of_paid_orders(as_of, INVALIDATE)


def replayed(place: Place, *days: date) -> tuple[ReplayResult, ...]:
    return Replay(compiled, place.target, place.target.dialect, Schemas()).record("paid_orders", days)


def history(place: Place) -> list[Row]:
    return place.target.query(f"SELECT as_of, id, cents FROM {PAID} ORDER BY as_of, id")


ORDERS: list[Row] = [(1, "paid", 100, day(1)), (2, "paid", 200, day(3)), (3, "placed", 300, day(1))]


def test_each_day_has_its_rows_in_any_order(place: Place) -> None:
    place.fill(ORDERS)
    results = replayed(place, day(3), day(1), day(2))
    assert [(result.as_of, result.rows) for result in results] == [(day(3), 2), (day(1), 1), (day(2), 1)]
    expected = [(day(1), 1, 100), (day(2), 1, 100), (day(3), 1, 100), (day(3), 2, 200)]
    assert history(place) == expected
    replayed(place, day(2), day(3))
    assert history(place) == expected
    # Nothing else was built.
    assert set(place.target.relations("dbt_marketing")) == {"paid_history", "paid_days"}
    views = place.target.query("SELECT as_of, orders FROM dbt_marketing.paid_days ORDER BY 1")
    assert views == [(day(1), 1), (day(2), 1), (day(3), 2)]


def test_a_day_is_replaced_as_a_whole(place: Place) -> None:
    place.fill(ORDERS)
    replayed(place, day(1), day(3))
    place.fill(ORDERS[2:])
    assert replayed(place, day(3))[0].rows == 0
    assert history(place) == [(day(1), 1, 100)]


def test_sources_are_read_as_they_were(place: Place) -> None:
    plan = place.plan(INVALIDATE)
    place.record(plan, day(5), [(1, "placed", 100, day(1)), (2, "paid", 200, day(3))])
    place.record(plan, day(7), [(1, "paid", 100, day(1))])
    place.record(plan, day(9), [(1, "paid", 150, day(1))])
    results = replayed(place, day(9), day(4), day(8), day(5), day(6))
    assert [result.snapshots for result in results] == [("raw_orders",), (), *[("raw_orders",)] * 3]
    # Before the first snapshot the source counts as it is now.
    assert history(place) == [
        (day(4), 1, 150),
        (day(5), 2, 200),
        (day(6), 2, 200),
        (day(8), 1, 100),
        (day(9), 1, 150),
    ]


def test_a_build_replaces_its_day_in_a_history_that_exists(place: Place) -> None:
    place.fill(ORDERS)

    def build(as_of: date) -> None:
        dataflow = compiled(as_of)
        plan = build_plan(dataflow, tuple(dataflow.models), place.target.dialect, Schemas())
        assert run_plan(plan, place.target, record=lambda plan, *_: history_statements(plan, place.target)).published

    build(day(1))
    assert "paid_history" not in place.target.relations("dbt_marketing")
    replayed(place, day(1))
    place.fill([(9, "paid", 900, day(1))])
    build(day(2))
    assert history(place) == [(day(1), 1, 100), (day(2), 9, 900)]
    build(day(1))
    assert history(place) == [(day(1), 9, 900), (day(2), 9, 900)]
    for name, kind in (("paid_orders", "TABLE"), ("stg_orders", "VIEW")):
        place.target.execute(f"DROP {kind} dbt_marketing.{name}")


def test_columns_of_the_history_that_come_later_are_added(place: Place) -> None:
    place.fill(ORDERS)
    replayed(place, day(1))

    def wider(as_of: date) -> Dataflow:
        dataflow = compiled(as_of)
        model = dataflow.models["paid_orders"]
        declaration = replace(model.declaration, history=History("paid_history", ("cents", "age")))
        return replace(dataflow, models=dataflow.models | {model.name: replace(model, declaration=declaration)})

    Replay(wider, place.target, place.target.dialect, Schemas()).record("paid_orders", [day(2)])
    rows = place.target.query(f"SELECT as_of, age FROM {PAID} ORDER BY as_of")
    assert rows == [(day(1), None), (day(2), 1)]


def test_a_table_of_others_is_refused(place: Place) -> None:
    place.fill(ORDERS)
    place.target.execute(f"CREATE TABLE {PAID} (id BIGINT)")
    with pytest.raises(SourceError, match="is not a history of paid_orders: it has no column as_of"):
        replayed(place, day(1))
    assert place.target.query(f"SELECT * FROM {PAID}") == []


def test_a_model_without_a_history_is_refused(place: Place) -> None:
    replay = Replay(compiled, place.target, place.target.dialect, Schemas())
    with pytest.raises(SelectionError, match="stg_orders does not declare a history"):
        replay.record("stg_orders", [day(1)])


@pytest.mark.parametrize(
    ("first", "last", "every", "expected"),
    [
        ("2024-01-31", "2024-04-30", "month", ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
        ("2023-11-15", "2024-02-14", "month", ["2023-11-15", "2023-12-15", "2024-01-15"]),
        ("2024-02-29", "2026-01-01", "year", ["2024-02-29", "2025-02-28"]),
        ("2024-01-01", "2024-01-15", "week", ["2024-01-01", "2024-01-08", "2024-01-15"]),
        ("2023-10-01", "2024-04-01", "quarter", ["2023-10-01", "2024-01-01", "2024-04-01"]),
        ("2024-02-28", "2024-03-01", "day", ["2024-02-28", "2024-02-29", "2024-03-01"]),
    ],
)
def test_the_days_of_a_replay(first: str, last: str, every: Interval, expected: list[str]) -> None:
    days = list_days(date.fromisoformat(first), date.fromisoformat(last), every)
    assert list(map(str, days)) == expected


def test_a_history_that_cannot_be_meant_is_refused() -> None:
    with pytest.raises(CompileError, match="not a valid name for a table"):
        History("paid history", ("cents",))
    with pytest.raises(CompileError, match="columns= is 'cents', not a tuple"):
        History("paid_history", "cents")  # type: ignore[arg-type]
