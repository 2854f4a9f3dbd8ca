"""sqlfluff reads a SELECT of every operation, those of all relations and windows, and every question of TPC-H."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.redshift.operations import CASES, RELATIONS, WINDOWS, expression_of, operations_of, redshift_sql
from tests.engines.redshift.sqlfluff_parser import objections, rare_collection, sample
from tests.engines.redshift.tpch import QUESTIONS, Tables


def cases() -> list[str]:
    """Return cases that each show sqlfluff something new, since it is slow."""
    shapes = {**RELATIONS, **WINDOWS}
    seen = {operation for name in shapes for operation in operations_of(expression_of(name))}
    chosen = list(shapes)
    for name in CASES:
        operations = operations_of(expression_of(name))
        if operations - seen:
            chosen.append(name)
            seen |= operations
    return sample(chosen)


@pytest.fixture(scope="module", autouse=True)
def _quickly() -> Iterator[None]:
    with rare_collection():
        yield


@pytest.mark.parametrize("name", cases())
def test_operation_is_read(name: str) -> None:
    assert not objections(redshift_sql(expression_of(name)))


@pytest.mark.parametrize("name", sample(QUESTIONS))
def test_question_is_read(name: str) -> None:
    assert not objections(redshift_sql(QUESTIONS[name](Tables.unbound())))
