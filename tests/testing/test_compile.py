"""The result of a data test: a condition, a table or a number, also of an optional column of a source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pytest

from marketing_ibis.data_tests import custom, positive_value, sum_equals, total, unique, valid_email
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import CompileError
from marketing_ibis.model import DataTest, Source
from marketing_ibis.testing.collect import build_batches
from marketing_ibis.testing.compile import data_test_expressions
from tests.shop import AS_OF, make_shop
from tests.testing.test_gate import build, outcome, query, shop_with


@pytest.fixture
def sales(tmp_path: Path) -> Source:
    return make_shop(tmp_path).project.compile(AS_OF).sources["raw_sales"]


def deciding(data_test: DataTest, sales: Source) -> tuple[object, ...]:
    given: Mapping[str, object] = {"raw_sales": ibis.table(sales.schema, name="raw_sales")}
    return data_test_expressions(data_test, sales, given, {})


def columns_of(condition: object) -> dict[str, str]:
    assert isinstance(condition, ir.Expr)
    return {field.name: str(field.dtype) for field in condition.op().find(ops.Field)}


def test_a_condition_of_each_row(sales: Source) -> None:
    (condition,) = deciding(replace(positive_value(), column="cents"), sales)
    assert isinstance(condition, ir.BooleanColumn)
    assert columns_of(condition) == {"cents": "int64"}


def test_a_table_of_what_fails(sales: Source) -> None:
    (failing,) = deciding(replace(unique(), column="id"), sales)
    assert isinstance(failing, ir.Table)


def test_a_number_and_what_it_must_equal(sales: Source) -> None:
    number, expected = deciding(replace(sum_equals(7), column="cents"), sales)
    assert (columns_of(number), expected) == ({"cents": "int64"}, 7)
    two = total(lambda raw_sales: raw_sales.agg(n=raw_sales.id.count()), "n")
    _, row, column, times = deciding(replace(sum_equals(two), column="cents"), sales)
    assert (columns_of(row), column, times) == ({"id": "int64"}, "n", 1)


def test_a_column_that_the_source_does_not_have_is_text(sales: Source) -> None:
    (condition,) = deciding(valid_email(column="contact"), sales)
    assert columns_of(condition) == {"contact": "string"}


def test_an_optional_column_that_the_source_has_keeps_its_type(sales: Source) -> None:
    (condition,) = deciding(replace(positive_value(), column="cents", optional=True), sales)
    assert columns_of(condition) == {"cents": "int64"}


def test_an_optional_column_is_tested_where_the_table_has_it(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, raw_sales="unique()")
    file = shop.root / shop.project.dataflows[0] / "raw_sales.py"
    text = (
        file.read_text()
        .replace("import unique", "import *")
        .replace("grain=", "tests=(valid_email('contact'),), grain=")
    )
    file.write_text(text)
    (data_test,) = [one for one in build(shop).data_tests if one.test == "valid_email"]
    assert (data_test.status, data_test.message) == ("skipped", "raw_sales has no column contact")
    query(shop, "ALTER TABLE dbt_production.sales ADD COLUMN contact VARCHAR DEFAULT 'ann@example.org'")
    assert set(outcome(build(shop))[1].values()) == {"pass"}
    query(shop, "UPDATE dbt_production.sales SET contact = 'ann' WHERE id = 2")
    (data_test,) = [one for one in build(shop).data_tests if one.test == "valid_email"]
    assert (data_test.status, data_test.failures) == ("fail", 1)


UNSUPPORTED = {
    "a condition of each row": lambda t: t.id.cast("string").levenshtein("1") > 0,
    "a number": lambda t: t.id.cast("string").levenshtein("1").max() > 0,
    "a table": lambda t: t.filter(t.id.cast("string").levenshtein("1") > 0),
}


@pytest.mark.parametrize("find", UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_the_test_that_an_engine_cannot_run_is_named(tmp_path: Path, find: Callable[[ir.Table], object]) -> None:
    dataflow = make_shop(tmp_path).project.compile(AS_OF)
    tests = [replace(unique(), column="id", name="fine"), custom(find, name="edits"), custom(lambda t: t.id > 0)]
    message = "Test edits cannot be compiled for redshift: Levenshtein is not supported on Redshift"
    with pytest.raises(CompileError, match=message):
        build_batches(dataflow, {"stg_sales": tests}, ENGINES["redshift"].dialect())
