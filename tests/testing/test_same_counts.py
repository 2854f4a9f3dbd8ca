"""Every declared test counts the same failures on DuckDB, on PostgreSQL and on the stand-in for Redshift."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from marketing_ibis.build.plan import Plan, Schemas, script
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.engines.insert_rows import rows_of
from marketing_ibis.model import Model
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.testing.batches import Batch, Expected
from marketing_ibis.testing.collect import declared_data_tests
from marketing_ibis.testing.run import DataTestRunner
from marketing_ibis.testing.script import data_test_script
from tests.engines.redshift.standin import StandIn
from tests.postgres_server import fresh_database
from tests.python_rows import compute
from tests.sources import GOLDEN_AS_OF, Customer, Order, Payment, Sources, golden_sources
from tests.strategies import dirty_sources
from tests.warehouse import compiled_dataflow

EXAMPLES = 2
Rows = list[tuple[object, ...]]

DIRTY = golden_sources().plus(
    customers=[Customer(1, "Ann", "Again"), Customer(None, "No", "Key"), Customer(90, None, None)],
    orders=[
        Order(1, 3, date(2024, 1, 9), "completed", "Road Pro"),
        Order(None, 1, date(2024, 2, 1), "placed", None),
        Order(91, 999, date(2024, 3, 1), "completed", "Road Pro"),
        Order(92, None, date(1980, 3, 1), "lost", "Road Pro"),
        Order(93, 1, None, None, "City Pro"),
    ],
    payments=[
        Payment(1, 2, "credit_card", 5, "City Pro"),
        Payment(None, 1, "coupon", 100, "Road Pro"),
        Payment(94, 888, "cash", 100, "Road Pro"),
        Payment(95, 2, None, None, None),
        Payment(96, 93, "gift_card", -500, "Road Pro"),
    ],
)
"""The golden shop with a defect of each kind."""


@dataclass(frozen=True)
class Asker:
    """What the test runner needs from a target: a dialect and queries."""

    dialect: Dialect
    query: Callable[[str], Rows]
    execute: Callable[[str], object]

    def attempt(self, name: str, work: Callable[[], object]) -> object:
        return work()


@dataclass(frozen=True)
class Engine:
    """Relations on an engine, filled from sources by the plan's own statements."""

    asker: Asker
    plan: Plan
    execute: Callable[[str], object]
    models: Mapping[str, Model]

    def counts(self, shop: Sources) -> Mapping[str, tuple[str, int, str]]:
        """Return each test's status, failures and first keys, with views computed once for all tests."""
        self.fill(shop)
        runner = DataTestRunner(self.asker, self.plan.published)  # type: ignore[arg-type]
        with runner.caching_views(self._batches()):
            return self.answers(runner)

    def fill(self, shop: Sources) -> None:
        """Replace what the relations contain."""
        for name, relation in self.plan.sources.items():
            self._load(name.name, getattr(shop, name.name))
            assert relation
        for step in self.plan.steps():
            if step.kind == "table":
                self.execute(f"DELETE FROM {self.plan.dialect.relation(step.relation)}")
                if step.python:
                    rows = compute(self.models[step.name], self.asker.query(step.select))
                    self._insert(self.plan.dialect.relation(step.relation), list(rows_of(rows)))
                else:
                    self.execute(f"INSERT INTO {self.plan.dialect.relation(step.relation)}\n{step.select}")

    def answers(self, runner: DataTestRunner | None = None, *, alone: int = 0) -> Mapping[str, tuple[str, int, str]]:
        """Return the same for the existing relations, each test reading the views themselves unless ``runner`` caches
        them. ``alone`` runs every so many tests, each in a separate statement.
        """
        asked = runner or DataTestRunner(self.asker, self.plan.published)  # type: ignore[arg-type]
        batches = self._batches()
        if alone:
            batches = [batch.only(query) for batch in batches for query in batch.queries][::alone]
        results = [result for batch in batches for result in asked.run(batch)]
        assert not [result for result in results if result.status == "error"]
        return {result.name: (result.status, result.failures, str(result.keys)) for result in results}

    def script_answers(self) -> Mapping[str, tuple[str, int]]:
        """Return the status and failures of each test, as the script of all tests lists them."""
        *statements, listing = data_test_script(self.plan.batches, self.plan.dialect, self.plan.published)
        for statement in statements:
            if not statement.startswith("SET "):
                self.execute(statement)
        rows = self.asker.query(listing)
        return {str(name): (str(status), int(str(failures))) for _, name, _, failures, status in rows}

    def _batches(self) -> Sequence[Batch]:
        return [batch for batch in self.plan.batches if not batch.columns]

    def _load(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        self.execute(f"DELETE FROM dbt_production.{table}")
        self._insert(f"dbt_production.{table}", rows)

    def _insert(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        literals = ", ".join(f"({', '.join(map(self._literal, row))})" for row in rows)
        if rows:
            self.execute(f"INSERT INTO {table} VALUES {literals}")

    def _literal(self, value: object) -> str:
        if value is None:
            return "NULL"
        text = self.plan.dialect.literal(str(value))
        return f"CAST({text} AS DATE)" if isinstance(value, date) else text if isinstance(value, str) else str(value)


def opened(dataflow: Dataflow, name: str, query: Callable[[str], Rows], execute: Callable[[str], object]) -> Engine:
    dialect = ENGINES[name].dialect()
    execute("CREATE SCHEMA IF NOT EXISTS dbt_production")
    for source in dataflow.sources.values():
        types = ", ".join(f"{column} {dialect.column_type(kind)}" for column, kind in source.schema.items())
        execute(f"CREATE TABLE dbt_production.{source.declaration.table} ({types})")
    plan = build_plan(dataflow, list(dataflow.nodes), dialect, Schemas(), declared_data_tests(dataflow))
    for statement in script(plan):
        if not statement.startswith(("SET ", "ANALYZE")):
            execute(statement)
    return Engine(Asker(dialect, query, execute), plan, execute, dataflow.models)


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Engine]]:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    with ExitStack() as stack:
        target = stack.enter_context(open_duckdb())
        postgres = stack.enter_context(psycopg.connect(stack.enter_context(fresh_database()), autocommit=True))
        standin = stack.enter_context(StandIn.open(stack.enter_context(fresh_database())))
        yield {
            "duckdb": opened(dataflow, "duckdb", target.query, target.execute),
            "postgres": opened(
                dataflow,
                "postgres",
                lambda sql: postgres.execute(sql.encode()).fetchall(),
                lambda sql: postgres.execute(sql.encode()),
            ),
            "redshift": opened(
                dataflow, "redshift", lambda sql: [tuple(row) for row in standin.fetch(sql).rows], standin.execute
            ),
        }


