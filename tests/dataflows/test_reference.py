"""The reference reproduces the golden example, so that it may judge the models."""

from __future__ import annotations

import pytest

from tests.dataflows.comparison import GOLDEN_MODELS, differences, golden_rows
from tests.reference import reference_tables
from tests.sources import GOLDEN_AS_OF, golden_sources


@pytest.mark.parametrize("model", GOLDEN_MODELS)
def test_reference_gives_the_golden_rows(model: str) -> None:
    expected = golden_rows(model)
    actual = reference_tables(golden_sources(), GOLDEN_AS_OF)[model]
    assert len(actual) == len(expected)
    assert not differences(model, actual, expected)
