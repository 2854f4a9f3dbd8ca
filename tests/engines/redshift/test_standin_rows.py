"""Aggregates, windows and clauses give the rows that AWS documents, over its example table."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.engines.redshift.standin import StandIn


def column(standin: StandIn, sql: str) -> list[object]:
    return [row[-1] for row in standin.query(sql)]


BY_SELLER = [
    pytest.param("avg(qty)", [16, 20, 18, 25], id="r_AVG cuts off"),
    pytest.param("sum(qty)", [50, 40, 75, 50], id="r_SUM"),
    pytest.param("median(qty)", [Decimal(10), Decimal(20), Decimal("17.5"), Decimal(25)], id="r_WF_MEDIAN"),
    pytest.param(
        "percentile_cont(0.2) within group (order by qty)",
        [Decimal(10), Decimal(20), Decimal(13), Decimal(16)],
        id="r_PERCENTILE_CONT",
    ),
    pytest.param("percentile_disc(0.5) within group (order by qty)", [10, 20, 15, 10], id="r_WF_PERCENTILE_DISC"),
    pytest.param(
        "approximate percentile_disc(0.5) within group (order by qty)",
        [10, 20, 15, 10],
        id="r_APPROXIMATE_PERCENTILE_DISC",
    ),
    pytest.param(
        "listagg(buyerid, ', ') within group (order by salesid)",
        ["C, A, C", "B, C", "B, B, B, C", "A, A"],
        id="r_LISTAGG",
    ),
    pytest.param(
        "listagg(distinct buyerid, '-') within group (order by buyerid)",
        ["A-C", "B-C", "B-C", "A"],
        id="r_LISTAGG distinct",
    ),
    pytest.param("approximate count(distinct buyerid)", [2, 2, 2, 1], id="r_COUNT approximate"),
    pytest.param("bool_and(qty > 10)", [False, True, False, False], id="r_BOOL_AND"),
    pytest.param("bit_or(qty)", [30, 20, 31, 42], id="r_BIT_OR"),
]


@pytest.mark.parametrize(("expression", "expected"), BY_SELLER)
def test_aggregate_of_each_seller(standin_with_sales: StandIn, expression: str, expected: list[object]) -> None:
    sql = f"SELECT sellerid, {expression} FROM dg.winsales GROUP BY sellerid ORDER BY sellerid"
    assert column(standin_with_sales, sql) == expected


WINDOWS = [
    pytest.param(
        "avg(qty) over (order by dateid, salesid rows unbounded preceding)",
        [10, 10, 16, 22, 20, 20, 18, 18, 18, 18, 19],
        id="r_WF_AVG",
    ),
    pytest.param(
        "median(qty) over (partition by sellerid)",
        [17.5, 10, 10, 25, 10, 20, 25, 20, 17.5, 17.5, 17.5],
        id="r_WF_MEDIAN",
    ),
    pytest.param("percentile_cont(0.5) within group (order by qty) over ()", [20] * 11, id="r_WF_PERCENTILE_CONT"),
    pytest.param(
        "percentile_disc(0.5) within group (order by qty) over (partition by sellerid)",
        [15, 10, 10, 10, 10, 20, 10, 20, 15, 15, 15],
        id="r_WF_PERCENTILE_DISC",
    ),
    pytest.param(
        "listagg(sellerid::varchar) within group (order by sellerid) over ()", ["11122333344"] * 11, id="r_WF_LISTAGG"
    ),
    pytest.param(
        "listagg(distinct buyerid, ',') within group (order by buyerid) over (partition by sellerid)",
        ["B,C", "A,C", "A,C", "A", "A,C", "B,C", "A", "B,C", "B,C", "B,C", "B,C"],
        id="r_WF_LISTAGG distinct",
    ),
    pytest.param(
        "round(ratio_to_report(qty) over (partition by sellerid), 2)",
        [0.13, 0.2, 0.6, 0.8, 0.2, 0.5, 0.2, 0.5, 0.2, 0.27, 0.4],
        id="r_WF_RATIO_TO_REPORT",
    ),
    pytest.param(
        "lag(shipped) ignore nulls over (order by dateid, salesid)",
        [None, 10, 10, 10, 10, 10, 20, 10, 20, 20, 20],
        id="r_WF_LAG ignore nulls",
    ),
    pytest.param(
        "lead(shipped, 2) ignore nulls over (order by dateid, salesid)",
        [20, 10, 10, 10, 10, 20, None, None, None, None, None],
        id="r_WF_LEAD ignore nulls",
    ),
    pytest.param(
        "first_value(shipped ignore nulls) over (order by dateid, salesid rows between 1 following and 3 following)",
        [10, None, 20, 20, 20, 10, 20, None, None, None, None],
        id="r_WF_first_value ignore nulls",
    ),
    pytest.param(
        "last_value(shipped) ignore nulls over (order by dateid, salesid rows between 2 preceding and current row)",
        [10, 10, 10, 10, None, 20, 10, 20, 20, 20, None],
        id="r_WF_last_value ignore nulls",
    ),
    pytest.param(
        "nth_value(shipped, 3) ignore nulls over (order by dateid, salesid "
        "rows between unbounded preceding and unbounded following)",
        [20] * 11,
        id="r_WF_NTH ignore nulls",
    ),
    pytest.param(
        "lag(shipped) respect nulls over (order by dateid, salesid)",
        [None, 10, 10, None, None, None, 20, 10, 20, None, None],
        id="r_WF_LAG respect nulls",
    ),
]


@pytest.mark.parametrize(("expression", "expected"), WINDOWS)
def test_window_in_order_of_sale(standin_with_sales: StandIn, expression: str, expected: list[object]) -> None:
    actual = column(
        standin_with_sales, f"SELECT dateid, salesid, {expression} FROM dg.winsales ORDER BY dateid, salesid"
    )
    assert actual == expected


def test_columns_without_a_name_are_called_after_the_function(standin_with_sales: StandIn) -> None:
    calls = "avg(qty), median(qty), datediff(day, sysdate, sysdate), count(*), sum(sum(qty)) OVER ()"
    sql = f"SELECT {calls} FROM dg.winsales"
    assert standin_with_sales.fetch(sql).names == ("avg", "median", "date_diff", "count", "sum")


QUERIES = [
    pytest.param(
        "SELECT TOP 2 qty FROM dg.winsales ORDER BY qty DESC, salesid", [(40,), (30,)], id="r_SELECT_list TOP"
    ),
    pytest.param("SELECT 1 AS x UNION SELECT 2 MINUS SELECT 2", [(1,)], id="r_UNION MINUS"),
    pytest.param(
        "SELECT sellerid, qty FROM dg.winsales "
        "QUALIFY row_number() OVER (PARTITION BY sellerid ORDER BY qty DESC, salesid) = 1 ORDER BY sellerid LIMIT 3",
        [(1, 30), (2, 20), (3, 30)],
        id="r_QUALIFY_clause",
    ),
    pytest.param(
        "SELECT w.qty AS salesid, w.salesid AS place FROM dg.winsales AS w "
        "QUALIFY row_number() OVER (ORDER BY w.qty DESC, w.salesid) < 4 ORDER BY w.salesid - 1",
        [(30, 10005), (30, 30007), (40, 40001)],
        id="r_QUALIFY_clause in the order of a column under another name",
    ),
    pytest.param(
        "WITH best AS (SELECT *, row_number() OVER (ORDER BY qty DESC) AS place FROM dg.winsales QUALIFY place = 1) "
        "SELECT salesid, place FROM best",
        [(40001, 1)],
        id="r_QUALIFY_clause of an alias, with a star",
    ),
    pytest.param(
        "SELECT qty * 2 AS twice, twice + 1 AS more FROM dg.winsales WHERE salesid = 30001",
        [(20, 21)],
        id="r_SELECT_list alias",
    ),
    pytest.param(
        "SELECT salesid AS qty, qty + 1 AS more FROM dg.winsales WHERE salesid = 30001",
        [(30001, 11)],
        id="r_SELECT_list a column goes before an alias",
    ),
    pytest.param(
        "SELECT shipped FROM dg.winsales GROUP BY shipped ORDER BY shipped DESC",
        [(None,), (20,), (10,)],
        id="NULLs sort high",
    ),
    pytest.param(
        "SELECT \"QTY\" FROM dg.winsales WHERE 'a'LIKE'a%' AND salesid = 30001 -- ';", [(10,)], id="r_names fold"
    ),
]


@pytest.mark.parametrize(("sql", "expected"), QUERIES)
def test_query_returns_the_rows(standin_with_sales: StandIn, sql: str, expected: list[tuple[object, ...]]) -> None:
    assert standin_with_sales.query(sql) == expected
