"""One expression from the sources gives the rows that a build gives step by step: on any shop, also on Redshift."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import ibis
import pytest
from hypothesis import HealthCheck, given, settings

from marketing_ibis import Project
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.redshift import gate
from tests.dataflows.comparison import differences
from tests.engines.redshift.standin import StandIn
from tests.postgres_server import fresh_database
from tests.remembering import compiled_once
from tests.sources import GOLDEN_AS_OF, Sources, golden_sources
from tests.strategies import dirty_sources
from tests.warehouse import build_tables

MODELS = ("customers", "product_performance")
PYTHON_MODELS = ("clv_fit", "int_clv_purchases")
"""Without a connection an expression reads them: a small shop has no fit."""
TABLES = ("customers", "orders", "payments")
EXAMPLES = max(settings().max_examples // 5, 5)


@pytest.fixture(scope="module")
def project() -> Project:
    """Return a project over tables of another connection."""
    with compiled_once():
        schemas = {name: source.schema for name, source in Project({})._dataflow.sources.items()}
        tables = {
            name: ibis.table(schema, name=name.removeprefix("raw_"), database="dbt_production")
            for name, schema in schemas.items()
        }
        return Project(tables, as_of=GOLDEN_AS_OF)


@pytest.fixture(scope="module")
def connection(project: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        for schema, tables in (
            ("dbt_production", {name: f"raw_{name}" for name in TABLES}),
            ("dbt_marketing", {name: name for name in PYTHON_MODELS}),
        ):
            opened.execute(f"CREATE SCHEMA {schema}")
            for table, name in tables.items():
                types = column_types_of(project, name, "duckdb")
                columns = ", ".join(f"{column} {column_type}" for column, column_type in types.items())
                opened.execute(f"CREATE TABLE {schema}.{table} ({columns})")
        yield opened


def column_types_of(project: Project, name: str, engine: str) -> dict[str, str]:
    dialect = ENGINES[engine].dialect()
    return {column: dialect.column_type(dtype) for column, dtype in project.table(name).schema().items()}


@pytest.fixture(scope="module")
def queries(project: Project) -> dict[str, str]:
    return {name: str(ibis.to_sql(project.table(name), dialect="duckdb")) for name in MODELS}


@given(drawn=dirty_sources())
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_shop_on_duckdb(connection: duckdb.DuckDBPyConnection, queries: dict[str, str], drawn: Sources) -> None:
    expected = build_tables(drawn, GOLDEN_AS_OF)
    for table, rows in zip(TABLES, (drawn.customers, drawn.orders, drawn.payments), strict=True):
        connection.execute(f"TRUNCATE dbt_production.{table}")
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO dbt_production.{table} VALUES ({marks})", [list(row) for row in rows])
    for name, query in queries.items():
        cursor = connection.execute(query)
        columns = [column[0] for column in cursor.description]
        found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        assert differences(name, found, expected[name]) == []


def test_the_golden_shop_on_redshift(project: Project) -> None:
    expected, shop = build_tables(golden_sources(), GOLDEN_AS_OF), golden_sources()
    with fresh_database() as uri, StandIn.open(uri) as session:
        for table, rows in zip(TABLES, (shop.customers, shop.orders, shop.payments), strict=True):
            session.load("dbt_production", table, rows, column_types_of(project, f"raw_{table}", "redshift"))
        for name in PYTHON_MODELS:
            session.load("dbt_marketing", name, (), column_types_of(project, name, "redshift"))
        for name in MODELS:
            query = str(ibis.to_sql(project.table(name), dialect="redshift"))
            gate.require(query)
            answer = session.fetch(query)
            found = [dict(zip(answer.names, row, strict=True)) for row in answer.rows]
            assert differences(name, found, expected[name]) == []


@pytest.mark.parametrize("dialect", ["snowflake", "trino"])
def test_other_compilers_of_ibis_write_the_marts(project: Project, dialect: str) -> None:
    assert "customer_segment" in str(ibis.to_sql(project.table("customers"), dialect=dialect))
