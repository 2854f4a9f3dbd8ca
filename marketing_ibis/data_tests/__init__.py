"""Data tests to declare with a column, a model or a source."""

from __future__ import annotations

from marketing_ibis.data_tests.balance import Balance, Total, min_row_count, row_count_equals, sum_equals, total
from marketing_ibis.data_tests.columns import (
    accepted_values,
    non_negative,
    not_after_as_of,
    not_before,
    not_null,
    percentage_range,
    positive_value,
    recency_freshness,
    resolve_accepted_values,
    table_freshness,
    valid_email,
)
from marketing_ibis.data_tests.custom import custom, expression_is_true
from marketing_ibis.data_tests.keys import (
    ROWS_WITH_IT,
    matches_parent,
    relationships,
    unique,
    unique_combination_of_columns,
)

__all__ = [
    "ROWS_WITH_IT",
    "Balance",
    "Total",
    "accepted_values",
    "custom",
    "expression_is_true",
    "matches_parent",
    "min_row_count",
    "non_negative",
    "not_after_as_of",
    "not_before",
    "not_null",
    "percentage_range",
    "positive_value",
    "recency_freshness",
    "relationships",
    "resolve_accepted_values",
    "row_count_equals",
    "sum_equals",
    "table_freshness",
    "total",
    "unique",
    "unique_combination_of_columns",
    "valid_email",
]
