"""The declared tests are those of quality_tests.csv, and few statements run all of them."""

from __future__ import annotations

import ast
import csv
from collections import Counter

import pytest

from marketing_ibis.engines import ENGINES
from marketing_ibis.model import DataTest
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.testing.collect import build_batches, declared_data_tests
from tests.paths import TESTS
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

LIST = TESTS / "data" / "quality_tests.csv"
SOURCES = {"source customers": "raw_customers", "source orders": "raw_orders", "source payments": "raw_payments"}
TABLES = {"src.customers": "raw_customers", "src.orders": "raw_orders"}
MOST_STATEMENTS = 40
OF_ROWS = ("*", "(customer_id, order_id, payment_id)", "(cohort_month, months_since_first_purchase)")
IN_WORDS = {
    "matches_parent": ("raw_orders", "cycle_name", "order_id", "id"),
    "table_freshness": 90,
}
"""The conditions that the list states in words."""


@pytest.fixture(scope="module")
def dataflow() -> Dataflow:
    return compiled_dataflow(GOLDEN_AS_OF)


def listed() -> list[dict[str, str]]:
    with LIST.open(newline="") as file:
        return list(csv.DictReader(file))


def wanted(row: dict[str, str]) -> tuple[object, ...]:
    column = "" if row["column"] in OF_ROWS or row["column"].startswith("(") else row["column"]
    return (SOURCES.get(row["model"], row["model"]), column, row["test"], row["severity"], arguments(row))


def arguments(row: dict[str, str]) -> object:
    test, text = row["test"], row["arguments"]
    if test in IN_WORDS:
        return IN_WORDS[test]
    if test == "accepted_values":
        return frozenset(ast.literal_eval(text))
    if test in ("relationships", "unique_combination_of_columns", "percentage_range"):
        value = tuple(ast.literal_eval(text)) if text else (0, 100)
        return tuple(TABLES.get(part, part) for part in value)
    if test in ("positive_value", "not_null", "positive_value_where", "not_null_where", "valid_email"):
        return ""
    return text


def found(node: str, data_test: DataTest) -> tuple[object, ...]:
    value = data_test.arguments
    if data_test.test == "accepted_values":
        value = frozenset(value)  # type: ignore[call-overload]
    if data_test.test in ("min_row_count", "not_before"):
        value = str(value)
    if data_test.test == "recency_freshness":
        value = {
            1: "at most 1 day before the check's reference date",
            90: "90 days (churn signal, never a failure)",
        }[
            data_test.arguments  # type: ignore[index]
        ]
    return (node, data_test.column, data_test.kind, data_test.severity, value)


def test_the_declared_tests_are_the_listed_ones(dataflow: Dataflow) -> None:
    names = {SOURCES.get(row["model"], row["model"]) for row in listed()}
    every = declared_data_tests(dataflow)
    declared = Counter(
        found(node, data_test) for node, data_tests in every.items() if node in names for data_test in data_tests
    )
    expected = Counter(map(wanted, listed()))
    assert declared - expected == Counter()
    assert expected - declared == Counter()


def test_every_campaign_list_is_tested_too(dataflow: Dataflow) -> None:
    campaigns = {name for name, model in dataflow.models.items() if model.declaration.layer == "campaigns"}
    every = declared_data_tests(dataflow)
    assert len(campaigns) == 3
    for name in campaigns:
        of_key = {data_test.test for data_test in every[name] if data_test.column == "customer_id"}
        assert of_key == {"unique", "not_null", "relationships"}


@pytest.mark.parametrize("engine", ENGINES)
def test_few_statements_answer_all(dataflow: Dataflow, engine: str) -> None:
    data_tests = declared_data_tests(dataflow)
    batches = build_batches(dataflow, data_tests, ENGINES[engine].dialect())
    totals = {p.expected.select for s in batches for p in s.queries if hasattr(p.expected, "select")}
    assert sum(len(batch.queries) for batch in batches) == sum(map(len, data_tests.values())) >= len(listed())
    assert len(batches) + len(totals) <= MOST_STATEMENTS


def test_totals_are_computed_without_what_they_judge(dataflow: Dataflow) -> None:
    dialect = ENGINES["duckdb"].dialect()
    batches = build_batches(dataflow, declared_data_tests(dataflow), dialect)
    selects = {p.expected.select for s in batches for p in s.queries if hasattr(p.expected, "select")}
    judged = {name for name, model in dataflow.models.items() if model.declaration.layer != "staging"}
    assert len(selects) == 2
    assert not [name for name in judged for select in selects if dialect.placeholder(name) in select]


CONDITIONS = {
    "order_status_group = 'successful' and order_sequence is not null": (
        "((_.order_status_group == 'successful') & _.order_sequence.notnull())"
    ),
    "number_of_orders > 0": "(_.number_of_orders > 0)",
    "month 0: number of buyers": "(_.months_since_first_purchase == 0)",
    "pending_orders = 0": "(_.pending_orders == 0)",
    "total_orders > 0": "(_.total_orders > 0)",
    "total_conversions > 0": "(_.total_conversions > 0)",
    "has_purchased": "_.has_purchased",
}
"""Conditions in the words of the list, and as they are declared."""


def test_conditions_are_the_listed_ones(dataflow: Dataflow) -> None:
    rows = [row for row in listed() if row["test"].endswith("_where")]
    expected = {(row["model"], row["column"], row["test"]): CONDITIONS[row["arguments"]] for row in rows}
    declared = {
        (node, data_test.column, data_test.kind): repr(data_test.where)
        for node, data_tests in declared_data_tests(dataflow).items()
        for data_test in data_tests
        if data_test.where is not None
    }
    assert {key: declared.get(key) for key in expected} == expected
    assert len(expected) == len(rows)


def test_a_test_s_name_is_one_file_s(dataflow: Dataflow) -> None:
    names = [data_test.name for data_tests in declared_data_tests(dataflow).values() for data_test in data_tests]
    assert len({name.lower() for name in names}) == len(names)
    assert all(name.replace("_", "").isalnum() for name in names)
