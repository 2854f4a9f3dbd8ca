"""The models that the settings can make incremental equal those that are built whole, on generated data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from marketing_ibis.build.identities import model_identities
from marketing_ibis.build.incremental import Increment
from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import run_plan
from marketing_ibis.build.state_record import record_states
from marketing_ibis.cli.steps.refreshing import find_refreshes
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.project.demo_data import demo_tables
from marketing_ibis.project.settings import ProjectSettings, load_project

NAMES = ("int_order_totals", "orders", "attribution_touchpoints")
FIRST, DAYS = date(2024, 4, 1), (0, 5)
SCHEMAS = Schemas()


def build(project: ProjectSettings, target: Target, as_of: date, *, full: bool = False) -> dict[str, Any]:
    dataflow = project.compile(as_of, NAMES)
    refreshes = {} if full else find_refreshes(project, SCHEMAS, dataflow, as_of, NAMES, target)
    names, moment = [name for name, model in dataflow.models.items() if model.evaluated], datetime.now(UTC)
    plan = build_plan(dataflow, names, ENGINES["duckdb"].dialect(), SCHEMAS, refreshes=refreshes)
    identities = model_identities(dataflow)
    results = run_plan(plan, target, record=lambda plan, *_: record_states(target, plan, identities, as_of, moment))
    assert results.published, results.failures
    return dict(refreshes)


def load(target: Target, as_of: date) -> None:
    """Fill the sources with what is known on a day."""
    for table in ("customers", "orders", "payments"):
        target.execute(f"DROP TABLE IF EXISTS dbt_production.{table}")
    target.execute("CREATE TABLE dbt_production.customers AS FROM everything.customers")
    target.execute(f"CREATE TABLE dbt_production.orders AS FROM everything.orders WHERE order_date <= DATE '{as_of}'")
    target.execute(
        "CREATE TABLE dbt_production.payments AS FROM everything.payments"
        " WHERE order_id IN (SELECT id FROM dbt_production.orders)"
    )


def test_they_equal_a_full_refresh_day_after_day() -> None:
    project = load_project()
    project = replace(project, models={name: {"materialized": "incremental"} for name in NAMES})
    dialect = ENGINES["duckdb"].dialect()
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        target.create_schema("dbt_production")
        target.create_schema("everything")
        for name, table in demo_tables(project, orders=400, random_seed=7, as_of=FIRST + timedelta(days=60)).items():
            target.execute(f"CREATE TABLE everything.{name} AS {dialect.text(dialect.tree(table))}")
        for number, days in enumerate(DAYS):
            as_of = FIRST + timedelta(days=days)
            load(target, as_of)
            refreshes = build(project, target, as_of)
            assert all(isinstance(refreshes[name], Increment) == (number > 0) for name in NAMES), refreshes
            rows = {name: sorted(map(str, target.query(f"FROM dbt_marketing.{name}"))) for name in NAMES}
            build(project, target, as_of, full=True)
            assert rows == {name: sorted(map(str, target.query(f"FROM dbt_marketing.{name}"))) for name in NAMES}
