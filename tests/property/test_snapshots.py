"""Laws of snapshots: versions of a key neither overlap nor leave a gap, one is current, a rerun changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from itertools import pairwise
from typing import get_args

import ibis.expr.types as ir
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.row_query import RowQuery
from marketing_ibis.build.snapshots import expressions, replay
from marketing_ibis.build.snapshots.recording import SnapshotPlan
from marketing_ibis.build.snapshots.replay import Replay
from marketing_ibis.build.snapshots.statements import SnapshotWriter
from marketing_ibis.model import Snapshot
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.snapshots import HardDeletes, Strategy
from tests.build.snapshots.places import COLUMNS, HISTORY, PAID, TYPES, Place, dataflow_of_paid_orders, open_place

FIRST = date(2024, 1, 1)
END = date(9999, 12, 31)
Shop = dict[int, tuple[str | None, datetime]]
"""The status of each order, and when it last changed."""
WITH_TIMES = tuple(replace(c, type="timestamp") if c.name == "updated" else c for c in COLUMNS)


@dataclass(frozen=True)
class History:
    """Days in order, some of them several times, each with the source of that day.

    A ``late`` one has changes of a day that are first seen on a later one.
    """

    late: bool
    moments: list[tuple[date, Shop]]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """Yield a place whose SELECTs are compiled once: writing them takes longer than all histories."""
    resolve = SnapshotWriter.resolve
    functions = ("changes", "versions_of", "key_faults", "source_rows", "empty_snapshot", "count_repeated_keys")
    functions += ("newest_days", "change_counts", "repeated_current_keys", "new_versions", "first_day")
    with pytest.MonkeyPatch.context() as patch, open_place("duckdb") as opened:
        for name in functions:
            patch.setattr(expressions, name, cache(getattr(expressions, name)))
        queries: dict[tuple[int, date], RowQuery] = {}
        write = Replay._query
        patch.setattr(replay, "define_snapshot", cache(replay.define_snapshot))
        patch.setattr(
            Replay,
            "_query",
            lambda r, flow, history, day: (
                queries.get((id(flow), day)) or queries.setdefault((id(flow), day), write(r, flow, history, day))
            ),
        )
        # Expressions compare by building another one; the caches above give the same object each time.
        sql: dict[int, str] = {}
        patch.setattr(SnapshotWriter, "resolve", lambda w, e: sql.setdefault(id(e), "") or _keep(sql, w, e, resolve))
        yield opened


def _keep(sql: dict[int, str], writer: SnapshotWriter, expression: ir.Table, resolve: Callable[..., str]) -> str:
    sql[id(expression)] = resolve(writer, expression)
    return sql[id(expression)]


PLANS: dict[Snapshot, SnapshotPlan] = {}
DATED_PLANS: dict[Snapshot, SnapshotPlan] = {}

snapshots = st.builds(
    lambda strategy, hard_deletes, until: Snapshot(
        strategy,
        updated_at="updated" if strategy == "timestamp" else "",
        hard_deletes=hard_deletes,
        valid_to_current=until,
    ),
    st.sampled_from(get_args(Strategy)),
    st.sampled_from(get_args(HardDeletes)),
    st.sampled_from([None, END]),
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    shop: Shop = {}
    changed: dict[int, datetime] = {}
    moments, day, is_late = [], FIRST, draw(st.booleans())
    for number, step in enumerate(draw(st.lists(st.integers(0, 2), min_size=1, max_size=5))):
        previous, day = day, day + timedelta(step)
        for key in sorted(draw(st.sets(st.integers(1, 3)))):
            change = draw(st.sampled_from(["a", "b", None, "delete"]))
            if change == "delete":
                shop.pop(key, None)
            elif key not in shop or shop[key][0] != change:
                days = draw(st.integers(0, (day - previous).days)) if is_late else 0
                moment = datetime.combine(day - timedelta(days), time(second=number))
                changed[key] = max(moment, changed.get(key, datetime.min) + timedelta(seconds=1))
                shop[key] = (change, changed[key])
        moments.append((day, dict(shop)))
    return History(is_late, moments)


@settings(max_examples=max(1, settings().max_examples // 2))
@given(snapshots, histories())
def test_the_history_of_a_source(place: Place, snapshot: Snapshot, history: History) -> None:
    if snapshot not in PLANS:
        PLANS[snapshot] = place.plan(snapshot, WITH_TIMES)
    plan = PLANS[snapshot]
    place.create(TYPES | {"updated": "TIMESTAMP"})
    states: dict[date, dict[int, str | None]] = {}
    latest: dict[int, str | None] = {}
    for day, shop in history.moments:
        rows = [(key, status, None, moment) for key, (status, moment) in shop.items()]
        place.record(plan, day, rows)
        recorded = versions(place)
        result = place.record(plan, day, reversed(rows))
        assert (result.new, result.changed, result.deleted) == (0, 0, 0)
        assert versions(place) == recorded
        check_spans(snapshot, recorded)
        current = {key: status for key, (status, _) in shop.items()}
        latest = latest | current if snapshot.hard_deletes == "ignore" else current
        states[day] = latest
        assert state_of(place, plan, day) == latest
    if snapshot.strategy == "check" or not history.late:
        # Each day has the last state that was recorded on it, and so have the days up to the next one.
        for day, following in pairwise([*states, None]):
            assert state_of(place, plan, day) == states[day]
            assert following is None or state_of(place, plan, following - timedelta(1)) == states[day]
        assert state_of(place, plan, FIRST - timedelta(1)) == {}


DAYS = [FIRST + timedelta(number) for number in range(-1, 5)]


@settings(max_examples=max(1, settings().max_examples // 2))
@given(histories(), st.lists(st.sampled_from(DAYS), max_size=6), st.sampled_from(get_args(HardDeletes)))
def test_the_order_of_a_replay_does_not_matter(
    place: Place, history: History, days: list[date], hard_deletes: HardDeletes
) -> None:
    snapshot = Snapshot(hard_deletes=hard_deletes)
    if snapshot not in DATED_PLANS:
        DATED_PLANS[snapshot] = place.plan(snapshot)
    plan = DATED_PLANS[snapshot]
    place.create(TYPES)
    orders: dict[int, str | None] = {}
    states: dict[date, dict[int, str | None]] = {}
    for day, shop in history.moments:
        rows = [(key, "paid" if status == "a" else status, 100 * key, FIRST) for key, (status, _) in shop.items()]
        place.record(plan, day, rows)
        current = {key: status for key, status, *_ in rows}
        orders = orders | current if hard_deletes == "ignore" else current
        states[day] = orders
    replayed = Replay(partial(_paid_orders, snapshot), place.target, place.target.dialect, Schemas())
    replayed.record("paid_orders", [*days, *DAYS])
    rows_before = place.target.query(f"SELECT as_of, id FROM {PAID} ORDER BY as_of, id")
    replayed.record("paid_orders", days)
    assert place.target.query(f"SELECT as_of, id FROM {PAID} ORDER BY as_of, id") == rows_before
    ((begin,),) = place.target.query(f"SELECT min(valid_from) FROM {HISTORY}")
    expected = []
    for day in DAYS:
        recorded = [other for other in states if other <= day and isinstance(begin, date) and begin <= day]
        # Before the first snapshot the source counts as it is now, but for the rows of later days.
        state = states[max(recorded)] if recorded else (current if day >= FIRST else {})
        expected += [(day, key) for key in sorted(state) if state[key] == "paid"]
    assert rows_before == expected


@cache
def _paid_orders(snapshot: Snapshot, as_of: date) -> Dataflow:
    return dataflow_of_paid_orders(as_of, snapshot)


def versions(place: Place) -> list[tuple[object, ...]]:
    return place.history("id", "status", "valid_from", "valid_to", "is_deleted")


def state_of(place: Place, plan: SnapshotPlan, day: date) -> dict[object, object]:
    """Return the source as the snapshot has it at the end of ``day``; a key occurs once."""
    (writer,) = plan.writers
    rows = place.target.query(writer.resolve(expressions.versions_of(writer.definition, day)))
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: row[1] for row in rows}


def check_spans(snapshot: Snapshot, recorded: list[tuple[object, ...]]) -> None:
    """Check that the versions of each key are in order, and that only deleted rows leave a gap."""
    spans = defaultdict(list)
    for key, _, begin, end, is_deleted in recorded:
        spans[key].append((begin, END if end is None else end, is_deleted))
    for versions_of_key in spans.values():
        assert all(begin < end for begin, end, _ in versions_of_key)
        for (_, end, _), (begin, _, _) in pairwise(versions_of_key):
            assert end == begin or (end < begin and snapshot.hard_deletes == "invalidate")
        assert END not in [end for _, end, _ in versions_of_key[:-1]]
        assert snapshot.hard_deletes == "invalidate" or versions_of_key[-1][1] == END
        assert snapshot.hard_deletes == "new_record" or not any(is_deleted for *_, is_deleted in versions_of_key)
