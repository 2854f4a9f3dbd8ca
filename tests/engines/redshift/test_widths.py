"""Tables on Redshift: as wide as their strings, and spread over all slices."""

from __future__ import annotations

import re

import pytest

from marketing_ibis.build.plan import Plan, Schemas, build_plan, build_statements, script
from marketing_ibis.build.stored_widths import with_stored_widths
from marketing_ibis.engines import ENGINES
from tests.engines.redshift.warehouse import cluster, open_target, query
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

TABLES = re.compile(r'CREATE TABLE "\w+"\."(\w+)__candidate" \((.*?)\n\)\n(.*)', re.S)


@pytest.fixture(scope="module")
def plan() -> Plan:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    return build_plan(dataflow, list(dataflow.models), ENGINES["redshift"].dialect(), Schemas())


def test_no_table_has_the_widest_strings(plan: Plan) -> None:
    tables = [found[2] for statement in script(plan) if (found := TABLES.match(statement))]
    assert tables
    assert not [columns for columns in tables if "65535" in columns or "MAX" in columns]


def test_no_table_is_distributed_by_a_key_that_may_be_missing(plan: Plan) -> None:
    spread = set()
    for statement in script(plan):
        if found := TABLES.match(statement):
            name, columns, layout = found.groups()
            if key := re.search(r'DISTKEY \("(\w+)"\)', layout):
                assert f'"{key[1]}" BIGINT NOT NULL' in columns, name
            elif "DISTSTYLE EVEN" in layout:
                spread.add(name)
    assert {"int_order_totals", "orders"} <= spread


def test_strings_are_as_wide_as_in_the_catalog(plan: Plan) -> None:
    with cluster() as proxy, open_target(proxy) as target:
        query(proxy, "CREATE TABLE dbt_production.orders (status varchar(40), cycle_name varchar(700))")
        stored = with_stored_widths(plan, target)
    (step,) = (step for step in stored.steps() if step.name == "int_order_totals")
    create = build_statements(stored, step)[0]
    assert '"status" VARCHAR(40)' in create
    assert '"product_name" VARCHAR(700)' in create
