"""Tables on Redshift: as wide as their strings, and spread over all slices."""

from __future__ import annotations

import re
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest

from marketing_ibis.build.plan import Plan, Schemas, build_statements, script
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import run_plan
from marketing_ibis.build.stored_widths import with_stored_widths
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.redshift.compiler import compiler
from tests.engines.redshift.warehouse import cluster, open_target, query, shop_plan
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


def test_only_tables_that_promise_few_rows_without_a_key_are_distributed_by_one_that_may_be_missing(plan: Plan) -> None:
    nullable = set()
    for statement in script(plan):
        if found := TABLES.match(statement):
            name, columns, layout = found.groups()
            key = re.search(r'DISTKEY \("(\w+)"\)', layout)
            if key and f'"{key[1]}" BIGINT NOT NULL' not in columns:
                nullable.add(name)
    assert nullable == {"int_order_totals", "orders"}


def test_strings_are_as_wide_as_in_the_catalog(plan: Plan) -> None:
    with cluster() as proxy, open_target(proxy) as target:
        query(proxy, "CREATE TABLE dbt_production.orders (status varchar(40), cycle_name varchar(700))")
        stored = with_stored_widths(plan, target)
    (step,) = (step for step in stored.steps() if step.name == "int_order_totals")
    create = build_statements(stored, step)[0]
    assert '"status" VARCHAR(40)' in create
    assert '"product_name" VARCHAR(700)' in create


def test_no_view_makes_null_strings_of_the_widest_type(plan: Plan) -> None:
    assert not [step.name for step in plan.steps() if "VARCHAR(65535)" in step.select]


T = ibis.table({"word": "string", "is_long": "boolean", "number": "int64"}, name="t")
NO_WORD = ibis.null("string")


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        pytest.param(T.is_long.ifelse(T.word, NO_WORD), 'CASE WHEN "is_long" THEN "word" END', id="no_else"),
        pytest.param(T.is_long.ifelse(NO_WORD, T.word), 'CASE WHEN "is_long" THEN NULL ELSE "word" END', id="then"),
        pytest.param(
            ibis.cases((T.is_long, NO_WORD), (T.number == 1, "x"), else_=NO_WORD),
            """CASE WHEN "is_long" THEN NULL WHEN "number" = 1 THEN 'x' END""",
            id="several",
        ),
        pytest.param(
            T.is_long.ifelse(NO_WORD, NO_WORD),
            'CASE WHEN "is_long" THEN CAST(NULL AS VARCHAR(65535)) ELSE CAST(NULL AS VARCHAR(65535)) END',
            id="nothing_else_has_a_type",
        ),
        pytest.param(
            T.is_long.ifelse(T.number, ibis.null("int64")),
            'CASE WHEN "is_long" THEN "number" ELSE CAST(NULL AS BIGINT) END',
            id="numbers_keep_their_type",
        ),
    ],
)
def test_a_null_string_does_not_widen_a_case(value: ir.Value, sql: str) -> None:
    compiled = compiler.to_sqlglot(T.select(value=value)).sql("redshift").replace('"t0".', "")
    assert compiled == f'SELECT {sql} AS "value" FROM "t" AS "t0"'


SALES = """
    COLUMNS = (column("id", "int64", "Key."), column("cents", "int64", "Price."), column("word", "string", "A word."))

    @source(table="sales", grain=("id",), columns=COLUMNS)
    def raw_sales() -> ir.Table:
        '''Sales.'''
    """
SELECTED = """
    COLUMNS = (column("id", "int64", "Key."), column("cents", "int64", "Price."), column("word", "string", "A word."))

    @model(layer="staging", grain=("id",), columns=COLUMNS)
    def stg_sales(raw_sales: ir.Table) -> ir.Table:
        '''Sales that count.'''
        return raw_sales.filter(raw_sales.cents > 0)
    """
WORDS = """
    COLUMNS = (
        column("id", "int64", "Key."), column("half", "float64", "Half."), column("word", "string", "A word."WIDTH)
    )

    @model(layer="marts", grain=("id",), columns=COLUMNS)
    def halves(stg_sales: ir.Table) -> ir.Table:
        '''Each sale halved, with its word.'''
        return stg_sales.select("id", half=stg_sales.cents / 2, word=stg_sales.word)
    """


@pytest.mark.parametrize(
    ("declared", "stored", "width"),
    [(", width=8", "text", 8), ("", "text", 256), (", width=8", "varchar(700)", 8), ("", "varchar(16)", None)],
)
def test_a_longer_string_stops_the_build_and_leaves_the_published_table(
    tmp_path: Path, declared: str, stored: str, width: int | None
) -> None:
    plan = shop_plan(tmp_path, raw_sales=SALES, stg_sales=SELECTED, halves=WORDS.replace("WIDTH", declared))
    with cluster() as proxy, open_target(proxy) as target:
        query(proxy, f"ALTER TABLE dbt_production.sales ADD COLUMN word {stored} DEFAULT 'short'")
        assert run_plan(plan, target).published
        before = query(proxy, "SELECT tableoid, * FROM dbt_marketing.halves")
        if width is None:
            query(proxy, "UPDATE dbt_production.sales SET word = 'sixteen letters!'")
            assert run_plan(plan, target).published
            return
        query(proxy, f"UPDATE dbt_production.sales SET word = repeat('x', {width + 1}) WHERE id = 2")
        results = run_plan(plan, target)
        (failed,) = results.failures
        assert failed.message == (
            f"Strings are longer than their columns: word is VARCHAR({width}) and has a string of {width + 1} bytes.\n"
            "Shorten them, or declare the bytes that they need: width= in column()."
        )
        assert not results.published
        assert query(proxy, "SELECT tableoid, * FROM dbt_marketing.halves") == before
