"""Tables of another database of the cluster, by three-part names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from marketing_ibis.build.plan import build_statements
from marketing_ibis.build.run import run_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.redshift import catalog
from marketing_ibis.engines.redshift.gate import check
from marketing_ibis.errors import SourceError
from tests.engines.redshift.proxy import Proxy
from tests.engines.redshift.warehouse import cluster, open_target, plan_of, query, settings, to_postgres
from tests.project.mapped_shop import FILES, SETTINGS
from tests.shop import make_shop

LAKE = Relation("web", "sales", "lake")
MOVED = '[tool.marketing_ibis.sources.raw_sales]\ntable = "lake.web.sales"\n'
IN_LAKE = SETTINGS.replace("web.orders", "lake.web.orders")
CATALOG = """
    CREATE VIEW svv.svv_all_tables AS SELECT 'lake'::varchar(128) AS database_name, table_schema::varchar(128) AS
      schema_name, table_name::varchar(128), CASE table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END AS table_type
      FROM information_schema.tables;
    CREATE VIEW svv.svv_all_columns AS SELECT 'lake'::varchar(128) AS database_name, table_schema::varchar(128) AS
      schema_name, table_name::varchar(128), column_name::varchar(128), ordinal_position::integer,
      data_type::varchar(128), character_maximum_length, numeric_precision, numeric_scale
      FROM information_schema.columns
"""
"""What Redshift's catalog has of all databases, in a stand-in whose other database is the same one."""


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with cluster(lambda sql: to_postgres(sql).replace('"lake".', "")) as opened:
        query(opened, CATALOG)
        query(opened, "CREATE SCHEMA web")
        query(opened, "CREATE TABLE web.sales AS SELECT 7::bigint AS id, 1999::bigint AS cents UNION SELECT 8, 29")
        query(opened, "CREATE VIEW web.words AS SELECT 'a'::varchar(9) AS word, 1.5::numeric(8, 2) AS amount")
        yield opened


def test_a_table_of_another_database_is_read(tmp_path: Path, proxy: Proxy) -> None:
    plan = plan_of(make_shop(tmp_path, settings=MOVED))
    assert LAKE in plan.sources
    with open_target(proxy) as target:
        assert run_plan(plan, target).published
        assert target.query("SELECT n, cents FROM dbt_marketing.totals") == [(2, 2028)]
        assert set(target.versions({LAKE: ("id",)})) == set(target.contents({LAKE: ("id",)})) == {LAKE}


def test_its_catalog_has_kinds_types_and_widths(proxy: Proxy) -> None:
    words = Relation("web", "words", "lake")
    with open_target(proxy) as target:
        assert target.relations("WEB", "Lake") == {"sales": "table", "words": "view"}
        assert target.relations("web", "pond") == {}
        assert target.columns(words) == {"word": "string", "amount": "decimal(8, 2)"}
        assert target.dialect.stored_widths(target.query, words) == {"word": 9}


def test_a_table_that_is_not_there_is_named(tmp_path: Path, proxy: Proxy) -> None:
    plan = plan_of(make_shop(tmp_path, settings=MOVED.replace('.sales"', '.sale"')))
    with open_target(proxy) as target, pytest.raises(SourceError, match=r"lake\.web\.sale does not exist") as raised:
        run_plan(plan, target)
    assert raised.value.hint.startswith("Did you mean sales")


def test_programs_read_it(proxy: Proxy) -> None:
    connection = ENGINES["redshift"].connect_ibis(settings(proxy))
    try:
        assert connection.table(LAKE).count().to_pyarrow().as_py() == 2
    finally:
        connection.close()


def test_redshift_takes_every_statement(tmp_path: Path) -> None:
    plan, dialect = plan_of(make_shop(tmp_path, settings=IN_LAKE, **FILES)), ENGINES["redshift"].dialect()
    statements = [statement for step in plan.steps() for statement in (*build_statements(plan, step), *step.publish)]
    assert any('"lake"."web"."orders"' in statement and "NO SCHEMA BINDING" in statement for statement in statements)
    queries: list[str] = []
    catalog.columns_of(lambda sql: queries.append(sql) or (), dialect, LAKE)
    queries += [
        catalog.relations_elsewhere(dialect, "web", "lake"),
        catalog.content_query(dialect, LAKE, ["number"]),
    ]
    assert {text: check(text) for text in (*statements, *queries)} == dict.fromkeys((*statements, *queries), ())
