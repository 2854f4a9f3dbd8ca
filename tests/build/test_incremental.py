"""An incremental table equals one that is built whole; what cannot be kept is built whole, and the reason is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.build.incremental import FullRefresh, Increment
from marketing_ibis.build.run import run_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import ContractBroken
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.settings import ProjectSettings
from tests.build.incremental_shop import EVENTS, LOOKBACK, MODELS, Warehouse, day, events_project

AS_OF = day(100)
# Per event: its customer, how many days it is away from the newest published one, and its cents.
EVENT = st.tuples(st.integers(1, 4), st.integers(-LOOKBACK, 6), st.integers(-5, 5))
BATCHES = st.lists(st.tuples(st.lists(EVENT, max_size=5), st.integers(0, 3)), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> ProjectSettings:
    return events_project(tmp_path_factory.mktemp("events"))


@pytest.fixture(scope="module")
def dataflow(project: ProjectSettings) -> Dataflow:
    return project.compile(AS_OF)


def open_warehouse(project: ProjectSettings, dataflow: Dataflow) -> Warehouse:
    warehouse = Warehouse(ENGINES["duckdb"].open({"path": ":memory:"}), project, dataflow)
    warehouse.create_source()
    return warehouse


@pytest.fixture
def warehouse(project: ProjectSettings, dataflow: Dataflow) -> Warehouse:
    warehouse = open_warehouse(project, dataflow)
    warehouse.insert([(1, 1, day(0), 10), (2, 2, day(1), 20), (3, 1, day(5), 30)])
    warehouse.build()
    return warehouse


def reason(warehouse: Warehouse) -> str:
    refresh = warehouse.refreshes()["visits"]
    return refresh.reason if isinstance(refresh, FullRefresh) else ""


def changed(warehouse: Warehouse, folder: Path, edit: Callable[[str], str], as_of: date = AS_OF) -> Warehouse:
    """Return the warehouse with another version of the incremental model."""
    project = events_project(folder, visits=edit(EVENTS["visits"]))
    return replace(warehouse, project=project, dataflow=project.compile(as_of))


# Each batch takes two builds.
@settings(max_examples=settings().max_examples // 3)
@given(batches=BATCHES)
def test_after_any_history_of_late_rows_it_equals_a_full_refresh(
    project: ProjectSettings, dataflow: Dataflow, batches: list[tuple[list[tuple[int, int, int]], int]]
) -> None:
    warehouse = open_warehouse(project, dataflow)
    with warehouse.target:
        id_ = 0
        warehouse.insert([(id_, 1, day(0), 100)])
        warehouse.build()
        for events, deleted in batches:
            newest = _newest(warehouse)
            for customer, distance, cents in events:
                id_ += 1
                warehouse.insert([(id_, customer, day(newest + distance), cents)])
            # Rows of the window may also be deleted, but for the first one.
            in_window = f"day >= DATE '{day(newest - LOOKBACK)}'"
            warehouse.target.execute(
                f"DELETE FROM dbt_production.events WHERE id > 0 AND {in_window} AND id % 4 < {deleted}"
            )
            assert isinstance(warehouse.refreshes()["visits"], Increment)
            warehouse.build()
            other = open_warehouse(project, dataflow)
            with other.target:
                other.insert(warehouse.target.query("FROM dbt_production.events"))  # type: ignore[arg-type]
                other.build()
                assert {n: warehouse.rows(n) for n in MODELS} == {n: other.rows(n) for n in MODELS}


def _newest(warehouse: Warehouse) -> int:
    ((newest,),) = warehouse.target.query("SELECT MAX(day) FROM dbt_production.events")
    assert isinstance(newest, date)
    return (newest - day(0)).days


def test_a_late_row_renumbers_the_history_of_its_customer_alone(warehouse: Warehouse) -> None:
    warehouse.insert([(4, 1, day(3), 5)])
    results = {result.step.name: result for result in warehouse.build().results}
    assert (results["visits"].new_rows, results["visits"].rows) == (3, 4)
    assert results["customers"].new_rows is None
    assert warehouse.rows("visits") == [
        f"(1, 1, {day(0)!r}, 1, 10)",
        f"(2, 2, {day(1)!r}, 1, 20)",
        f"(3, 1, {day(5)!r}, 3, 45)",
        f"(4, 1, {day(3)!r}, 2, 15)",
    ]


def test_rows_before_the_window_are_not_read_again(warehouse: Warehouse) -> None:
    warehouse.insert([(4, 2, day(1), 7)])
    warehouse.build()
    assert len(warehouse.rows("visits")) == 3


def test_rows_deleted_in_the_window_disappear_and_older_ones_of_the_customer_stay(warehouse: Warehouse) -> None:
    before = warehouse.rows("visits")
    warehouse.insert([(4, 3, day(5), 7), (5, 2, day(5), 8)])
    warehouse.build()
    warehouse.target.execute("DELETE FROM dbt_production.events WHERE id IN (4, 5)")
    warehouse.build()
    assert warehouse.rows("visits") == before


def test_rows_without_a_key_are_computed_every_time(project: ProjectSettings, tmp_path: Path) -> None:
    def nullable(text: str) -> str:
        return text.replace('"Who."', '"Who.", nullable=True')

    nulls = events_project(tmp_path, **{name: nullable(text) for name, text in EVENTS.items()})
    warehouse = open_warehouse(nulls, nulls.compile(AS_OF))
    with warehouse.target:
        warehouse.insert([(1, 1, day(0), 10), (2, 2, day(9), 20)])
        warehouse.target.execute(f"INSERT INTO dbt_production.events VALUES (3, NULL, DATE '{day(0)}', 30)")
        warehouse.build()
        warehouse.target.execute(f"INSERT INTO dbt_production.events VALUES (4, NULL, DATE '{day(1)}', 40)")
        results = {result.step.name: result for result in warehouse.build().results}
        assert (results["visits"].new_rows, results["visits"].rows) == (3, 4)
        rows = warehouse.rows("visits")
        warehouse.build({"visits": FullRefresh("to compare")})
        assert warehouse.rows("visits") == rows


def test_a_failure_leaves_the_published_rows(warehouse: Warehouse) -> None:
    before = warehouse.rows("visits")
    warehouse.insert([(4, 1, day(6), 7)])
    plan = warehouse.plan(warehouse.refreshes())
    (first,) = plan.waves[0]
    assert first.incremental is not None
    broken = replace(first, incremental=replace(first.incremental, keep="INSERT INTO dbt_marketing.nothing SELECT 1"))
    results = run_plan(replace(plan, waves=((broken,), *plan.waves[1:])), warehouse.target)
    assert not results.published
    assert warehouse.rows("visits") == before


def test_another_build_in_between_is_noticed(warehouse: Warehouse) -> None:
    plan, before = warehouse.plan(warehouse.refreshes()), warehouse.rows("visits")
    warehouse.build()
    (failure,) = run_plan(plan, warehouse.target).failures
    assert failure.message.startswith("dbt_marketing.visits was published by another build after this one was planned.")
    assert warehouse.rows("visits") == before


def test_it_is_built_whole_at_first(project: ProjectSettings, dataflow: Dataflow) -> None:
    warehouse = open_warehouse(project, dataflow)
    with warehouse.target:
        assert reason(warehouse) == "it is not published yet"
        warehouse.build()
        assert reason(warehouse) == "the published table is empty"


def test_a_table_without_a_state_is_built_whole(warehouse: Warehouse) -> None:
    warehouse.target.execute("DROP TABLE dbt_marketing.build_state")
    assert reason(warehouse) == "no build recorded the state of the published table"


def test_a_changed_expression_is_built_whole(warehouse: Warehouse, tmp_path: Path) -> None:
    edited = changed(warehouse, tmp_path, lambda text: text.replace("events.cents.sum()", "(events.cents * 2).sum()"))
    assert reason(edited) == "its expression changed"


def test_an_earlier_as_of_is_built_whole_and_a_later_one_is_not(warehouse: Warehouse) -> None:
    assert reason(replace(warehouse, dataflow=warehouse.project.compile(day(101)))) == ""
    earlier = replace(warehouse, dataflow=warehouse.project.compile(day(99)))
    assert reason(earlier) == f"as_of was {AS_OF}, a later date"


def test_columns_that_depend_on_as_of_are_built_whole(warehouse: Warehouse, tmp_path: Path) -> None:
    def edit(text: str) -> str:
        return text.replace("visit=(ibis.row_number().over(w) + 1)", "visit=(ibis.literal(as_of.day) + events.id)")

    dated = changed(warehouse, tmp_path / "today", edit)
    dated.build()
    assert reason(dated) == ""
    tomorrow = replace(dated, dataflow=dated.project.compile(day(101)))
    assert reason(tomorrow) == f"its rows depend on as_of, {AS_OF} before"


ADDED = (
    ('column("spent"', 'column("double", "int64", "More.", nullable=True), column("spent"'),
    ("spent=events", 'double=(events.cents * 2).cast("int64"), spent=events'),
)


def with_column(policy: str, *, nullable: bool = True) -> Callable[[str], str]:
    def edit(text: str) -> str:
        for before, after in ADDED:
            text = text.replace(before, after if nullable else after.replace(", nullable=True", ""), 1)
        return text.replace("grain=(", f'on_schema_change="{policy}", grain=(')

    return edit


def test_an_added_column_is_built_whole_unless_it_is_appended(warehouse: Warehouse, tmp_path: Path) -> None:
    assert reason(changed(warehouse, tmp_path / "full", with_column("full_refresh"))) == "added double"
    appended = changed(warehouse, tmp_path / "append", with_column("append"))
    assert reason(appended) == ""
    appended.insert([(4, 2, day(6), 7)])
    appended.build()
    values = appended.target.query("SELECT id, double FROM dbt_marketing.visits ORDER BY id")
    # The row of customer 1 on day 5 is in the window, so that all of that customer's rows are computed.
    assert values == [(1, 20), (2, 40), (3, 60), (4, 14)]


def test_a_required_column_is_not_appended(warehouse: Warehouse, tmp_path: Path) -> None:
    assert reason(changed(warehouse, tmp_path, with_column("append", nullable=False))) == "added double"


def test_rows_that_are_kept_have_null_in_an_appended_column(warehouse: Warehouse, tmp_path: Path) -> None:
    appended = changed(warehouse, tmp_path, with_column("append"))
    appended.build()
    values = appended.target.query("SELECT id, double FROM dbt_marketing.visits ORDER BY id")
    assert values == [(1, 20), (2, None), (3, 60)]


def test_changed_columns_fail_where_that_is_declared(warehouse: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(ContractBroken, match="differ from the published table: added double") as caught:
        reason(changed(warehouse, tmp_path, with_column("fail")))
    assert "--full-refresh" in caught.value.hint
