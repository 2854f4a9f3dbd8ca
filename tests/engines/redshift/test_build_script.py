"""The script of a build, as an administrator runs it by hand: again and again, whatever it replaces."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from marketing_ibis.build.plan import Plan, script
from marketing_ibis.engines.redshift.drop_procedure import NAME
from marketing_ibis.outputs.artifacts.sql import write_sql
from tests.engines.redshift.standin import StandIn, Untranslatable
from tests.engines.redshift.warehouse import SALES, shop_plan
from tests.postgres_server import fresh_database
from tests.shop import SHOP

KINDS = "SELECT relname, relkind FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE nspname = {}"
MODELS = "'dbt_marketing' AND relkind IN ('r', 'v')"
AS_VIEW = ('layer="marts"', 'layer="marts", materialized="view"')
AS_TABLE = ('layer="staging"', 'layer="staging", materialized="table"')


@pytest.fixture
def session() -> Iterator[StandIn]:
    with fresh_database() as uri, StandIn.open(uri) as session:
        session.execute(SALES)
        yield session


def kinds(session: StandIn) -> dict[str, str]:
    return {name: "view" if kind == "v" else "table" for name, kind in session.query(KINDS.format(MODELS))}


def expected_kinds(plan: Plan) -> dict[str, str]:
    return {step.name: step.kind for step in plan.steps()}


def run(session: StandIn, plan: Plan, folder: Path) -> None:
    """Run the file as it is written."""
    session.execute((write_sql(plan, date(2024, 5, 15), folder) / "build.sql").read_text("utf-8"))


def changed_plan(folder: Path) -> Plan:
    """Return the shop's plan with two models that turned from table to view, and one from view to table."""
    changes = {name: SHOP[name].replace(*AS_VIEW) for name in ("totals", "halves")}
    return shop_plan(folder, **changes, stg_sales=SHOP["stg_sales"].replace(*AS_TABLE))


def test_a_script_runs_again_and_again(session: StandIn, tmp_path: Path) -> None:
    plan = shop_plan(tmp_path / "first")
    for count in (2, 3):
        run(session, plan, tmp_path)
        assert kinds(session) == expected_kinds(plan)
        assert session.query("SELECT n FROM dbt_marketing.totals") == [(count,)]
        session.execute("INSERT INTO dbt_production.sales VALUES (4, 50)")


def test_a_script_replaces_models_of_another_kind(session: StandIn, tmp_path: Path) -> None:
    first, second = shop_plan(tmp_path / "first"), changed_plan(tmp_path / "second")
    for plan in (first, second, first, second, second):
        run(session, plan, tmp_path)
        assert kinds(session) == expected_kinds(plan)
        assert session.query("SELECT n FROM dbt_marketing.report") == [(2,)]


def test_a_script_replaces_candidates_of_another_kind(session: StandIn, tmp_path: Path) -> None:
    first, second = shop_plan(tmp_path / "first"), changed_plan(tmp_path / "second")
    for plan, leftovers in ((first, second), (second, first)):
        statements = script(leftovers)
        for statement in statements[: len(statements) - statements[::-1].index("BEGIN") - 1]:
            session.execute(statement)
        assert any(name.endswith("__candidate") for name in kinds(session))
        run(session, plan, tmp_path)
        assert kinds(session) == expected_kinds(plan)


def test_a_script_leaves_nothing_of_its_own(session: StandIn, tmp_path: Path) -> None:
    run(session, shop_plan(tmp_path / "first"), tmp_path)
    assert session.connection.execute("SELECT count(*) FROM pg_proc WHERE proname = %s", (NAME,)).fetchone() == (0,)


def test_a_table_that_cannot_be_filled_is_not_published_by_a_client_that_goes_on(
    session: StandIn, tmp_path: Path
) -> None:
    run(session, shop_plan(tmp_path / "first"), tmp_path)
    failing = SHOP["totals"].replace("n=stg_sales.count()", "n=(stg_sales.cents / 0).sum().cast('int64')")
    for statement in script(shop_plan(tmp_path / "second", totals=failing)):
        with contextlib.suppress(psycopg.Error):
            session.execute(statement)
    assert session.query("SELECT n FROM dbt_marketing.totals") == [(2,)]
    assert session.query("SELECT n FROM dbt_marketing.report") == [(2,)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE PROCEDURE p() AS $$ BEGIN DELETE FROM pg_catalog.pg_class; END; $$ LANGUAGE plpgsql",
        "CREATE PROCEDURE p() AS $$ BEGIN SELECT INTO n COUNT(*) FROM t; END; $$ LANGUAGE plpgsql",
        "CREATE PROCEDURE p() AS 'BEGIN END' LANGUAGE plpgsql",
        "CALL p(DATEADD(day, 1, x))",
    ],
)
def test_the_stand_in_refuses_procedures_whose_queries_it_would_have_to_translate(
    session: StandIn, statement: str
) -> None:
    with pytest.raises(Untranslatable):
        session.execute(statement)
