"""Boundary cases and laws of stg_customers."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.dataflows.cases import Case, built, law
from tests.sources import GOLDEN_AS_OF, Customer, Sources


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        pytest.param([(1, "Ada", "B"), (1, "Ada", "A")], (1, "Ada", "A"), id="smaller_last_name"),
        pytest.param([(1, "Ben", "A"), (1, "Ada", "B")], (1, "Ada", "B"), id="first_name_decides_first"),
        pytest.param([(1, None, "A"), (1, "Zoë", "Z")], (1, "Zoë", "Z"), id="null_first_name_is_last"),
        pytest.param([(1, "Ada", None), (1, "Ada", "")], (1, "Ada", ""), id="null_is_not_the_empty_name"),
        pytest.param([(1, "a", "A"), (1, "B", "A")], (1, "B", "A"), id="capitals_before_small_letters"),
        pytest.param([(None, "Ada", "A"), (1, "Ben", "B")], (1, "Ben", "B"), id="no_id_no_row"),
        pytest.param([(1, " Ada ", "A ")], (1, " Ada ", "A "), id="dirt_passes"),
    ],
)
def test_one_row_is_kept(rows: list[tuple[int | None, str | None, str | None]], kept: tuple[object, ...]) -> None:
    tables = built(Sources(customers=tuple(Customer(*row) for row in rows)), GOLDEN_AS_OF)
    assert [tuple(row.values()) for row in tables["stg_customers"]] == [kept]


@law
def test_cu_1_ids_are_the_source_ids_once_each(case: Case) -> None:
    ids = {row.id for row in case.sources.customers if row.id is not None}
    assert Counter(row["customer_id"] for row in case.tables["stg_customers"]) == Counter(ids)


@law
def test_cu_2_every_row_equals_a_source_row(case: Case) -> None:
    assert {tuple(row.values()) for row in case.tables["stg_customers"]} <= set(case.sources.customers)


@law
def test_cu_3_customer_id_is_never_null(case: Case) -> None:
    assert all(row["customer_id"] is not None for row in case.tables["stg_customers"])
