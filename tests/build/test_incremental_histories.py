"""After any history of changes and of killed builds, a repaired incremental table equals one that is built whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from marketing_ibis.build.incremental import FullRefresh, Increment
from marketing_ibis.engines import ENGINES
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.settings import ProjectSettings
from tests.build.incremental_shop import EVENTS, LOOKBACK, SCHEMAS, Warehouse, day, events_project

NULLABLE = {name: text.replace('"Who."', '"Who.", nullable=True') for name, text in EVENTS.items()}
DAYS = (day(10), day(25), day(100))
"""The dates as of which builds are: each lets further rows in."""
CUSTOMERS = st.one_of(st.none(), st.integers(1, 3))
WHEN = st.integers(0, 6 * LOOKBACK).map(day)
CENTS = st.integers(-5, 5)
IDS = st.integers(0, 12)
EVENT = st.tuples(CUSTOMERS, WHEN, CENTS)
LAST_STATEMENT = 40


class Killed(BaseException):
    """The end of a process."""


class Cut:
    """A target whose process ends before one of its statements."""

    def __init__(self, target: Any, statements: int) -> None:
        self.target, self.left = target, statements

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target, name)

    def execute(self, sql: str) -> int | None:
        self.left -= 1
        if self.left < 0:
            raise Killed
        rows: int | None = self.target.execute(sql)
        return rows


@cache
def project() -> ProjectSettings:
    return events_project(Path(mkdtemp()), **NULLABLE)


@cache
def dataflow(number: int) -> Dataflow:
    return project().compile(DAYS[number])


class Histories(RuleBasedStateMachine):
    """Changes of the source, builds, and the law after each build that repairs."""

    def __init__(self) -> None:
        super().__init__()
        self.target = ENGINES["duckdb"].open({"path": ":memory:"})
        self.newest, self.number = 0, 0
        self.warehouse.create_source()
        self.insert([(1, day(0), 1), (2, day(3), 2), (None, day(9), 3)])
        self.warehouse.build()

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.target, project(), dataflow(self.number))

    def teardown(self) -> None:
        self.repair()
        self.target.close()

    @rule(events=st.lists(EVENT, min_size=1, max_size=3))
    def insert(self, events: list[tuple[int | None, Any, int]]) -> None:
        for customer, when, cents in events:
            self.newest += 1
            row = f"{self.newest}, {'NULL' if customer is None else customer}, DATE '{when}', {cents}"
            self.target.execute(f"INSERT INTO dbt_production.events VALUES ({row})")

    @rule(id_=IDS, event=EVENT)
    def update(self, id_: int, event: tuple[int | None, Any, int]) -> None:
        customer, when, cents = event
        values = f"customer_id = {'NULL' if customer is None else customer}, day = DATE '{when}', cents = {cents}"
        self.target.execute(f"UPDATE dbt_production.events SET {values} WHERE id = {id_}")

    @rule(ids=st.sets(IDS, max_size=3))
    def delete(self, ids: set[int]) -> None:
        self.target.execute(f"DELETE FROM dbt_production.events WHERE id IN ({', '.join(map(str, ids)) or '-1'})")

    @rule()
    def pass_time(self) -> None:
        self.number = min(self.number + 1, len(DAYS) - 1)

    @rule()
    def build(self) -> None:
        self.warehouse.build()

    @rule(statements=st.integers(0, LAST_STATEMENT), is_repair=st.booleans())
    def kill(self, statements: int, is_repair: bool) -> None:
        cut = Cut(self.target, statements)
        with suppress_kill():
            Warehouse(cut, project(), dataflow(self.number)).build(is_repair=is_repair)  # type: ignore[arg-type]

    @rule()
    def repair(self) -> None:
        self.warehouse.build(is_repair=True)
        plan = self.warehouse.plan({"visits": FullRefresh("to compare")})
        for step in plan.steps():
            expected = sorted(map(str, self.target.query(step.select)))
            assert self.warehouse.rows(step.name) == expected, step.name
        leftovers = [name for name in self.target.relations(SCHEMAS.models) if name.endswith("__candidate")]
        assert leftovers == []


@contextmanager
def suppress_kill() -> Iterator[None]:
    try:
        yield
    except Killed:
        return


def test_after_any_history_a_repaired_table_equals_a_full_refresh() -> None:
    count = settings().max_examples
    examples = 1_000 if count > 1_000 else 6
    run_state_machine_as_test(Histories, settings=settings(max_examples=examples, stateful_step_count=6))


def test_the_machine_builds_incrementally() -> None:
    machine = Histories()
    machine.insert([(1, day(1), 4)])
    assert isinstance(machine.warehouse.refreshes()["visits"], Increment)
    machine.teardown()
