"""The paths of the checkout and of the tests' data."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
DATA = TESTS / "data"
GOLDEN = TESTS / "golden"
GOLDEN_LINES = TESTS / "golden_2"
"""A second example, of a shop with order lines, touches and costs."""
JAFFLE = DATA / "jaffle_shop"
LAYERS = ("staging", "intermediate", "marts", "core", "campaigns")
OPTIONAL_MODELS = (
    *("stg_order_lines", "int_order_lines", "int_order_products"),
    *("stg_touches", "stg_spend", "int_touches", "int_order_touches"),
    *("touch_attribution", "channel_performance", "channel_months", "channel_paths"),
)
"""The models that exist only with an optional source."""
MODEL_COUNT = sum(len(list((ROOT / "dataflows" / layer).glob("[!_]*.py"))) for layer in LAYERS) - len(OPTIONAL_MODELS)
"""How many models the project has without optional sources."""
EXPOSURE_COUNT = 4
