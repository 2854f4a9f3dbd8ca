"""The limits of the rules are the published ones, unless a project sets others."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

import pytest

from dataflows.campaigns.campaign_win_back import CampaignRules
from dataflows.intermediate.int_customer_journeys import JourneyRules
from dataflows.intermediate.int_orders import ChannelRules
from dataflows.lib.guests import GuestRules
from dataflows.lib.payment_methods import PaymentRules
from dataflows.lib.product_rules import ProductRules
from dataflows.lib.rfm_rules import RfmRules
from dataflows.lib.statuses import StatusRules
from dataflows.marts.customer_cohorts import CohortRules
from dataflows.marts.customer_cohorts_by import GroupRules
from dataflows.marts.marketing_attribution import AttributionRules
from dataflows.marts.next_best_action import ActionRules
from dataflows.marts.product_affinity import AffinityRules
from dataflows.marts.repeat_purchases import RepeatRules
from dataflows.staging.stg_customer_activity import StageRules
from marketing_ibis.project.compile import compile_dataflow
from marketing_ibis.testing.collect import data_test_fingerprints, declared_data_tests
from tests.remembering import forget
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import dataflow_modules

PUBLISHED: list[tuple[Any, dict[str, object]]] = [
    (
        StatusRules(),
        {"successful": ("completed", "shipped"), "returned": ("returned", "return_pending"), "pending": ("placed",)},
    ),
    (GuestRules(), {"identity": "none"}),
    (
        PaymentRules(),
        {"card": ("credit_card",), "bank": ("bank_transfer",), "promotional": ("coupon",), "gift_cards": ("gift_card",)}
        | {"other": (), "refunds": False},
    ),
    (StageRules(), {"loyal_above_orders": 3}),
    (ChannelRules(), {"social_weekdays": (0, 6), "email_above_cents": 10_000, "new_year_quarter": 1}),
    (CampaignRules(), {"win_back_above_days": 60}),
    (JourneyRules(), {"half_life_days": 7}),
    (AffinityRules(), {"min_customers": 1}),
    (
        ActionRules(),
        {
            "win_back_min_monetary": 4,
            "full_price_above_ratio": 0.5,
            "second_order_within_days": 30,
            "cross_sell_above_lift": 1,
            "cross_sell_min_customers": 5,
            "loyalty_min_monetary": 4,
        },
    ),
    (
        RfmRules(),
        {
            "scoring": "ties",
            "score_groups": 5,
            "champions_min_recency": 4,
            "champions_min_frequency": 4,
            "champions_min_monetary": 4,
            "loyal_min_recency": 3,
            "loyal_min_frequency": 3,
            "loyal_min_monetary": 4,
            "potential_min_recency": 3,
            "potential_min_monetary": 3,
            "new_min_recency": 4,
            "new_max_frequency": 2,
            "promising_min_recency": 3,
            "promising_max_frequency": 2,
            "attention_min_recency": 2,
            "attention_min_frequency": 3,
            "at_risk_max_recency": 2,
            "at_risk_min_frequency": 4,
            "cant_lose_max_recency": 1,
            "cant_lose_min_monetary": 4,
            "hibernating_max_score": 2,
            "high_value_min_monetary": 4,
            "medium_value_min_monetary": 3,
            "highly_engaged_min_recency": 4,
            "highly_engaged_min_frequency": 3,
            "moderately_engaged_min_score": 3,
        },
    ),
    (
        ProductRules(),
        {
            "abc_a_below_percent": 80,
            "abc_b_below_percent": 95,
            "star_max_rank": 5,
            "problem_above_return_rate": 0.2,
            "cash_cow_above_percentile": 0.5,
            "cash_cow_above_repeat_rate": 0.3,
            "new_below_days": 30,
            "declining_above_days": 60,
            "recent_days": 90,
            "declining_below_percent": 50,
            "growth_above_percent": 110,
            "quality_above_return_rate": 0.15,
            "retention_below_repeat_rate": 0.1,
            "promotions_above_ratio": 0.5,
            "awareness_below_penetration": 0.05,
        },
    ),
    (
        CohortRules(),
        {
            "premium_above_retention": 40,
            "premium_above_ltv": 500,
            "high_value_above_retention": 30,
            "high_value_above_ltv": 300,
            "standard_above_retention": 20,
            "standard_above_ltv": 200,
            "below_average_above_retention": 10,
            "activation_until_month": 3,
            "retention_until_month": 6,
            "revenue_until_month": 12,
            "onboarding_below_retention": 50,
            "campaigns_below_retention": 30,
            "win_back_below_retention": 20,
            "loyalty_above_retention": 10,
        },
    ),
    (
        AttributionRules(),
        {
            "revenue_weight": 40,
            "conversion_weight": 30,
            "acquisition_weight": 30,
            "high_performer_above_average": 1.5,
            "growth_driver_above_average": 1.2,
            "premium_above_average": 1.2,
            "efficient_above_average": 1.1,
            "promotion_below_dollars": 50,
            "variety_below_products": 3,
            "acquisition_below_orders": 5,
            "organic_above_orders": 20,
        },
    ),
    (RepeatRules(), {"max_order_number": 5}),
    (GroupRules(), {"min_group_size": 5}),
]


@pytest.mark.parametrize(("rules", "published"), PUBLISHED, ids=lambda value: type(value).__name__)
def test_defaults_are_the_published_limits(rules: Any, published: dict[str, object]) -> None:
    assert asdict(rules) == published


def test_models_read_every_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {(type(rules).__name__, field.name) for rules, _ in PUBLISHED for field in fields(rules)}
    read = set()

    def noted(rules: object, name: str) -> object:
        reader = sys._getframe(1)
        # The project's settings override the fields, and a class checks its own values when it is created.
        if reader.f_globals["__name__"].startswith("dataflows.") and reader.f_code.co_name != "__post_init__":
            read.add((type(rules).__name__, name))
        return object.__getattribute__(rules, name)

    for rules, _ in PUBLISHED:
        monkeypatch.setattr(type(rules), "__getattribute__", noted)
    forget()
    # Data tests accept the values of the rules, too.
    dataflow = compile_dataflow(dataflow_modules(), inputs={"as_of": GOLDEN_AS_OF})
    data_test_fingerprints(dataflow, declared_data_tests(dataflow))
    assert limits <= read


def test_unknown_scoring_is_refused() -> None:
    with pytest.raises(ValueError, match=r"scoring must be 'ties' or 'ntile', not 'quintile'$"):
        RfmRules(scoring="quintile")


@pytest.mark.parametrize("days", [0, -7, float("nan")])
def test_a_half_life_that_is_no_time_is_refused(days: float) -> None:
    with pytest.raises(ValueError, match=rf"half_life_days must be more than 0, not {days}$"):
        JourneyRules(half_life_days=days)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (lambda: CampaignRules(win_back_above_days=-1), "win_back_above_days must not be negative, but is -1"),
        (lambda: ProductRules(recent_days=-90), "recent_days must not be negative, but is -90"),
        (lambda: ProductRules(abc_a_below_percent=96), "abc_a_below_percent is 96, above abc_b_below_percent"),
        (
            lambda: ProductRules(problem_above_return_rate=20),
            "problem_above_return_rate must be between 0 and 1, not 20",
        ),
        (lambda: RepeatRules(max_order_number=0), "max_order_number must be between 1 and 1000, not 0"),
        (lambda: RepeatRules(max_order_number=1001), "max_order_number must be between 1 and 1000, not 1001"),
        (lambda: GroupRules(min_group_size=0), "min_group_size must be at least 1, not 0"),
        (lambda: ActionRules(second_order_within_days=-1), "second_order_within_days must not be negative, but is -1"),
        (lambda: ActionRules(full_price_above_ratio=50), "full_price_above_ratio must be between 0 and 1, not 50"),
        (lambda: AffinityRules(min_customers=0), "min_customers must be at least 1, not 0"),
        (lambda: ProductRules(quality_above_return_rate=float("nan")), "quality_above_return_rate must be between"),
    ],
)
def test_limits_out_of_their_range_are_refused(rules: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        rules()


def test_half_a_day_is_a_half_life() -> None:
    assert JourneyRules(half_life_days=0.5).half_life_days == 0.5
