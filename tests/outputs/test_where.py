"""The conditions that --where accepts and refuses; strings stay strings on every engine."""

from __future__ import annotations

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import UsageError
from marketing_ibis.outputs.where import read_condition

SCHEMA = ibis.schema(
    {"customer_id": "int64", "first_name": "string", "revenue": "decimal(18, 2)", "is_buyer": "boolean", "day": "date"}
)


def read(text: str, engine: str = "duckdb") -> str:
    return read_condition(text, SCHEMA, ENGINES[engine].dialect())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("revenue > 100", '"revenue" > 100'),
        ("REVENUE > 100 AND is_buyer", '"revenue" > 100 AND "is_buyer"'),
        ("not (is_buyer or day >= date '2024-01-01')", 'NOT ("is_buyer" OR "day" >= CAST(\'2024-01-01\' AS DATE))'),
        ("customer_id in (1, 2)", '"customer_id" IN (1, 2)'),
        ("lower(first_name) like 'a%' escape '!'", "LOWER(\"first_name\") LIKE 'a%' ESCAPE '!'"),
        ("first_name = 'O''Neil; DROP TABLE x; --'", "\"first_name\" = 'O''Neil; DROP TABLE x; --'"),
        ("revenue / 100 between -1 and 1 -- so", '"revenue" / 100 BETWEEN -1 AND 1'),
    ],
)
def test_conditions_are_written_anew(text: str, written: str, engine: str) -> None:
    assert read(text, engine) == written


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 = 1; DROP TABLE orders", "is not one condition"),
        ("", "is empty"),
        (" \n", "is empty"),
        (";", "is not one condition"),
        ("customer_id = 1 UNION SELECT 1", "a query"),
        ("customer_id IN (SELECT id FROM secrets)", "must not contain"),
        ("EXISTS (SELECT 1)", "must not contain"),
        ("customer_id = ANY (SELECT 1)", "must not contain"),
        ("(SELECT true)", "a query"),
        ("read_text('/etc/passwd') = ''", "the function read_text"),
        ("pg_sleep(10) IS NULL", "the function pg_sleep"),
        ("count(*) > 1", "the function COUNT"),
        ("rank() OVER () > 1", "must not contain"),
        ("day > current_date", "must not contain"),
        ("first_name = $1", "must not contain"),
        ("cast(first_name AS evil.kind) = 1", "evil.kind"),
        ("other = 1", "other, which is not a column"),
        ("where revenue > 1", "contains the word WHERE"),
        ("revenu > 1", "revenu, which is not a column"),
        ('"REVENUE" > 1', "REVENUE, which is not a column"),
        ("customers.revenue > 1", "must be unqualified"),
        ("revenue", "is a value, not a condition"),
        ("is_buyer AND revenue", "is a value, not a condition"),
        ("NULL", "is a value, not a condition"),
        ("revenue >", "is not SQL"),
        ("'unclosed", "is not SQL"),
        ("DROP TABLE orders", "must not contain"),
        ("customer_id = 1\x00", "a NUL character"),
        ("(" * 3000 + "1 = 1" + ")" * 3000, "nested too deeply"),
    ],
)
def test_everything_else_is_refused(text: str, message: str, engine: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text, engine)
    assert message in caught.value.message
    assert caught.value.hint


def test_a_string_without_quotes_is_answered_with_quotes() -> None:
    with pytest.raises(UsageError, match=r"names gold, which is not a column\.\nKnown: .*\. A string .*: 'gold'\."):
        read("first_name = gold", "duckdb")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("columns", "example"),
    [
        ({"campaign": "string", "id": "int64", "clicks": "int64"}, "campaign = 'some text' AND clicks > 100"),
        ({"id": "int64", "day": "date"}, "id > 100"),
        ({"select": "string", "Key": "int64", "day": "date"}, "day >= '2024-01-31'"),
        ({"is_buyer": "boolean"}, "is_buyer IS NOT NULL"),
        ({"Order": "string"}, '"Order" IS NOT NULL'),
    ],
)
def test_an_example_names_the_tables_own_columns_and_is_accepted(
    columns: dict[str, str], example: str, engine: str
) -> None:
    schema, dialect = ibis.schema(columns), ENGINES[engine].dialect()
    with pytest.raises(UsageError) as caught:
        read_condition("NULL", schema, dialect)
    assert caught.value.hint == f"Write a condition such as {example}."
    assert read_condition(example, schema, dialect)


def test_the_nearest_column_is_named() -> None:
    with pytest.raises(UsageError) as caught:
        read("revenu > 1")
    assert caught.value.hint == "Did you mean revenue?"


@given(text=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_a_text_stays_one_text_and_comes_back_whole(text: str) -> None:
    for engine in ENGINES:
        dialect = ENGINES[engine].dialect()
        literal = dialect.literal(text)
        assert read(f"first_name = {literal}", engine) == f'"first_name" = {literal}'


@given(text=st.text("a1='\"();-/*%\\ \n", max_size=20))
def test_whatever_is_read_names_columns_only(text: str) -> None:
    try:
        written = read(text)
    except UsageError:
        return
    assert read(written) == written
