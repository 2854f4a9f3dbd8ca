"""The condition of a data test as SQL, for tools that read dbt's manifest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ibis import _

from marketing_ibis.data_tests import not_null, positive_value, unique
from marketing_ibis.engines import ENGINES
from marketing_ibis.model import DataTest
from marketing_ibis.testing.conditions import where_clauses
from tests.shop import AS_OF, Shop, make_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return make_shop(tmp_path_factory.mktemp("shop"))


def named(**tests: DataTest) -> list[DataTest]:
    return [replace(test, name=name) for name, test in tests.items()]


@pytest.mark.parametrize("engine", ENGINES)
def test_each_condition_is_sql_over_the_table_alone(shop: Shop, engine: str) -> None:
    tests = named(
        all_rows=unique(),
        some=not_null(where=_.id > 1),
        words=positive_value(where=(_.half != 2) & _.id.isin([1, 3])),
        broken=unique(where=_.nobody == 1),
        number=unique(where=_.id + 1),
    )
    model = shop.project.compile(AS_OF).models["halves"]
    assert where_clauses(tests, model, ENGINES[engine].dialect()) == {
        "some": '"id" > 1',
        "words": '("half" <> 2) AND "id" IN (1, 3)',
    }


def test_broken_conditions_alone_are_left_out(shop: Shop) -> None:
    model = shop.project.compile(AS_OF).models["halves"]
    assert where_clauses(named(broken=unique(where=_.nobody == 1)), model, ENGINES["duckdb"].dialect()) == {}