def assert_same(engines: Mapping[str, Engine], shop: Sources) -> Mapping[str, tuple[str, int, str]]:
    expected = engines["duckdb"].counts(shop)
    listed = {test: (status, failures) for test, (status, failures, _) in expected.items()}
    assert engines["duckdb"].script_answers() == listed
    assert engines["duckdb"].answers() == expected
    for name in ("postgres", "redshift"):
        counts = engines[name].counts(shop)
        assert {test: counts[test] for test in counts if counts[test] != expected[test]} == {}, name
        assert engines[name].script_answers() == listed, name
    return expected


def test_golden_shop(engines: dict[str, Engine]) -> None:
    counts = assert_same(engines, golden_sources())
    statuses = [status for status, _, _ in counts.values()]
    assert (statuses.count("fail"), statuses.count("warn")) == (0, 17)


def test_dirty_shop(engines: dict[str, Engine]) -> None:
    counts = assert_same(engines, DIRTY)
    failures = {name: count for name, (status, count, _) in counts.items() if status == "fail"}
    assert failures == {
        "unique_raw_customers_id": 1,
        "not_null_raw_customers_id": 1,
        "unique_raw_orders_id": 1,
        "not_null_raw_orders_id": 1,
        "relationships_raw_orders_user_id": 1,
        "not_null_raw_orders_order_date": 1,
        "not_null_raw_orders_status": 1,
        "accepted_values_raw_orders_status": 1,
        "unique_raw_payments_id": 1,
        "not_null_raw_payments_id": 1,
        "relationships_raw_payments_order_id": 1,
        "not_null_raw_payments_payment_method": 1,
        "not_null_raw_payments_amount": 1,
    } | {name: count for name, count in failures.items() if "_raw_" not in name}
    # Staging fixes it, so no test of staging finds it.
    assert not [name for name in failures if name.startswith(("unique_stg", "row_count_equals", "sum_equals"))]


