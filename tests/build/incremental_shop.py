"""A project with an incremental model over events of customers, and a warehouse that builds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from marketing_ibis.build.identities import model_identities
from marketing_ibis.build.incremental import Refresh
from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import RunResults, run_plan
from marketing_ibis.build.state_record import record_states
from marketing_ibis.cli.steps.refreshing import find_refreshes
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.settings import ProjectSettings
from tests.shop import make_shop

FIRST, LOOKBACK = date(2024, 5, 1), 3
SCHEMAS = Schemas()
INCREMENTAL = (
    'materialized="incremental", unique_key="customer_id", watermark="day", lookback=timedelta(days=3), grain=("id",)'
)
EVENTS = {
    "raw_events": """
        COLUMNS = (
            column("id", "int64", "Key."), column("customer_id", "int64", "Who."), column("day", "date", "When."),
            column("cents", "int64", "How much."),
        )

        @source(table="events", grain=("id",), columns=COLUMNS)
        def raw_events() -> ir.Table:
            '''Events.'''
        """,
    "visits": f"""
        from datetime import date, timedelta

        COLUMNS = (
            column("id", "int64", "Key."), column("customer_id", "int64", "Who."), column("day", "date", "When."),
            column("visit", "int64", "Position among the customer's visits."),
            column("spent", "int64", "Cents up to this visit."),
        )

        @model(layer="marts", columns=COLUMNS, {INCREMENTAL})
        def visits(raw_events: ir.Table, as_of: date) -> ir.Table:
            '''Each visit with its position.'''
            events = raw_events.filter(raw_events.day <= as_of)
            w = ibis.window(group_by=events.customer_id, order_by=[events.day, events.id])
            running = ibis.cumulative_window(group_by=events.customer_id, order_by=[events.day, events.id])
            return events.select(
                "id", "customer_id", "day",
                visit=(ibis.row_number().over(w) + 1).cast("int64"),
                spent=events.cents.sum().over(running).cast("int64"),
            )
        """,
    "customers": """
        COLUMNS = (column("customer_id", "int64", "Who."), column("visits", "int64", "How many."))

        @model(layer="marts", grain=("customer_id",), columns=COLUMNS)
        def customers(visits: ir.Table) -> ir.Table:
            '''Customers, from the incremental table.'''
            return visits.group_by("customer_id").agg(visits=visits.count())
        """,
}
MODELS = ("visits", "customers")
Event = tuple[int, int, date, int]


def events_project(folder: Path, **changes: str) -> ProjectSettings:
    """Return a project whose incremental model is ``visits``."""
    return make_shop(folder, **(EVENTS | changes)).project


@dataclass
class Warehouse:
    """A database that a version of the project is built in."""

    target: Target
    project: ProjectSettings
    dataflow: Dataflow
    engine: str = "duckdb"

    @property
    def as_of(self) -> date:
        as_of = self.dataflow.inputs["as_of"]
        assert isinstance(as_of, date)
        return as_of

    def refreshes(self, *, is_repair: bool = False) -> Mapping[str, Refresh]:
        """Return how ``visits`` is to be built."""
        arguments = (self.project, SCHEMAS, self.dataflow, self.as_of, ["visits"], self.target)
        return find_refreshes(*arguments, repair=is_repair)  # type: ignore[arg-type]

    def plan(self, refreshes: Mapping[str, Refresh]) -> Plan:
        return build_plan(self.dataflow, MODELS, ENGINES[self.engine].dialect(), SCHEMAS, refreshes=refreshes)

    def build(self, refreshes: Mapping[str, Refresh] | None = None, *, is_repair: bool = False) -> RunResults:
        """Build, incrementally where that is possible, and record the states."""
        plan = self.plan(self.refreshes(is_repair=is_repair) if refreshes is None else refreshes)
        identities, moment = model_identities(self.dataflow), datetime.now(UTC)
        results = run_plan(
            plan, self.target, record=lambda plan, *_: record_states(self.target, plan, identities, self.as_of, moment)
        )
        assert results.published, [result.message for result in results.results]
        return results

    def rows(self, name: str) -> list[str]:
        return sorted(map(str, self.target.query(f"SELECT * FROM dbt_marketing.{name}")))

    def insert(self, events: Iterable[Event]) -> None:
        for id_, customer, day, cents in events:
            self.target.execute(f"INSERT INTO dbt_production.events VALUES ({id_}, {customer}, DATE '{day}', {cents})")

    def create_source(self) -> None:
        self.target.create_schema("dbt_production")
        self.target.execute(
            "CREATE TABLE dbt_production.events (id BIGINT, customer_id BIGINT, day DATE, cents BIGINT)"
        )


def day(number: int) -> date:
    """Return the day with a number, which may be negative."""
    return FIRST + timedelta(days=number)
