"""Guests by order or by e-mail address: every total stays, and every engine gives them the same ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.errors import CompileError
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.compile import compile_dataflow
from marketing_ibis.project.source_settings import SourceSettings
from tests.dataflows.shops import placed, shop
from tests.engines.redshift.standin import StandIn
from tests.postgres_server import fresh_database
from tests.sources import GOLDEN_AS_OF, Order, Payment, Sources
from tests.strategies import sources
from tests.testing.test_same_counts import Engine, Rows, opened
from tests.warehouse import dataflow_modules, selects

EXAMPLES = 2
MARCH = date(2024, 3, 1)
ADDRESSES = (None, "", "ann@shop.example", " Ann@Shop.example ", "bob@shop.example", "eve@shop.example")
METHODS = {
    "card": ["visa", "Master Card"],
    "promotional": ["voucher", "coupon"],
    "gift_cards": [],
    "other": ["gift_card"],
}


def dataflow_of(identity: str) -> Dataflow:
    return compile_dataflow(
        dataflow_modules(),
        inputs={"as_of": GOLDEN_AS_OF},
        variables={"guest_rules": {"identity": identity}, "payment_rules": METHODS},
        sources={"raw_orders": SourceSettings(optional=("email",))},
    )


@contextmanager
def engine(identity: str) -> Iterator[Engine]:
    with open_duckdb() as target:
        yield opened(dataflow_of(identity), "duckdb", target.query, target.execute)


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Engine]]:
    with engine("none") as none, engine("order") as by_order, engine("email") as by_email:
        yield {"none": none, "order": by_order, "email": by_email}


def with_addresses(of: Sources, addresses: list[str | None]) -> Sources:
    rows = tuple((*row, address) for row, address in zip(of.orders, addresses, strict=True))
    return Sources(of.customers, rows, of.payments)  # type: ignore[arg-type]


GUESTS = with_addresses(
    shop(placed(1, MARCH, 5_000), placed(2, MARCH, 8_000), customers=3).plus(
        orders=[
            Order(3, None, MARCH, "completed", "Lamp"),
            Order(4, None, MARCH, "completed", "Lamp"),
            Order(5, None, MARCH, "completed", "Chair"),
            Order(6, None, MARCH, "returned", "Chair"),
        ],
        payments=[Payment(9, 3, "voucher", 4_000, "Lamp"), Payment(10, 4, "Master Card", 500, "Lamp")],
    ),
    ["ann@shop.example", None, "Ann@shop.example", "ann@shop.example ", "", "bob@shop.example"],
)


@pytest.mark.parametrize(("identity", "guests"), [("none", set()), ("order", {-3, -4, -5, -6}), ("email", {-5})])
def test_guests_become_customers(engines: dict[str, Engine], identity: str, guests: set[int]) -> None:
    counts = engines[identity].counts(GUESTS)
    assert not {name for name, (status, _, _) in counts.items() if status == "fail"}
    query = engines[identity].asker.query
    ids = {number for (number,) in query("SELECT customer_id FROM dbt_marketing.customers WHERE customer_id < 0")}
    assert guests <= ids
    assert len(ids) == {"none": 0, "order": 4, "email": 3}[identity]
    assert query("SELECT COUNT(*), SUM(amount) FROM dbt_marketing.orders") == [(6, Decimal("175.00"))]
    ((net,),) = query("SELECT SUM(total_revenue) FROM dbt_marketing.customer_segmentation")
    assert net == Decimal("130.00" if identity == "none" else "175.00")
    warned = {name for name, (status, _, _) in counts.items() if status == "warn"}
    assert ("not_null_raw_orders_user_id" in warned) == (identity == "none")


def test_guests_by_order_or_address_keep_all_totals(engines: dict[str, Engine]) -> None:
    @given(drawn=sources(), data=st.data())
    @settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
    def holds(drawn: Sources, data: st.DataObject) -> None:
        orders = tuple(row._replace(user_id=None) if data.draw(st.booleans()) else row for row in drawn.orders)
        addresses = [data.draw(st.sampled_from(ADDRESSES)) for _ in orders]
        of = with_addresses(Sources(drawn.customers, orders, drawn.payments), addresses)
        totals = {identity: totals_of(one, of) for identity, one in engines.items()}
        assert totals["none"]["orders"] == totals["order"]["orders"] == totals["email"]["orders"]
        assert totals["order"]["segments"] == totals["order"]["successful"] == totals["email"]["segments"]
        assert totals["order"]["products"] == totals["email"]["products"]
        assert totals["order"]["known"] == totals["email"]["known"] == totals["none"]["known"]
        without = {row.id for row in orders if row.user_id is None}
        apart = {
            (address or "").strip().lower() or row.id
            for row, address in zip(orders, addresses, strict=True)
            if row.id in without
        }
        assert totals["order"]["guests"] == [(len(without),)]
        assert totals["email"]["guests"] == [(len(apart),)]

    holds()


def totals_of(one: Engine, of: Sources) -> dict[str, object]:
    """Return totals of the marts, after all data tests passed that stop a build."""
    assert not {name for name, (status, _, _) in one.counts(of).items() if status == "fail"}
    place, query = "FROM dbt_marketing", one.asker.query
    return {
        "orders": query(f"SELECT COUNT(*), SUM(amount), SUM(payment_count) {place}.orders"),
        "successful": query(
            f"SELECT COUNT(*), COALESCE(SUM(amount), 0) {place}.orders WHERE order_status_group = 'successful'"
        ),
        "segments": query(
            "SELECT COALESCE(SUM(total_orders), 0)::BIGINT, COALESCE(SUM(total_revenue), 0)"
            f" {place}.customer_segmentation"
        ),
        "products": query(f"SELECT product_name, total_orders, net_revenue {place}.product_performance ORDER BY 1"),
        "known": query(
            "SELECT customer_id, number_of_orders, net_lifetime_value"
            f" {place}.customers WHERE customer_id > 0 ORDER BY 1"
        ),
        "guests": query(f"SELECT COUNT(*) {place}.stg_customers WHERE customer_id < 0"),
    }


def test_an_address_that_the_source_does_not_have_is_asked_for() -> None:
    with pytest.raises(CompileError, match='identity is "email", and raw_orders has no column email') as caught:
        compile_dataflow(
            dataflow_modules(), inputs={"as_of": GOLDEN_AS_OF}, variables={"guest_rules": {"identity": "email"}}
        )
    assert 'optional = ["email"] under [tool.marketing_ibis.sources.raw_orders]' in caught.value.message


def test_every_engine_gives_guests_the_same_ids_and_methods_the_same_columns() -> None:
    dataflow = dataflow_of("email")
    with ExitStack() as stack:
        target = stack.enter_context(open_duckdb())
        postgres = stack.enter_context(psycopg.connect(stack.enter_context(fresh_database()), autocommit=True))
        standin = stack.enter_context(StandIn.open(stack.enter_context(fresh_database())))
        rows = {
            "duckdb": orders_on("duckdb", dataflow, target.execute, target.query),
            "postgres": orders_on(
                "postgres",
                dataflow,
                lambda sql: postgres.execute(sql.encode()),
                lambda sql: postgres.execute(sql.encode()).fetchall(),
            ),
            "redshift": orders_on(
                "redshift", dataflow, standin.execute, lambda sql: [tuple(row) for row in standin.fetch(sql).rows]
            ),
        }
    assert rows["postgres"] == rows["redshift"] == rows["duckdb"]
    assert len({row[1] for row in rows["duckdb"]}) == 5


def orders_on(name: str, dataflow: Dataflow, execute: Callable[[str], object], query: Callable[[str], Rows]) -> Rows:
    """Return the orders of the shop with guests, as an engine computes them."""
    dialect = ENGINES[name].dialect()
    execute("CREATE SCHEMA dbt_production")
    execute("CREATE SCHEMA dbt_marketing")
    for source in dataflow.sources.values():
        table, kinds = source.declaration.table, source.schema.items()
        types = ", ".join(f"{column} {dialect.column_type(kind)}" for column, kind in kinds)
        execute(f"CREATE TABLE dbt_production.{table} ({types})")
        for row in getattr(GUESTS, table, ()):
            values = [
                "NULL" if value is None else f"CAST({dialect.literal(str(value))} AS {dialect.column_type(kind)})"
                for value, (_, kind) in zip(row, kinds, strict=True)
            ]
            execute(f"INSERT INTO dbt_production.{table} VALUES ({', '.join(values)})")
    for model, select in selects(dataflow, dialect).items():
        if model.startswith("stg_") or model in ("int_order_totals", "int_orders", "orders"):
            execute(f"CREATE TABLE dbt_marketing.{model} AS\n{select}")
    columns = ", ".join(dataflow.models["orders"].schema.names)
    return query(f"SELECT {columns} FROM dbt_marketing.orders ORDER BY 1")
