"""Good customers who have stopped buying, to be won back."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from dataflows.campaigns.campaign_champions import COLUMNS as CAMPAIGN_COLUMNS
from dataflows.campaigns.campaign_champions import KEY_TESTS
from dataflows.lib.expressions import in_order
from dataflows.lib.limits import check_limits
from dataflows.lib.segments import AT_RISK, CANT_LOSE
from marketing_ibis.data_tests import accepted_values, not_null
from marketing_ibis.model import Sum, audience, inherited, model

COLUMNS = inherited(
    CAMPAIGN_COLUMNS,
    tests={
        "customer_id": KEY_TESTS,
        "customer_segment": (accepted_values((AT_RISK, CANT_LOSE)),),
        "days_since_last_order": (not_null(),),
    },
    aggregates={"total_orders": Sum(), "total_revenue": Sum()},
)


@dataclass(frozen=True, slots=True)
class CampaignRules:
    """When a customer is on the win-back list."""

    win_back_above_days: int = 60
    """A customer is on the list after more than this many days without an order."""

    def __post_init__(self) -> None:
        check_limits(self)


win_back = audience(
    model="campaign_win_back",
    consent="consent",
    owner="crm",
    description="Good customers who have stopped buying; one in ten is held out, to measure the effect.",
    identifiers=("email", "phone", "country"),
    destination="google",
    holdout=0.1,
    value="total_revenue",
    order_condition="attribution_channel IS NOT NULL",
)


@model(layer="campaigns", grain=("customer_id",), columns=COLUMNS, tags=("campaign",))
def campaign_win_back(customer_segmentation: ir.Table, campaign_rules: CampaignRules = CampaignRules()) -> ir.Table:
    """Customers to win back: those who bought often or for high amounts, but not recently.

    Grain: one row per ``customer_id`` of At Risk or Cant Lose Them, without an order for more than
    {campaign_rules.win_back_above_days} days.
    Units: money in dollars, exact; days before ``as_of``.
    Source: docs/metrics/campaigns.md.
    """
    is_leaving = customer_segmentation.customer_segment.isin((AT_RISK, CANT_LOSE))
    is_away = customer_segmentation.days_since_last_order > campaign_rules.win_back_above_days
    return in_order(customer_segmentation.filter(is_leaving & is_away), COLUMNS)