def test_a_test_alone_finds_what_it_finds_with_others(engines: dict[str, Engine]) -> None:
    for name, engine in engines.items():
        engine.fill(DIRTY)
        together, alone = engine.answers(), engine.answers(alone=1 if name == "duckdb" else 7)
        assert alone == {test: together[test] for test in alone}, name


def test_empty_shop(engines: dict[str, Engine]) -> None:
    counts = assert_same(engines, Sources())
    assert not [name for name, (status, _, _) in counts.items() if status == "fail"]


@given(drawn=dirty_sources())
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_generated_dirty_shops(engines: dict[str, Engine], drawn: Sources) -> None:
    assert_same(engines, drawn)


def test_a_defect_of_one_mart_is_found_by_every_engine(engines: dict[str, Engine]) -> None:
    for engine in engines.values():
        engine.fill(golden_sources())
        mart = engine.plan.dialect.relation(engine.plan.published["customer_segmentation"])
        engine.execute(f"UPDATE {mart} SET total_revenue = total_revenue + 0.01 WHERE customer_id = 1")
        runner = DataTestRunner(engine.asker, engine.plan.published)  # type: ignore[arg-type]
        (batch,) = [batch for batch in engine.plan.batches if batch.node == "customer_segmentation"]
        (failed,) = [result for result in runner.run(batch) if result.status == "fail"]
        assert failed.name == "sum_equals_customer_segmentation_total_revenue"
        assert failed.message.startswith("expected 660.67")
        assert failed.message.endswith(", got 660.68")
        ((actual, expected),) = engine.asker.query(failed.failing)
        assert (str(actual), str(expected)) == ("660.68", "660.67")


def test_a_script_lists_failures_first_and_computes_views_and_totals_once(engines: dict[str, Engine]) -> None:
    for engine in engines.values():
        engine.fill(golden_sources())
        mart = engine.plan.dialect.relation(engine.plan.published["customer_segmentation"])
        engine.execute(f"UPDATE {mart} SET total_revenue = total_revenue + 0.01 WHERE customer_id = 1")
        listed = engine.script_answers()
        assert next(iter(listed.items())) == ("sum_equals_customer_segmentation_total_revenue", ("fail", 1))
        statements = data_test_script(engine.plan.batches, engine.plan.dialect, engine.plan.published)
        totals = {
            query.expected.select
            for b in engine.plan.batches
            for query in b.queries
            if isinstance(query.expected, Expected)
        }
        assert sum("__total" in statement.split("\n")[0] and "CREATE" in statement for statement in statements) == len(
            totals
        )
        for step in engine.plan.steps():
            if step.kind == "view":
                reading = [s for s in statements if engine.plan.dialect.relation(step.relation) in s]
                assert len(reading) <= 1, step.name


def test_a_script_of_no_tests_is_empty(engines: dict[str, Engine]) -> None:
    for engine in engines.values():
        assert data_test_script([], engine.plan.dialect, engine.plan.published) == ()
