"""A source with a snapshot on each engine: fill it, record it, and read the rows of its history."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir

from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.snapshots.recording import SnapshotPlan, SnapshotResult, plan_snapshots, record_snapshots
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.engines.postgres.target import open_postgres
from marketing_ibis.engines.target import Target
from marketing_ibis.model import Column, History, Model, Snapshot, Source, column, history_view, model, source
from marketing_ibis.model.dataflow import Dataflow
from tests.engines.postgres.warehouse import settings_of
from tests.engines.redshift.warehouse import cluster
from tests.engines.redshift.warehouse import open_target as open_redshift
from tests.postgres_server import fresh_database

ENGINES = ("duckdb", "postgres", "redshift")
Row = tuple[object, ...]
COLUMNS = (
    column("id", "int64", "Key."),
    column("status", "string", "State.", nullable=True),
    column("cents", "int64", "Amount.", nullable=True),
    column("updated", "date", "Day of the last change.", nullable=True),
)
ORDERS = Relation("dbt_production", "orders")
HISTORY = Relation("dbt_marketing", "raw_orders_snapshot")
PAID = Relation("dbt_marketing", "paid_history")


def day(number: int) -> date:
    """Return a day of January 2024, or of the months after it."""
    return date(2024, 1, 1) + timedelta(number - 1)


def dataflow_with(snapshot: Snapshot, columns: Iterable[Column] = COLUMNS) -> Dataflow:
    """Return a project of one source."""

    @source(table="orders", grain=("id",), columns=tuple(columns), snapshot=snapshot)
    def raw_orders() -> ir.Table:
        """Orders."""

    declaration = raw_orders.declaration  # type: ignore[attr-defined]
    return Dataflow(
        {"raw_orders": Source("raw_orders", declaration, "Orders.", declaration.contract.schema())}, {}, None
    )


def dataflow_of_paid_orders(as_of: date, snapshot: Snapshot | None = None) -> Dataflow:
    """Return a project whose model has the paid orders and keeps its states."""

    @model(layer="staging", grain=("id",), columns=COLUMNS[:3])
    def stg_orders(raw_orders: ir.Table) -> ir.Table:
        """Orders."""
        return raw_orders.filter(raw_orders.updated <= ibis.literal(as_of)).select("id", "status", "cents")

    @history_view(
        grain=("as_of",), columns=(column("as_of", "date", "Day."), column("orders", "int64", "Orders of the day."))
    )
    def paid_days(paid_history: ir.Table) -> ir.Table:
        """Paid orders per day."""
        return paid_history.group_by("as_of").agg(orders=paid_history.count())

    columns = (column("id", "int64", "Key."), column("cents", "int64", "Amount."), column("age", "int64", "Days."))

    @model(layer="marts", grain=("id",), columns=columns, history=History("paid_history", ("cents",), (paid_days,)))
    def paid_orders(stg_orders: ir.Table) -> ir.Table:
        """Paid orders."""
        paid = stg_orders.filter(stg_orders.status == "paid")
        return paid.select("id", "cents", age=ibis.literal(1, "int64"))

    flow = dataflow_with(snapshot or Snapshot())
    tables = {"raw_orders": ibis.table(flow.sources["raw_orders"].schema, name="raw_orders")}
    models = {}
    for function, parent in ((stg_orders, "raw_orders"), (paid_orders, "stg_orders")):
        declaration, name = function.declaration, function.__name__  # type: ignore[attr-defined]
        expression = function(tables[parent])
        schema = declaration.contract.schema()
        models[name] = Model(name, declaration, str(function.__doc__), (parent,), schema, expression)
        tables[name] = ibis.table(schema, name=name)
    return replace(flow, models=models, inputs={"as_of": as_of})


@dataclass(frozen=True)
class Place:
    """An engine with the schemas of a project."""

    engine: str
    target: Target

    def plan(self, snapshot: Snapshot, columns: Iterable[Column] = COLUMNS) -> SnapshotPlan:
        return plan_snapshots(dataflow_with(snapshot, columns), ("raw_orders",), self.target.dialect, Schemas())

    def create(self, columns: Mapping[str, str]) -> None:
        """Create an empty source."""
        listing = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self.target.execute("DROP VIEW IF EXISTS dbt_marketing.paid_days")
        for table in (ORDERS, HISTORY, PAID):
            self.target.execute(f"DROP TABLE IF EXISTS {table}")
        self.target.execute(f"CREATE TABLE {ORDERS} ({listing})")

    def fill(self, rows: Iterable[Row]) -> None:
        """Replace the rows of the source."""
        self.target.execute(f"DELETE FROM {ORDERS}")
        values = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
        if values:
            self.target.execute(f"INSERT INTO {ORDERS} VALUES {values}")

    def record(self, plan: SnapshotPlan, day: date, rows: Iterable[Row] | None = None) -> SnapshotResult:
        """Record the source, with ``rows`` in place of those it has."""
        if rows is not None:
            self.fill(rows)
        (result,) = record_snapshots(plan, self.target, day)
        return result

    def history(self, *columns: str) -> list[Row]:
        """Return the rows of the snapshot."""
        listing = ", ".join(columns or ("id", "status", "valid_from", "valid_to"))
        return self.target.query(f"SELECT {listing} FROM {HISTORY} ORDER BY id, valid_from")


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, date):
        return f"CAST('{value}' AS {'TIMESTAMP' if isinstance(value, datetime) else 'DATE'})"
    return repr(value)


TYPES = {"id": "BIGINT", "status": "VARCHAR(20)", "cents": "BIGINT", "updated": "DATE"}


@contextlib.contextmanager
def open_place(engine: str) -> Iterator[Place]:
    """Yield an empty database with an empty source."""
    with contextlib.ExitStack() as stack:
        if engine == "duckdb":
            target: Target = stack.enter_context(open_duckdb())
        elif engine == "postgres":
            target = stack.enter_context(open_postgres(settings_of(stack.enter_context(fresh_database()))))
        else:
            target = stack.enter_context(open_redshift(stack.enter_context(cluster())))
        for schema in ("dbt_production", "dbt_marketing"):
            target.create_schema(schema)
        place = Place(engine, target)
        place.create(TYPES)
        yield place
