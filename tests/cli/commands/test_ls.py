"""`ls`: what it lists, in which order and in which form."""

from __future__ import annotations

import json

import pytest

from tests.invocation import Run
from tests.paths import EXPOSURE_COUNT, MODEL_COUNT

AUDIENCES = ("champions", "first_purchase", "win_back")


def test_ls_lists_in_building_order(run: Run) -> None:
    names = run("ls").output.split()
    assert names[:3] == ["raw_customers", "raw_orders", "raw_payments"]
    assert names.index("int_orders") < names.index("int_order_facts") < names.index("customer_segmentation")
    assert len(names) == MODEL_COUNT + 3 + EXPOSURE_COUNT + len(AUDIENCES)
    assert tuple(names[-len(AUDIENCES) :]) == AUDIENCES


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(
            ("-s", "marts", "--exclude", "tag:rfm"),
            {
                "product_performance",
                "customer_cohorts",
                "marketing_attribution",
                "attribution_touchpoints",
                "attribution_models",
                "attribution_markov",
                "shop_days",
                "repeat_purchases",
                "customer_cohorts_by",
                "rfm_summary",
                "clv_fit",
                "customer_clv",
                "churn_risk",
                "campaign_performance",
                "channel_trends",
                "product_affinity",
                "next_best_action",
            },
            id="layer",
        ),
        pytest.param(
            ("-s", "campaigns"),
            {"campaign_champions", "campaign_win_back", "campaign_first_purchase"},
            id="layer of views",
        ),
        pytest.param(("-s", "exposure:win_back_mailing"), {"win_back_mailing"}, id="exposure"),
        pytest.param(
            ("-s", "1+exposure:channel_dashboard"),
            {"channel_dashboard", "marketing_attribution", "attribution_models"},
            id="what an exposure reads",
        ),
        pytest.param(
            ("-s", "campaign_win_back+", "--resource-type", "exposure"), {"win_back_mailing"}, id="who reads a model"
        ),
        pytest.param(("-s", "tag:rfm"), {"customer_segmentation"}, id="tag"),
        pytest.param(
            ("-s", "stg_customers+1"),
            {
                "stg_customers",
                "int_order_totals",
                "stg_customer_activity",
                "customer_segmentation",
                "product_performance",
            },
            id="children",
        ),
        pytest.param(("-s", "+stg_orders", "--resource-type", "model"), {"stg_orders"}, id="resource type"),
    ],
)
def test_ls_selects(run: Run, arguments: tuple[str, ...], expected: set[str]) -> None:
    assert set(run("ls", *arguments).output.split()) == expected


def test_ls_prints_paths_and_json(run: Run) -> None:
    assert run("ls", "-s", "orders", "--output", "path").output.strip().endswith("dataflows/core/orders.py")
    node = json.loads(run("ls", "-s", "orders", "--output", "json").output)
    assert node["layer"] == "core"


def test_ls_prints_the_dependents_of_a_model(run: Run) -> None:
    node = json.loads(run("ls", "-s", "exposure:win_back_mailing", "--output", "json").output)
    assert (node["kind"], node["exposure_type"], node["owner"]) == ("exposure", "campaign", "crm")
    assert node["parents"] == ["campaign_win_back"]
    assert node["path"].endswith("dataflows/exposures.py")
