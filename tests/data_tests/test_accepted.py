"""A test of accepted values reports the values it found, how often, and the nearest accepted value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hamilton import driver
from ibis import _

from marketing_ibis import data_tests
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import CompileError
from marketing_ibis.model import Contract
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.testing.accepted_values import unaccepted
from marketing_ibis.testing.collect import build_batches, declared_data_tests
from tests.testing.asking import Table, Tables

STATUSES = ("placed", "return_pending")


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    opened = Tables()
    yield opened
    opened.connection.close()


@pytest.mark.parametrize(
    ("rows", "accepted", "message"),
    [
        ([("lost", 1)], STATUSES, "found 'lost' once, not one of 'placed', 'return_pending'"),
        (
            [("Placed", 1200), ("x", 2)],
            ("placed",),
            "found 'Placed' 1,200 times (did you mean 'placed'?) and 'x' 2 times, not one of 'placed'",
        ),
        (
            [("Return Pending", 2)],
            STATUSES,
            "found 'Return Pending' 2 times (did you mean 'return_pending'?), not one of 'placed', 'return_pending'",
        ),
        ([(9, 3), (7, 1)], (1, 2), "found 9 3 times and 7 once, not one of 1, 2"),
        ([("a\nb" + "c" * 60, 2)], ("a",), f"found 'a\\nb{'c' * 37}...' 2 times, not one of 'a'"),
        (
            [(letter, 1) for letter in "abcdef"],
            ("z",),
            "found 'a' once, 'b' once, 'c' once, 'd' once, 'e' once and others, not one of 'z'",
        ),
    ],
)
def test_message(rows: list[tuple[object, int]], accepted: tuple[object, ...], message: str) -> None:
    assert unaccepted(rows, accepted) == message


@pytest.mark.parametrize("severity", ["error", "warn"])
def test_several_bad_values_are_reported_at_once_the_most_frequent_first(tables: Tables, severity: str) -> None:
    rows = [(n, value) for n, value in enumerate(["b", "A", "a", None, "c", "c", "b", "b"])]
    table = Table({"id": "int64", "value": "string"}, rows)
    result = tables.ask(data_tests.accepted_values(("a",), severity=severity), table, at="value")
    assert result.message == "found 'b' 3 times, 'c' 2 times and 'A' once (did you mean 'a'?), not one of 'a'"
    assert result.failures == 6


def test_a_condition_limits_the_values_that_are_reported(tables: Tables) -> None:
    table = Table({"id": "int64", "value": "string"}, [(1, "b"), (2, "c")])
    result = tables.ask(data_tests.accepted_values(("a",), where=_.id == 1), table, at="value")
    assert result.message == "found 'b' once, not one of 'a'"


def test_a_test_that_passes_has_no_message(tables: Tables) -> None:
    table = Table({"id": "int64", "value": "string"}, [(1, "a")])
    assert tables.ask(data_tests.accepted_values(("a",)), table, at="value").message == ""


def test_values_about_a_person_are_not_reported() -> None:
    source = Table({"id": "int64", "value": "string"}, []).source("looked_at")
    columns = tuple(replace(column, pii=column.name == "value") for column in source.declaration.contract.columns)
    personal = replace(source, declaration=replace(source.declaration, contract=Contract(columns)))
    data_test = replace(data_tests.accepted_values(("a",)), column="value", name="asked")
    for one, shown in ((source, "value"), (personal, "")):
        dataflow = Dataflow({"looked_at": one}, {}, driver.Builder().build())
        (batch,) = build_batches(dataflow, {"looked_at": [data_test]}, ENGINES["duckdb"].dialect())
        assert [query.values for query in batch.queries] == [shown]


def test_values_may_follow_the_rules() -> None:
    source = Table({"id": "int64", "value": "string"}, []).source("looked_at")

    def allowed(words: tuple[str, ...]) -> tuple[str, ...]:
        return words

    def declared(words: tuple[str, ...]) -> object:
        tests = (replace(data_tests.accepted_values(allowed), column="value"),)
        one = replace(source, declaration=replace(source.declaration, tests=tests))
        dataflow = Dataflow({"looked_at": one}, {}, driver.Builder().build(), {"words": words})
        ((data_test,),) = declared_data_tests(dataflow).values()
        return data_test.arguments, data_test.depends_on

    assert declared(("a", "b")) == (("a", "b"), ())
    with pytest.raises(CompileError, match=r"values= is empty"):
        declared(())
