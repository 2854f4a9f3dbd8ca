"""Sources without rows build without error."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain, combinations

import pytest

from tests.dataflows.cases import built
from tests.dataflows.comparison import KEYS, differences
from tests.reference import reference_tables
from tests.sources import GOLDEN_AS_OF, Sources, golden_sources
from tests.strategies import AS_OF_DATES
from tests.warehouse import build_tables

TABLES = ("customers", "orders", "payments")
EMPTIED = [*chain.from_iterable(combinations(TABLES, count) for count in (1, 2, 3))]
SUMS = ("total_conversions", "unique_customers", "new_customer_acquisitions", "product_diversity")
ALWAYS_LISTED = ("marketing_attribution", "attribution_models", "attribution_markov", "repeat_purchases")
SUMS += ("first_touch_customers", "last_touch_customers")


@pytest.mark.parametrize("as_of", AS_OF_DATES, ids=str)
def test_no_rows_in_no_rows_out(as_of: date) -> None:
    tables = built(Sources(), as_of)
    assert {model for model in KEYS if tables[model]} == {*ALWAYS_LISTED}


def test_no_rows_in_five_idle_channels_out() -> None:
    rows = built(Sources(), GOLDEN_AS_OF)["marketing_attribution"]
    assert len(rows) == 5
    for row in rows:
        assert {row[column] for column in SUMS} == {0}
        assert row["total_revenue"] == row["first_touch_revenue"] == row["last_touch_revenue"] == Decimal(0)
        assert row["avg_order_value"] == row["customer_conversion_rate"] == row["channel_efficiency_score"] == 0.0
        assert (row["top_product"], row["channel_classification"]) == (None, "Standard Channel")


def test_no_rows_in_thirty_credits_of_nothing_out() -> None:
    rows = built(Sources(), GOLDEN_AS_OF)["attribution_models"]
    assert len({(row["attribution_model"], row["channel"]) for row in rows}) == len(rows) == 30
    for row in rows:
        assert (row["attributed_customers"], row["attributed_revenue"], row["attributed_value"]) == (0.0, 0.0, None)


def test_no_rows_in_five_channels_without_credit_out() -> None:
    rows = built(Sources(), GOLDEN_AS_OF)["attribution_markov"]
    assert len(rows) == 5
    assert {value for row in rows for name, value in row.items() if isinstance(value, float)} == {0.0}


@pytest.mark.parametrize("emptied", EMPTIED, ids="_and_".join)
@pytest.mark.parametrize("scoring", ["ties", "ntile"])
def test_any_table_may_be_empty(emptied: tuple[str, ...], scoring: str) -> None:
    sources = replace(golden_sources(), **dict.fromkeys(emptied, ()))
    actual = build_tables(sources, GOLDEN_AS_OF, scoring=scoring)
    expected = reference_tables(sources, GOLDEN_AS_OF, scoring=scoring)
    assert not [line for model in KEYS for line in differences(model, actual[model], expected[model])]


def test_without_orders_every_customer_is_listed() -> None:
    rows = built(replace(golden_sources(), orders=()), GOLDEN_AS_OF)["customer_segmentation"]
    assert sorted(row["customer_id"] for row in rows) == list(range(1, 9))
    assert {row["rfm_combined_score"] for row in rows} == {111}
