"""Seeding on Redshift does not replace tables that it created and another program changed or extended."""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import pyarrow as pa
import pytest

from marketing_ibis.build.seed import seed_expressions
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.redshift import catalog as redshift_catalog
from marketing_ibis.engines.redshift.gate import check
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import UsageError
from tests.engines.redshift.proxy import Proxy
from tests.engines.redshift.warehouse import cluster, open_target, query

COLUMNS = {"id": pa.array([1, 2]), "name": pa.array(["Ada", "Bob"]), "day": pa.array([None, None], pa.date32())}


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with cluster() as opened:
        query(opened, "CREATE ROLE an_analyst LOGIN")
        yield opened
        query(opened, "DROP OWNED BY an_analyst")
        query(opened, "DROP ROLE an_analyst")


@pytest.fixture
def target(proxy: Proxy) -> Iterator[Target]:
    with open_target(proxy) as opened:
        yield opened
    query(proxy, "DROP SCHEMA shop CASCADE")


def seed(target: Target) -> None:
    seed_expressions(target, {"sales": ibis.memtable(pa.table(COLUMNS))}, "shop")


CHANGES = {
    "ALTER TABLE shop.sales ADD CONSTRAINT by_id PRIMARY KEY (id)": "2 rows, the constraint by_id",
    "ALTER TABLE shop.sales ADD CONSTRAINT once UNIQUE (id)": "2 rows, the constraint once",
    "COMMENT ON COLUMN shop.sales.name IS 'as signed'": "2 rows, the comment on column name",
    "GRANT SELECT ON shop.sales TO an_analyst": "2 rows, the rights of others",
    "ALTER TABLE shop.sales OWNER TO an_analyst": "2 rows, the owner an_analyst",
    "ALTER TABLE shop.sales ADD COLUMN vat varchar(9)": "its columns were changed after it was seeded; 2 rows",
    "UPDATE shop.sales SET name = 'Eve' WHERE id = 1": "its rows were changed after it was seeded; 2 rows",
    "UPDATE shop.sales SET day = '2024-02-29' WHERE id = 1": "its rows were changed",
    "UPDATE shop.sales SET id = 3 - id": "its rows were changed",
}


@pytest.mark.parametrize("statement", CHANGES)
def test_what_was_added_to_or_changed_in_a_seeded_table_stays(proxy: Proxy, target: Target, statement: str) -> None:
    seed(target)
    seed(target)
    query(proxy, statement)
    before = query(proxy, "SELECT oid, relowner, relacl FROM pg_class WHERE relname = 'sales' ORDER BY oid")
    with pytest.raises(UsageError) as caught:
        seed(target)
    assert CHANGES[statement] in caught.value.message
    assert query(proxy, "SELECT oid, relowner, relacl FROM pg_class WHERE relname = 'sales' ORDER BY oid") == before
    seed_expressions(target, {"sales": ibis.memtable(pa.table(COLUMNS))}, "shop", permit=len)
    seed(target)


def test_rights_that_every_new_table_gives_are_not_taken_for_a_change(proxy: Proxy, target: Target) -> None:
    query(proxy, "CREATE SCHEMA shop")
    query(proxy, "ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO an_analyst")
    for _ in range(3):
        seed(target)
    query(proxy, "ALTER TABLE shop.sales ADD CONSTRAINT by_id PRIMARY KEY (id)")
    with pytest.raises(UsageError, match="2 rows, the constraint by_id, the rights of others"):
        seed(target)


def test_the_queries_of_additions_are_sql_that_redshift_takes() -> None:
    queries = redshift_catalog.attachment_queries(ENGINES["redshift"].dialect(), "shop", ["Sales", "orders"])
    assert {name: check(query) for name, query in queries.items()} == dict.fromkeys(queries, ())


def test_a_schema_is_inspected_by_statements_that_redshift_takes(target: Target) -> None:
    from marketing_ibis.build.inspection.inspecting import inspect_schema, schemas_of
    from tests.build.test_inspection import expected

    tables = {
        "customers": {"id": pa.array([1, 2]), "first_name": ["a", "b"], "last_name": ["a", "b"]},
        "orders": {"order_number": pa.array([7, 8]), "customer_id": pa.array([1, 5]), "status": ["paid", "open"]},
    }
    seed_expressions(target, {name: ibis.memtable(pa.table(columns)) for name, columns in tables.items()}, "shop")
    assert "shop" in schemas_of(target)
    inspection = inspect_schema(target, ["shop"], expected(), lambda text: None)
    assert [proposal.source for proposal in inspection.proposals] == ["raw_customers", "raw_orders"]
    assert inspection.orphans == ("shop.orders.customer_id: 1 row of 2 have no match in shop.customers.id.",)
