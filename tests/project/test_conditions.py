"""A condition in the settings keeps the rows that it keeps as SQL, and nothing else can be written in it."""

from __future__ import annotations

from functools import cache

import duckdb
import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.conditions import read_condition

SCHEMA = {"n": "int64", "total": "decimal(9, 2)", "status": "string", "test": "boolean", "day": "date"}
ROWS = """
    CREATE TABLE sales AS SELECT row_number() OVER () AS number, * FROM
    (SELECT unnest([NULL, -1, 0, 2, 7]) AS n), (SELECT unnest([NULL, 0.5, 19.99])::DECIMAL(9, 2) AS total),
    (SELECT unnest([NULL, 'paid', 'Draft', '', 'a%b', 'a_b']) AS status), (SELECT unnest([NULL, true, false]) AS test),
    (SELECT unnest([NULL, DATE '2024-01-31']) AS day)
"""
comparisons = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
numbers = st.sampled_from(["n", "total", "n + 1", "-n", "n * 2 - total", "0", "2", "19.99", "coalesce(n, 0)", "abs(n)"])
strings = st.sampled_from(["status", "lower(status)", "trim(status)", "'paid'", "''", "upper(status)"])
simple = st.one_of(
    st.builds("{} {} {}".format, numbers, comparisons, numbers),
    st.builds("{} {} {}".format, strings, comparisons, strings),
    st.builds("status {}LIKE {}".format, st.sampled_from(["", "NOT "]), st.sampled_from(["'p%'", "'%a%'", "'_aid'"])),
    st.builds(
        "status {}{} {} ESCAPE '!'".format,
        st.sampled_from(["", "NOT "]),
        st.sampled_from(["LIKE", "ILIKE"]),
        st.sampled_from(["'%!%%'", "'A!_b'", "'a!%b'", "'_!_%'", "'p!!%'", "'%(.*)?'"]),
    ),
    st.builds("{} IN ({}, {})".format, st.just("n"), st.sampled_from(["0", "7"]), st.sampled_from(["2", "-1"])),
    st.builds("status {}IN ('paid', '')".format, st.sampled_from(["", "NOT "])),
    st.builds("n {}BETWEEN {} AND 7".format, st.sampled_from(["", "NOT "]), st.sampled_from(["0", "-1"])),
    st.builds("{} IS {}NULL".format, st.sampled_from(["n", "status", "day"]), st.sampled_from(["", "NOT "])),
    st.sampled_from(["test", "NOT test", "test = FALSE", "test IS TRUE", "test IS NOT FALSE", "length(status) > 3"]),
    st.sampled_from(
        ["day >= DATE '2024-01-31'", "day < '2024-02-01'", "\"day\" <> DATE '2024-01-31'", "STATUS = 'paid'"]
    ),
)
conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds("({}) AND ({})".format, inner, inner),
        st.builds("({}) OR ({})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
    ),
    max_leaves=4,
)


@cache
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(ROWS)
    return connection


def select(text: str, engine: str) -> str:
    table = ibis.table({"number": "int64", **SCHEMA}, name="sales")
    dialect = ENGINES[engine].dialect()
    rows = table.filter(read_condition(text, "where").evaluate(table)).select("number")
    (statement,) = dialect.approve([dialect.resolve(dialect.select(rows), {"sales": Relation("main", "sales")})])
    return statement


@given(conditions)
def test_a_condition_keeps_the_rows_that_it_keeps_as_sql(text: str) -> None:
    if not read_condition(text, "where").columns():
        text = f"({text}) AND n >= 0"
    expected = database().execute(f"SELECT number FROM sales WHERE {text} ORDER BY 1").fetchall()
    assert database().execute(f"{select(text, 'duckdb')} ORDER BY 1").fetchall() == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_takes_every_part_of_a_condition(engine: str) -> None:
    text = (
        "NOT (n + 1 > -n OR abs(n * 2 - total) <= 19.99) AND coalesce(n, 0) IN (2, 3) AND n BETWEEN 0 AND 7"
        " AND test AND (status LIKE 'p%' OR lower(trim(status)) <> upper(status)) AND length(status) >= 3"
        " AND status LIKE 'a!_b%' ESCAPE '!' AND status NOT LIKE '%\\%' AND status NOT ILIKE 'a!_.' ESCAPE '!'"
        " AND test IS NOT TRUE AND day >= DATE '2024-01-31' AND status IS NOT NULL"
    )
    assert "WHERE" in select(text, engine)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("status <> 'draft' AND total > 0", {"status": "string", "total": "decimal"}),
        ("NOT (test OR n IS NULL)", {"test": "boolean", "n": "string"}),
        ("day >= DATE '2024-01-01' AND \"Note\" LIKE 'x%'", {"day": "date", "Note": "string"}),
        ("at >= TIMESTAMP '2024-01-01 00:00:00' AND test = FALSE", {"at": "timestamp", "test": "boolean"}),
        ("n + 1 IN (2, 3)", {"n": "decimal"}),
    ],
)
def test_types_are_guessed_from_what_a_column_is_compared_with(text: str, columns: dict[str, str]) -> None:
    assert read_condition(text, "where").columns() == columns


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (r"status LIKE 'a\_b'", "status LIKE 'a!_b' ESCAPE '!'"),
        (r"status LIKE '%\%%'", "status LIKE '%!%%' ESCAPE '!'"),
        ("n < 99999999999999999999999", "n IS NOT NULL"),
    ],
)
def test_a_backslash_escapes_and_numbers_may_be_huge(text: str, numbers: str) -> None:
    expected = database().execute(f"SELECT number FROM sales WHERE {numbers} ORDER BY 1").fetchall()
    assert database().execute(f"{select(text, 'duckdb')} ORDER BY 1").fetchall() == expected != []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("status = ", "which is not SQL"),
        ("status = 'a'; DROP TABLE sales", "not one condition"),
        ("SELECT 1", "not one condition"),
        ("n + 1", "is a value, not a condition"),
        ("status = (SELECT 'a')", "must not contain (SELECT 'a')"),
        ("n IN (SELECT 1)", "must not contain n IN (SELECT 1)"),
        ("random() > 0", "must not contain RAND"),
        ("n = CAST('x' AS INT)", "cannot be applied"),
        ("day = DATE 'soon'", "contains 'soon', which is not a date"),
        ("day IN ('2024-01-31', '2024-02-30')", "contains '2024-02-30', which is not a date"),
        ("day BETWEEN '2024-01-31' AND '31.01.2024'", "contains '31.01.2024', which is not a date"),
        ("n BETWEEN 'a' AND 'b'", "cannot be applied"),
        ("n > 1e400", "contains 1e400, a number of more than 38 digits"),
        ("total < 0.1e", "contains 0.1e, which is not a number"),
        ("n LIKE 'a'", "cannot be applied"),
        ("status LIKE 'a!%' ESCAPE 'no'", "must not contain status LIKE 'a!%' ESCAPE 'no'"),
        ("status LIKE 'a!' ESCAPE '!'", "has the pattern 'a!', which ends with '!'"),
        ("trim(LEADING 'x' FROM status) = 'a'", "must not contain LTRIM(status, 'x')"),
        ("sales.n = 1", "must not contain sales.n"),
    ],
)
def test_anything_else_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        select(text, "duckdb")
    assert message in raised.value.message
    assert raised.value.message.startswith("where ")
