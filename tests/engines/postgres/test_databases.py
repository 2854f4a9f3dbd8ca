"""Three-part names on PostgreSQL, which reads one database per connection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import run_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.postgres.ibis_connection import connect_ibis
from marketing_ibis.errors import SourceError
from tests.engines.postgres.warehouse import settings_of
from tests.postgres_server import fresh_database
from tests.project.mapped_shop import FILES, ORDERS, SETTINGS
from tests.shop import AS_OF, make_shop


@pytest.fixture(scope="module")
def uri() -> Iterator[str]:
    with fresh_database() as address:
        with psycopg.connect(address) as connection:
            connection.execute("CREATE SCHEMA web")
            connection.execute(f"CREATE TABLE web.orders AS {ORDERS.replace('DOUBLE', 'FLOAT')}")
        yield address


def plan_of(folder: Path, table: str) -> Plan:
    shop = make_shop(folder, settings=SETTINGS.replace("web.orders", table), **FILES)
    dataflow = shop.project.compile(AS_OF)
    return build_plan(dataflow, tuple(dataflow.models), ENGINES["postgres"].dialect(), Schemas())


def test_the_connected_database_may_be_named(tmp_path: Path, uri: str) -> None:
    settings = settings_of(uri)
    plan, relation = (
        plan_of(tmp_path, f"{settings['dbname']}.web.orders"),
        Relation("web", "orders", str(settings["dbname"])),
    )
    with ENGINES["postgres"].open(settings) as target:
        assert run_plan(plan, target).published
        assert target.query("SELECT n, cents FROM dbt_marketing.totals") == [(2, 2028)]
        tables = {relation: ("number",), Relation("web", "orders"): ("number",)}
        assert set(target.versions(tables)) == set(target.contents(tables)) == set(tables)
    connection = connect_ibis(settings)
    assert connection.table(relation).count().to_pyarrow().as_py() == 2
    connection.close()


def test_another_database_is_refused_with_the_way_out(tmp_path: Path, uri: str) -> None:
    with (
        ENGINES["postgres"].open(settings_of(uri)) as target,
        pytest.raises(SourceError, match="cannot read the database lake over a connection to") as raised,
    ):
        run_plan(plan_of(tmp_path, "lake.web.orders"), target)
    assert "postgres_fdw" in raised.value.hint
