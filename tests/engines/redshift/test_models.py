"""Every model's Redshift SQL, run on the stand-in, gives DuckDB's rows: on the golden shop, on clean and dirty ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from marketing_ibis.build.plan import Schemas, script
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.insert_rows import rows_of
from marketing_ibis.model import Model
from marketing_ibis.model.dataflow import Dataflow
from tests.dataflows.comparison import KEYS, Row, differences
from tests.dataflows.shops import placed
from tests.dataflows.shops import shop as small_shop
from tests.dataflows.touched_shops import touched_sources
from tests.engines.redshift.standin import StandIn
from tests.postgres_server import fresh_database
from tests.python_rows import compute
from tests.sources import GOLDEN_AS_OF, Sources, golden_shop, golden_sources
from tests.strategies import dated_sources, dirty_sources, lined_sources, sources
from tests.warehouse import build_tables, compiled_dataflow

EXAMPLES = 8


@dataclass(frozen=True)
class Shop:
    """A stand-in with every relation of the project, laid out by its own statements.

    ``fills`` are the INSERTs of the tables in their order and ``reads`` the SELECTs of all rows, translated once. Of
    ``python_models``, whose rows a function computes, ``fills`` has the SELECT of what the function receives.
    """

    session: StandIn
    source_tables: tuple[str, ...]
    fills: dict[str, str]
    reads: dict[str, str]
    grains: dict[str, tuple[str, ...]]
    python_models: dict[str, Model]

    @classmethod
    def open(cls, session: StandIn, dataflow: Dataflow) -> Shop:
        dialect = ENGINES["redshift"].dialect()
        for source in dataflow.sources.values():
            types = {name: dialect.column_type(dtype) for name, dtype in source.schema.items()}
            session.load("dbt_production", source.declaration.table, [], types)
        plan = build_plan(dataflow, list(dataflow.models), dialect, Schemas())
        for statement in script(plan):
            session.execute(statement)
        fills, reads = {}, {}
        for step in plan.steps():
            if step.python is not None:
                (fills[step.name],) = session.translated(step.select)
            elif step.kind == "table":
                _, insert = dialect.create_table(step.relation, step.select, dataflow.models[step.name])
                (fills[step.name],) = session.translated(insert)
            (reads[step.name],) = session.translated(f'SELECT * FROM "dbt_marketing"."{step.name}"')
        tables = tuple(source.declaration.table for source in dataflow.sources.values())
        grains = {name: model.declaration.grain for name, model in dataflow.models.items()}
        python_models = {name: model for name, model in dataflow.models.items() if model.row_function}
        return cls(session, tables, fills, reads, grains, python_models)

    def built(self, shop: Sources) -> dict[str, list[Row]]:
        """Replace the sources' rows and fill every table again with the plan's INSERT."""
        connection = self.session.connection
        for table in self.source_tables:
            connection.execute(f"TRUNCATE dbt_production.{table}")
            with connection.cursor() as cursor, cursor.copy(f"COPY dbt_production.{table} FROM STDIN") as copy:
                for row in getattr(shop, table):
                    copy.write_row(row)
        for table, insert in self.fills.items():
            connection.execute(f"TRUNCATE dbt_marketing.{table}")
            if table in self.python_models:
                computed = compute(self.python_models[table], self.session.fetch_translated(insert).rows)
                with connection.cursor() as cursor, cursor.copy(f"COPY dbt_marketing.{table} FROM STDIN") as copy:
                    for row in rows_of(computed):
                        copy.write_row(row)
                continue
            connection.execute(insert)
        return {name: self._rows(read) for name, read in self.reads.items()}

    def _rows(self, read: str) -> list[Row]:
        answer = self.session.fetch_translated(read)
        return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]

    def assert_same(self, shop: Sources) -> None:
        """Assert that every model has DuckDB's rows."""
        actual, expected = self.built(shop), build_tables(shop, GOLDEN_AS_OF)
        assert actual.keys() == expected.keys() == self.grains.keys()
        found = [line for model in KEYS for line in differences(model, actual[model], expected[model])]
        assert not found, "\n".join(found[:20])
        for model in self.grains.keys() - KEYS.keys():
            ours, theirs = (sorted_rows(rows[model], self.grains[model]) for rows in (actual, expected))
            assert [list(map(comparable, row)) for row in ours] == [list(map(comparable, row)) for row in theirs], model


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with ExitStack() as stack:
        session = stack.enter_context(StandIn.open(stack.enter_context(fresh_database())))
        yield Shop.open(session, compiled_dataflow(GOLDEN_AS_OF))


def comparable(value: object) -> str:
    """Return a value as a string that is identical for equal values: engines add up doubles in different orders."""
    return f"{value:.9g}" if isinstance(value, float) else repr(value)


def sorted_rows(rows: list[Row], grain: tuple[str, ...]) -> list[list[object]]:
    """Return the values of the rows in the order of their grain."""
    ordered = sorted(rows, key=lambda row: [repr(row[key]) for key in grain])
    return [list(row.values()) for row in ordered]


def test_golden_shop(shop: Shop) -> None:
    shop.assert_same(golden_sources())


def test_empty_shop(shop: Shop) -> None:
    shop.assert_same(Sources((), (), ()))


def test_an_order_of_long_ago_gives_the_same_rows(shop: Shop) -> None:
    shop.assert_same(small_shop(placed(1, date(1990, 1, 1), 100), placed(2, date(2024, 1, 10), 250)))
    assert len(shop.session.query("SELECT * FROM dbt_marketing.shop_days")) > 12_000


@given(drawn=sources())
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_generated_shops(shop: Shop, drawn: Sources) -> None:
    shop.assert_same(drawn)


@given(drawn=dirty_sources())
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_dirty_shops(shop: Shop, drawn: Sources) -> None:
    shop.assert_same(drawn)


def test_shops_with_sign_up_dates() -> None:
    with fresh_database() as uri, StandIn.open(uri) as session:
        shop = Shop.open(session, compiled_dataflow(GOLDEN_AS_OF, has_sign_ups=True))

        @given(drawn=dated_sources())
        @settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
        def same(drawn: Sources) -> None:
            shop.assert_same(drawn)

        same()


def test_shops_with_every_optional_source() -> None:
    with fresh_database() as uri, StandIn.open(uri) as session:
        shop = Shop.open(
            session, compiled_dataflow(GOLDEN_AS_OF, optional_sources=golden_shop().options.optional_sources)
        )
        shop.assert_same(golden_shop())

        @given(drawn=touched_sources(shops=lined_sources()))
        @settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
        def same(drawn: Sources) -> None:
            shop.assert_same(drawn)

        same()
