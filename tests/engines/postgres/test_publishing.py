"""Publishing on PostgreSQL: all or nothing, with views that depend on the published tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest

from marketing_ibis.build.plan import Plan, Schemas, reading_published, script
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import Result, RunResults, run_plan
from marketing_ibis.build.seed import seed_files
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, TargetUnavailable
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.testing.collect import declared_data_tests
from marketing_ibis.testing.run import DataTestRunner
from tests.engines.postgres.warehouse import settings_of
from tests.paths import JAFFLE
from tests.postgres_server import fresh_database
from tests.warehouse import compiled_dataflow

AS_OF = date(2018, 4, 10)
MODELS = "dbt_marketing"


@cache
def dataflow() -> Dataflow:
    return compiled_dataflow(AS_OF)


@cache
def plan(*names: str) -> Plan:
    return build_plan(dataflow(), names or tuple(dataflow().models), ENGINES["postgres"].dialect(), Schemas())


def kinds() -> dict[str, str]:
    return {name: model.declaration.materialized for name, model in dataflow().models.items()}


@pytest.fixture
def uri() -> Iterator[str]:
    with fresh_database() as address:
        yield address


@pytest.fixture
def target(uri: str) -> Iterator[Target]:
    contracts = {source.declaration.table: source.schema for source in dataflow().sources.values()}
    with ENGINES["postgres"].open(settings_of(uri)) as opened:
        seed_files(opened, JAFFLE, contracts, "dbt_production")
        yield opened


def build(target: Target, *names: str, **options: object) -> RunResults:
    results = run_plan(plan(*names), target, **options)  # type: ignore[arg-type]
    assert results.published, [result.message for result in results.failures]
    return results


def standing(target: Target) -> dict[str, str]:
    return dict(target.relations(MODELS))


@pytest.mark.parametrize("threads", [1, 3])
def test_a_run_is_repeated(target: Target, threads: int) -> None:
    build(target, threads=threads)
    first = standing(target)
    assert first == kinds()
    results = build(target, threads=threads)
    assert standing(target) == first
    assert {r.step.name: r.rows for r in results.results}["orders"] == 99


def test_any_model_is_built_alone(target: Target) -> None:
    build(target)
    before = target.query(f"SELECT * FROM {MODELS}.marketing_attribution ORDER BY 1")
    for name in kinds():
        build(target, name)
        assert standing(target) == kinds(), name
    assert target.query(f"SELECT * FROM {MODELS}.marketing_attribution ORDER BY 1") == before


def test_views_outside_the_project_keep_standing(target: Target) -> None:
    build(target)
    target.execute("CREATE SCHEMA reports")
    target.execute(f"CREATE VIEW reports.buyers AS SELECT customer_id FROM {MODELS}.customers WHERE has_purchased")
    target.execute("CREATE VIEW reports.count AS SELECT count(*) AS n FROM reports.buyers")
    target.execute(f"CREATE VIEW reports.staged AS SELECT order_id FROM {MODELS}.stg_orders")
    # Views depend on a view of the project and on the table under it, too.
    target.execute(f"CREATE VIEW reports.facts AS SELECT order_id, cents FROM {MODELS}.int_order_facts")
    ((before,),) = target.query("SELECT n FROM reports.count")
    assert before
    target.execute("DELETE FROM dbt_production.orders WHERE status <> 'placed'")
    build(target)
    assert target.query("SELECT n FROM reports.count") == [(0,)]
    # What is emptied and filled again has other rows than the planner knows.
    ((buyers,),) = target.query(
        f"SELECT most_common_vals::text FROM pg_stats WHERE schemaname = '{MODELS}' AND tablename = 'customers'"
        " AND attname = 'has_purchased'"
    )
    assert buyers == "{f}"
    assert target.query("SELECT * FROM reports.facts ORDER BY 1") == target.query(
        f"SELECT order_id, cents FROM {MODELS}.int_order_facts ORDER BY 1"
    )
    assert target.query("SELECT count(*) FROM reports.staged") == target.query(
        "SELECT count(*) FROM dbt_production.orders"
    )


def test_a_view_in_the_way_of_other_columns_is_named(target: Target) -> None:
    target.create_schema(MODELS)
    target.execute(f"CREATE TABLE {MODELS}.customers AS SELECT 7 AS customer_id")
    target.execute(f"CREATE VIEW public.report AS SELECT customer_id FROM {MODELS}.customers")
    with pytest.raises(RunFailed, match=r"the view public\.report depends on dbt_marketing\.customers") as caught:
        run_plan(plan(), target)
    assert "Drop that view" in caught.value.hint
    assert target.query("SELECT customer_id FROM public.report") == [(7,)]
    target.execute("DROP VIEW public.report")
    build(target)


def test_anything_else_in_the_way_is_named(target: Target) -> None:
    build(target)
    target.execute(f"ALTER TABLE {MODELS}.customers ADD PRIMARY KEY (customer_id)")
    target.execute(f"CREATE TABLE public.notes (customer_id bigint REFERENCES {MODELS}.customers)")
    with pytest.raises(RunFailed, match=r"Nothing was published: .*constraint .* on table notes depends on table"):
        run_plan(plan(), target)
    assert "customers" in standing(target)


@pytest.mark.parametrize(("name", "kind"), [("stg_orders", "table"), ("customers", "view")])
def test_what_stood_as_another_kind_is_replaced(target: Target, name: str, kind: str) -> None:
    target.create_schema(MODELS)
    target.execute(f"CREATE {kind} {MODELS}.{name} AS SELECT 1 AS id")
    build(target)
    assert standing(target)[name] == kinds()[name] != kind


def test_the_script_builds_the_same_tables(target: Target) -> None:
    build(target)
    before = target.query(f"SELECT * FROM {MODELS}.customers ORDER BY 1")
    for _ in range(2):
        for statement in script(plan()):
            target.execute(statement)
    assert target.query(f"SELECT * FROM {MODELS}.customers ORDER BY 1") == before
    assert standing(target) == kinds()


def test_the_script_replaces_relations_of_another_kind(target: Target) -> None:
    target.create_schema(MODELS)
    # The script keeps published rows that Python computed, so that they must have their columns.
    of_sql = {step.name for step in plan().steps() if step.python is None}
    for name, kind in kinds().items():
        if name in of_sql:
            target.execute(f"CREATE {'view' if kind == 'table' else 'table'} {MODELS}.{name} AS SELECT 1 AS id")
        target.execute(f"CREATE {'view' if kind == 'table' else 'table'} {MODELS}.{name}__candidate AS SELECT 1 AS id")
    for _ in range(2):
        for statement in script(plan()):
            target.execute(statement)
        assert standing(target) == kinds()


def test_a_second_run_stops_and_touches_nothing(uri: str, target: Target) -> None:
    def meanwhile(result: Result) -> None:
        if result.step.name == "orders":
            with (
                ENGINES["postgres"].open(settings_of(uri)) as other,
                pytest.raises(TargetUnavailable, match="Another command is using schema dbt_marketing"),
            ):
                run_plan(plan(), other)
            seen.append(result.step.name)

    seen: list[str] = []
    build(target, on_result=meanwhile)
    assert seen == ["orders"]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_connection_lost_in_mid_run_leaves_the_old_tables(uri: str, target: Target, threads: int) -> None:
    build(target)
    before = target.query(f"SELECT * FROM {MODELS}.customers ORDER BY 1")
    target.execute("DELETE FROM dbt_production.orders")
    with ENGINES["postgres"].open(settings_of(uri)) as other:
        ((process,),) = other.query("SELECT pg_backend_pid()")

        def kill(result: Result) -> None:
            if result.step.name == "int_orders":
                target.query(f"SELECT pg_terminate_backend({process}, 5000)")

        with pytest.raises(TargetUnavailable, match="was lost"):
            run_plan(plan(), other, on_result=kill, threads=threads)
    assert target.query(f"SELECT * FROM {MODELS}.customers ORDER BY 1") == before
    assert any(name.endswith("__candidate") for name in standing(target))
    build(target)
    assert not any(name.endswith("__candidate") for name in standing(target))
    assert target.query(f"SELECT count(*) FROM {MODELS}.orders") == [(0,)]


@pytest.mark.parametrize("is_first", [True, False])
def test_what_passed_is_published_beside_a_view_that_failed(target: Target, is_first: bool) -> None:
    if not is_first:
        build(target)
    target.execute("UPDATE dbt_production.customers SET first_name = 'Ann' WHERE id = 1")
    target.execute("DELETE FROM dbt_production.payments WHERE order_id = 1")
    name = "stg_customer_activity"
    data_tests = {name: declared_data_tests(dataflow())[name]}
    tested = build_plan(dataflow(), tuple(dataflow().models), ENGINES["postgres"].dialect(), Schemas(), data_tests)
    runner = DataTestRunner(target, tested.relations, warn_error=True)
    results = run_plan(tested, target, test_runner=runner, publish_passing=True)
    failed = [data_test for data_test in results.data_tests if data_test.is_blocking]
    assert failed
    assert set(results.published_models) == kinds().keys() - {name}
    assert target.query(f"SELECT first_name FROM {MODELS}.customers WHERE customer_id = 1") == [("Ann",)]
    for data_test in failed:
        rows = target.query(reading_published(tested, results.published_models, data_test.failing))
        assert len(rows) == data_test.failures
    # The old view, if any, is unchanged, and nothing is in the way of the next build.
    assert (name in target.relations(MODELS)) is not is_first
    assert f"{name}__candidate" in target.relations(MODELS)
    build(target)
    assert target.relations(MODELS).keys() == kinds().keys()
