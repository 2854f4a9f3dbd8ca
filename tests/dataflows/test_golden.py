"""The models reproduce the golden example in every model, row and column."""

from __future__ import annotations

import pytest

from tests.dataflows.comparison import GOLDEN_MODELS, differences, golden_rows
from tests.sources import GOLDEN_AS_OF, golden_sources
from tests.warehouse import build_tables


@pytest.mark.parametrize("model", GOLDEN_MODELS)
def test_model_gives_the_golden_rows(model: str) -> None:
    expected = golden_rows(model)
    actual = build_tables(golden_sources(), GOLDEN_AS_OF)[model]
    assert len(actual) == len(expected)
    assert not differences(model, actual, expected)


@pytest.mark.parametrize("model", GOLDEN_MODELS)
def test_columns_stand_in_the_golden_order(model: str) -> None:
    (columns, *_) = golden_rows(model)
    (row, *_) = build_tables(golden_sources(), GOLDEN_AS_OF)[model]
    assert list(row) == list(columns)
