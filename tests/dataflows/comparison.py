"""Compare the rows of two builds of a model, whatever their order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from math import isclose
from operator import eq
from pathlib import Path

from tests.paths import GOLDEN

Row = dict[str, object]

KEYS = {
    "stg_customers": ("customer_id",),
    "stg_orders": ("order_id",),
    "stg_payments": ("payment_id",),
    "stg_customer_activity": ("order_id", "payment_id"),
    "int_order_facts": ("order_id",),
    "customer_segmentation": ("customer_id",),
    "product_performance": ("product_name",),
    "customer_cohorts": ("cohort_month", "months_since_first_purchase"),
    "marketing_attribution": ("attribution_channel",),
    "attribution_touchpoints": ("order_id",),
    "attribution_models": ("attribution_model", "channel"),
    "attribution_markov": ("channel",),
    "shop_days": ("day",),
    "repeat_purchases": ("order_number",),
    "customer_cohorts_by": ("attribute", "attribute_value", "cohort_month", "months_since_first_purchase"),
    "rfm_summary": ("customer_id",),
    "churn_risk": ("customer_id",),
    "campaign_performance": ("campaign_type", "attribution_channel"),
    "channel_trends": ("attribution_channel", "order_month"),
    "product_affinity": ("product_a", "product_b"),
    "next_best_action": ("customer_id",),
    "customers": ("customer_id",),
    "orders": ("order_id",),
    "campaign_champions": ("customer_id",),
    "campaign_win_back": ("customer_id",),
    "campaign_first_purchase": ("customer_id",),
}
KEYS_WITH_LINES = {
    "stg_order_lines": ("order_line_id",),
    "int_order_lines": ("order_id", "product_name"),
    "int_order_products": ("order_id", "product_name"),
}
"""The keys of the models that only shops with order lines have."""
KEYS_WITH_TOUCHES = {
    "stg_touches": ("touch_id",),
    "stg_spend": ("spend_id",),
    "touch_attribution": ("order_id", "touch_position"),
    "channel_performance": ("attribution_model", "channel", "campaign"),
    "channel_months": ("channel", "month_start"),
    "channel_paths": ("path",),
}
"""The keys of the models that only shops with touches and costs have."""
WITHOUT_GOLDEN_ROWS = ("int_order_facts", "shop_days", "repeat_purchases", "customer_cohorts_by")
GOLDEN_MODELS = tuple(name for name in KEYS if name not in WITHOUT_GOLDEN_ROWS and not name.startswith("campaign_"))

# How values are written in JSON, which has neither dates nor decimals.
_TYPED: tuple[tuple[str, Callable[[str], object]], ...] = (
    (r"-?\d+\.(\d\d){1,2}", Decimal),
    (r"\d{4}-\d\d-\d\d", date.fromisoformat),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", datetime.fromisoformat),
)


def golden_rows(model: str, example: Path = GOLDEN) -> list[Row]:
    """Read the expected rows of a golden example."""
    rows = json.loads((example / "expected" / f"{model}.json").read_text(encoding="utf-8"))
    return [{column: _typed(value) for column, value in row.items()} for row in rows]


def differences(model: str, actual: Iterable[Row], expected: Iterable[Row], *, to_the_bit: bool = False) -> list[str]:
    """Describe every value in which the two tables differ; ``to_the_bit`` compares quotients exactly."""
    equal = eq if to_the_bit else same
    left, right = _by_key(model, actual), _by_key(model, expected)
    differences = [f"{model} {key}: unexpected row {left[key]}" for key in left.keys() - right.keys()]
    differences += [f"{model} {key}: no row, expected {right[key]}" for key in right.keys() - left.keys()]
    for key in left.keys() & right.keys():
        differences += [f"{model} {key}: columns {set(left[key]) ^ set(right[key])}"] * (
            set(left[key]) != set(right[key])
        )
        shared = [column for column in left[key] if column in right[key]]
        differences += [
            f"{model} {key} {column}: {left[key][column]!r}, expected {right[key][column]!r}"
            for column in shared
            if not equal(left[key][column], right[key][column])
        ]
    return sorted(differences)


def same(left: object, right: object) -> bool:
    """Return whether two values are equal: quotients to nine digits, money and the rest exactly."""
    if type(left) is not type(right):
        return False
    # The absolute part only accepts a rounding residue in place of the exact 0 of a sum that cancels.
    return isclose(left, right, rel_tol=1e-9, abs_tol=1e-9) if isinstance(left, float) else left == right


def without(rows: Iterable[Row], *columns: str) -> list[Row]:
    """Drop columns."""
    return [{column: value for column, value in row.items() if column not in columns} for row in rows]


def only(rows: Iterable[Row], *columns: str) -> list[Row]:
    """Keep only these columns."""
    return [{column: row[column] for column in columns} for row in rows]


def _by_key(model: str, rows: Iterable[Row]) -> dict[tuple[object, ...], Row]:
    """Index the rows; repeated keys are distinguished by their position."""
    indexed: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = tuple(row[column] for column in (KEYS | KEYS_WITH_LINES | KEYS_WITH_TOUCHES)[model])
        while key in indexed:
            key = (*key, "again")
        indexed[key] = row
    return indexed


def _typed(value: object) -> object:
    if isinstance(value, str):
        for pattern, convert in _TYPED:
            if re.fullmatch(pattern, value):
                return convert(value)
    return value
