"""sqlfluff reads the SELECT of every operation and of every question of TPC-H."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.redshift.operations import CASES, expression_of, redshift_sql
from tests.redshift.sqlfluff_parser import objections, rare_collection
from tests.redshift.tpch import QUESTIONS, Tables


@pytest.fixture(scope="module", autouse=True)
def _quickly() -> Iterator[None]:
    with rare_collection():
        yield


@pytest.mark.parametrize("name", CASES)
def test_operation_is_read(name: str) -> None:
    assert not objections(redshift_sql(expression_of(name)))


@pytest.mark.parametrize("name", QUESTIONS)
def test_question_is_read(name: str) -> None:
    assert not objections(redshift_sql(QUESTIONS[name](Tables.unbound())))
