"""Every model equals the reference, on whole and on dirty shops."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, seed

from tests.dataflows.cases import Case, built, law
from tests.dataflows.comparison import KEYS, differences
from tests.reference import reference_tables
from tests.sources import GOLDEN_AS_OF, Sources, golden_sources
from tests.strategies import AS_OF_DATES, dirty_sources, sources
from tests.warehouse import build_tables

# Each pair of a date and a scoring costs a compilation; the legacy switch touches nothing that depends on the date.
NTILE_AS_OF = GOLDEN_AS_OF


@law
def test_models_equal_the_reference(case: Case) -> None:
    expected = reference_tables(case.sources, case.as_of)
    assert not [line for model in KEYS for line in differences(model, case.tables[model], expected[model])]


@seed(1)
@given(sources=sources(NTILE_AS_OF) | dirty_sources(NTILE_AS_OF))
def test_ntile_scores_equal_reference(sources: Sources) -> None:
    actual = build_tables(sources, NTILE_AS_OF, scoring="ntile")
    expected = reference_tables(sources, NTILE_AS_OF, scoring="ntile")
    assert not differences("customer_segmentation", actual["customer_segmentation"], expected["customer_segmentation"])


@pytest.mark.parametrize("as_of", AS_OF_DATES, ids=str)
def test_golden_shop_equals_reference_on_any_day(as_of: date) -> None:
    actual, expected = built(golden_sources(), as_of), reference_tables(golden_sources(), as_of)
    assert not [line for model in KEYS for line in differences(model, actual[model], expected[model])]
