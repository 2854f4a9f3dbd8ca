"""The stand-in refuses what Redshift refuses: names, nodes and types that PostgreSQL is lenient about.

The ids name pages of https://docs.aws.amazon.com/redshift/latest/dg/.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

import psycopg
import pytest

from tests.engines.redshift.standin import StandIn, Untranslatable, translate

NOON = "timestamptz '2024-07-01 12:00:00+00'"


@pytest.fixture
def standin_in_new_york(standin_with_sales: StandIn) -> Iterator[StandIn]:
    standin_with_sales.execute("SET timezone TO 'America/New_York'")
    yield standin_with_sales
    standin_with_sales.execute("SET timezone TO 'UTC'")


IN_NEW_YORK = [
    pytest.param(f"date_trunc('day', {NOON})", datetime(2024, 7, 1), id="r_DATE_TRUNC is a TIMESTAMP"),
    pytest.param(f"date_trunc('hour', {NOON})", datetime(2024, 7, 1, 8), id="r_DATE_TRUNC in the zone"),
    pytest.param(f"dateadd(hour, 1, {NOON})", datetime(2024, 7, 1, 9), id="r_DATEADD_function is a TIMESTAMP"),
    pytest.param(
        f"datediff(day, timestamptz '2024-07-01 01:00:00+00', {NOON})", 1, id="r_DATEDIFF_function local days"
    ),
    pytest.param(f"datediff(hour, timestamp '2024-07-01 00:00:00', {NOON})", 8, id="r_DATEDIFF_function mixed"),
    pytest.param(f"datediff(day, date '2024-06-30', {NOON})", 1, id="r_DATEDIFF_function date and instant"),
    pytest.param(f"extract(hour from {NOON})", 8.0, id="r_EXTRACT_function"),
    pytest.param(
        f"convert_timezone('America/New_York', 'Europe/Berlin', {NOON})",
        datetime(2024, 7, 1, 14),
        id="CONVERT_TIMEZONE",
    ),
    pytest.param(
        "dateadd(hour, 2, timetz '13:24:55 PST')", time(23, 24, 55, tzinfo=UTC), id="r_DATEADD_function TIMETZ"
    ),
    pytest.param("datediff(hours, timetz '20:00:00 PST', timetz '00:00:00.5550+00')", -4, id="r_DATEDIFF_function -4"),
    pytest.param("datediff(hours, timetz '20:00:00 PST', timetz '00:58:00 EST')", 1, id="r_DATEDIFF_function TIMETZ"),
    pytest.param("datediff(hours, time '20:00:00', timetz '20:00:00+00')", 0, id="r_DATEDIFF_function TIME and TIMETZ"),
    pytest.param("extract(hour from timetz '20:00:00 PST')", 4, id="r_EXTRACT_function TIMETZ"),
]


@pytest.mark.parametrize(("expression", "expected"), IN_NEW_YORK)
def test_time_zone_is_that_of_the_session(standin_in_new_york: StandIn, expression: str, expected: object) -> None:
    ((actual,),) = standin_in_new_york.query(f"SELECT {expression}")
    assert actual == expected
    assert type(actual) is type(expected)


@pytest.mark.parametrize(
    "expression",
    [
        "dateadd(day, 1, time '10:00:00')",
        "datediff(month, time '10:00', time '11:00')",
        "dateadd(y, 1, timetz '10:00Z')",
    ],
)
def test_a_time_has_no_part_of_a_date(standin_with_sales: StandIn, expression: str) -> None:
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="a time has no part"):
        standin_with_sales.query(f"SELECT {expression}")


@pytest.mark.parametrize(
    "expression", ["date_trunc('hour', time '10:00:00')", "datediff(hour, time '10:00', timestamp '2024-01-01')"]
)
def test_a_time_is_not_a_timestamp(standin_with_sales: StandIn, expression: str) -> None:
    with pytest.raises(psycopg.errors.UndefinedFunction):
        standin_with_sales.query(f"SELECT {expression}")


# r_FNV_HASH
HASHES = {
    "fnv_hash(1)": -5968735742475085980,
    "fnv_hash(1::smallint)": 589727492704079044,
    "fnv_hash(1::bigint)": -8517097267634966620,
    "fnv_hash('Amazon Redshift')": 7783490368944507294,
    "fnv_hash('Amazon Redshift', fnv_hash(1))": -2202602717770968555,
    "fnv_hash('abcd')": -281581062704388899,
    "fnv_hash('cd', fnv_hash('ab'))": -281581062704388899,
}


@pytest.mark.parametrize(("expression", "expected"), HASHES.items())
def test_a_hash_is_the_documented_one(standin_with_sales: StandIn, expression: str, expected: int) -> None:
    assert standin_with_sales.query(f"SELECT {expression}") == [(expected,)]


TABLE = "dg.winsales"
OTHER_ORDER = [
    f"SELECT LISTAGG(buyerid, ',') WITHIN GROUP (ORDER BY salesid), MEDIAN(qty) FROM {TABLE}",
    f"SELECT MEDIAN(qty), PERCENTILE_CONT(0.6) WITHIN GROUP (ORDER BY salesid) FROM {TABLE}",
    f"SELECT LISTAGG(buyerid, ',') WITHIN GROUP (ORDER BY qty DESC), MEDIAN(qty) FROM {TABLE}",
    f"SELECT LISTAGG(buyerid) WITHIN GROUP (ORDER BY 1), LISTAGG(buyerid) WITHIN GROUP (ORDER BY qty) FROM {TABLE}",
    f"SELECT sellerid FROM {TABLE} GROUP BY sellerid HAVING MEDIAN(qty) > 1 ORDER BY MEDIAN(salesid)",
    f"SELECT LISTAGG(buyerid, ',') WITHIN GROUP (ORDER BY qty) || MEDIAN(shipped) FROM {TABLE}",
]
SAME_ORDER = [
    f"SELECT MEDIAN(qty), PERCENTILE_CONT(0.6) WITHIN GROUP (ORDER BY qty ASC) FROM {TABLE}",
    f"SELECT LISTAGG(buyerid, ',') WITHIN GROUP (ORDER BY qty), MEDIAN(qty) FROM {TABLE}",
    f"SELECT * FROM (SELECT MEDIAN(qty) AS m FROM {TABLE}) AS a, (SELECT MEDIAN(salesid) AS n FROM {TABLE}) AS b",
]


@pytest.mark.parametrize("sql", OTHER_ORDER)
def test_sort_based_aggregates_share_an_order(sql: str) -> None:  # r_MEDIAN
    with pytest.raises(Untranslatable, match="must be the same"):
        translate(sql)


@pytest.mark.parametrize("sql", SAME_ORDER)
def test_sort_based_aggregates_of_one_order_run(standin_with_sales: StandIn, sql: str) -> None:
    assert len(standin_with_sales.query(sql)) == 1


ON_OTHER_NODES = [
    pytest.param(f"SELECT current_schema(), qty FROM {TABLE}", id="r_CURRENT_SCHEMA"),
    pytest.param(f"SELECT qty FROM {TABLE} WHERE version() LIKE 'P%'", id="r_VERSION"),
    pytest.param(f"SELECT (SELECT current_schema()) AS s, qty FROM {TABLE}", id="r_CURRENT_SCHEMA in a subquery"),
    pytest.param(f"SELECT log(qty) FROM {TABLE}", id="c_SQL_functions_leader_node_only"),
    pytest.param(f"SELECT a.tablename FROM pg_table_def AS a, {TABLE} AS b", id="c_join_PG not listed"),
    pytest.param(f"SELECT a.attname FROM pg_catalog.pg_stats AS a, {TABLE} AS b", id="c_join_PG named by AWS"),
    pytest.param("SELECT LISTAGG(nspname, ',') FROM pg_namespace", id="c_SQL_functions_compute_node_only catalog"),
    pytest.param("WITH t AS (SELECT 1 AS a) SELECT MEDIAN(a) FROM t", id="c_SQL_functions_compute_node_only WITH"),
    pytest.param(
        "SELECT MEDIAN(a) FROM (SELECT 1 AS a) AS t UNION SELECT 2.0", id="c_SQL_functions_compute_node_only union"
    ),
]


@pytest.mark.parametrize("sql", ON_OTHER_NODES)
def test_a_function_runs_on_the_nodes_that_hold_the_rows(sql: str) -> None:
    with pytest.raises(Untranslatable, match=r"(without|next to) a table"):
        translate(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT current_schema()",
        "SELECT nspname FROM pg_namespace WHERE nspname = current_schema()",
        f"SELECT a.nspname FROM pg_namespace AS a, {TABLE} AS b WHERE a.nspname = 'dg'",
    ],
)
def test_the_catalog_is_read_where_it_is(standin_with_sales: StandIn, sql: str) -> None:
    standin_with_sales.query(sql)


UNTYPED = [
    "SELECT a FROM (SELECT NULL AS a FROM t) AS u",
    "WITH u AS (SELECT 'x' AS a) SELECT a FROM u",
    "SELECT a FROM (SELECT 'x' AS a UNION ALL SELECT b FROM t) AS u",
    "SELECT b AS a FROM t UNION ALL SELECT NULL",
    "SELECT a FROM (SELECT CASE WHEN b THEN NULL ELSE NULL END AS a FROM t) AS u",
    "SELECT a FROM (SELECT COALESCE(NULL, (NULL)) AS a FROM t) AS u",
    "CREATE TABLE s.u AS SELECT 'x' AS a FROM s.t",
    "CREATE TABLE s.u AS SELECT NULL AS a FROM s.t",
    "CREATE VIEW s.u AS SELECT ('x') AS a FROM s.t",
    "CREATE VIEW s.u AS SELECT 'x' AS a FROM s.t WITH NO SCHEMA BINDING",
]
TYPED = [
    "SELECT 'x' AS a, NULL AS b FROM t",
    "SELECT a FROM (SELECT CASE WHEN b THEN 'x' END AS a FROM t) AS u",
    "SELECT a FROM (SELECT COALESCE(b, 'x') AS a FROM t) AS u",
    "CREATE TABLE s.u AS SELECT CAST(NULL AS INTEGER) AS a FROM s.t",
    "INSERT INTO t (a, b) SELECT 'x', NULL FROM u",
]


@pytest.mark.parametrize("sql", UNTYPED)
def test_a_column_of_a_relation_has_a_type(sql: str) -> None:
    with pytest.raises(Untranslatable, match="has no type"):
        translate(sql)


@pytest.mark.parametrize("sql", TYPED)
def test_a_literal_takes_the_type_that_its_place_has(sql: str) -> None:
    translate(sql)


# r_WITH_clause: a query of WITH is known to the queries after it and to its own statement, and nowhere else.
def test_a_name_of_with_hides_a_table_where_it_is_known_only(standin_with_sales: StandIn) -> None:
    sql = f"""
        SELECT (SELECT MEDIAN(qty) FROM {TABLE}) AS m
        FROM (WITH w AS (SELECT 1 AS a) SELECT a FROM w) AS x
    """
    assert standin_with_sales.query(sql) == [(20,)]


def test_a_query_of_with_reads_a_table_of_its_own_name(standin_with_sales: StandIn) -> None:
    standin_with_sales.execute("SET search_path TO dg")
    sql = "WITH winsales AS (SELECT qty / 4.0 AS q FROM winsales) SELECT MAX(q) FROM winsales"
    assert standin_with_sales.query(sql)[0][0] == 10
    standin_with_sales.execute("RESET search_path")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT MEDIAN(a) FROM w WHERE a IN (SELECT b FROM (WITH w AS (SELECT 1 AS b) SELECT b FROM w) AS x)",
        "WITH w AS (SELECT a FROM w) SELECT MEDIAN(a) FROM w",
    ],
)
def test_a_table_of_the_name_of_a_query_elsewhere_is_a_table(sql: str) -> None:
    translate(sql, lambda schema, table: {"a": "integer"} if table == "w" else {})
