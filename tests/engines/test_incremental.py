"""On PostgreSQL, and on the stand-in for Redshift, an incremental table equals one that is built whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from marketing_ibis.build.incremental import FullRefresh, Increment, Refresh
from marketing_ibis.build.plan import Plan, Schemas, script
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from tests.build.incremental_shop import MODELS, Event, Warehouse, day, events_project
from tests.engines.postgres.warehouse import settings_of
from tests.engines.redshift.standin import StandIn
from tests.postgres_server import fresh_database

FIRST: list[Event] = [(1, 1, day(0), 10), (2, 2, day(1), 20), (3, 1, day(5), 30)]
HISTORY: tuple[list[Event], ...] = (
    [(4, 1, day(3), 5), (5, 3, day(9), 50)],
    [(6, 3, day(7), 1), (7, 2, day(6), -4)],
    [(8, 1, day(12), 8), (9, 1, day(8), 9), (10, 4, day(6), 1)],
    [],
)
"""Batches with rows of new customers, and rows that are up to three days late."""
DELETED = "DELETE FROM dbt_production.events WHERE id = 8"


def test_on_postgres_it_equals_a_full_refresh(tmp_path: Path) -> None:
    project = events_project(tmp_path)
    with fresh_database() as uri, ENGINES["postgres"].open(settings_of(uri)) as target:
        warehouse = Warehouse(target, project, project.compile(day(100)), "postgres")
        warehouse.create_source()
        warehouse.insert(FIRST)
        warehouse.build()
        for batch in HISTORY:
            warehouse.insert(batch)
            if not batch:
                target.execute(DELETED)
            assert isinstance(warehouse.refreshes()["visits"], Increment)
            warehouse.build()
            rows = {name: warehouse.rows(name) for name in MODELS}
            warehouse.build({"visits": FullRefresh("to compare")})
            assert rows == {name: warehouse.rows(name) for name in MODELS}


def test_on_redshift_it_equals_a_full_refresh(tmp_path: Path) -> None:
    dataflow = events_project(tmp_path).compile(day(100))

    def plan(refresh: Refresh) -> Plan:
        # Its statements pass the gate.
        return build_plan(dataflow, MODELS, ENGINES["redshift"].dialect(), Schemas(), refreshes={"visits": refresh})

    incremental, whole = plan(Increment(datetime.now(UTC))), plan(FullRefresh("to compare"))
    types = dict.fromkeys(("id", "customer_id", "day", "cents"), "BIGINT") | {"day": "DATE"}
    with fresh_database() as uri, StandIn.open(uri) as session:
        session.load("dbt_production", "events", FIRST, types)

        def build(plan: Plan) -> dict[str, list[str]]:
            for statement in script(plan):
                session.execute(statement)
            return {n: sorted(map(str, session.query(f"SELECT * FROM dbt_marketing.{n}"))) for n in MODELS}

        build(whole)
        for batch in HISTORY:
            for id_, customer, when, cents in batch:
                session.execute(f"INSERT INTO dbt_production.events VALUES ({id_}, {customer}, '{when}', {cents})")
            if not batch:
                session.execute(DELETED)
            rows = build(incremental)
            assert rows["visits"]
            assert rows == build(whole)
