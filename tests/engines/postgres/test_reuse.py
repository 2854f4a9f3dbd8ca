"""On PostgreSQL, a build of what changed publishes the same rows as a build of everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from marketing_ibis.build.state import read_states
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from tests.build.test_reuse import DATED as DATED_MODEL
from tests.build.test_reuse import MODELS, Warehouse
from tests.engines.postgres.warehouse import settings_of
from tests.postgres_server import fresh_database
from tests.shop import AS_OF, SHOP, make_shop

SALES = Relation("dbt_production", "sales")


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    project = make_shop(tmp_path, dated=DATED_MODEL).project
    with fresh_database() as uri:
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute("CREATE SCHEMA dbt_production")
            connection.execute("CREATE TABLE dbt_production.sales (id bigint, cents bigint)")
            connection.execute("INSERT INTO dbt_production.sales VALUES (1, 100), (2, 250), (3, -5)")
        with ENGINES["postgres"].open(settings_of(uri)) as target:
            yield Warehouse(target, project, project.compile(AS_OF), AS_OF, "postgres")


def test_a_build_of_changes_equals_a_build_of_everything(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.build(MODELS)
    assert warehouse.build_changed() == {}
    execute = warehouse.target.execute
    execute("TRUNCATE dbt_production.sales")
    execute("INSERT INTO dbt_production.sales VALUES (3, -5), (2, 250), (1, 100)")
    assert warehouse.build_changed() == {}
    execute("UPDATE dbt_production.sales SET cents = 101 WHERE id = 1")
    assert set(warehouse.build_changed().values()) == {"raw_sales has other values"}
    execute("UPDATE dbt_marketing.halves SET half = 7 WHERE id = 1")
    assert warehouse.build_changed() == {"halves": "its published table was changed by another program"}
    project = make_shop(tmp_path / "after", halves=SHOP["halves"].replace("/ 2", "/ 4"), dated=DATED_MODEL).project
    warehouse.project, warehouse.dataflow = project, project.compile(AS_OF)
    assert warehouse.build_changed() == {"halves": "its expression changed"}
    reused = warehouse.rows()
    warehouse.build(MODELS)
    assert warehouse.rows() == reused
    assert read_states(warehouse.target, "dbt_marketing").keys() == set(MODELS)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("double precision", "0.1", "0.1::double precision + 2e-17"),
        ("double precision", "'NaN'", "NULL"),
        ("numeric(18, 4)", "1.0001", "1.0002"),
        ("timestamp", "'2024-05-15 12:00:00.000001'", "'2024-05-15 12:00:00.000002'"),
        ("text", "''", "NULL"),
        ("text", "'a,b'", "'a'"),
    ],
)
def test_values_that_differ_have_other_contents(warehouse: Warehouse, kind: str, before: str, after: str) -> None:
    contents = []
    for value in (before, after, before):
        warehouse.target.execute("DROP TABLE dbt_production.sales")
        warehouse.target.execute(f"CREATE TABLE dbt_production.sales AS SELECT CAST({value} AS {kind}) AS v")
        contents.append(warehouse.target.contents({SALES: ("v",)})[SALES])
    assert contents[0] == contents[2] != contents[1]
