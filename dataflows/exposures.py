"""Uses of the models outside of this project: dashboards and campaigns."""

from __future__ import annotations

from marketing_ibis.model import exposure

segment_dashboard = exposure(
    type="dashboard",
    owner="marketing-analytics",
    description="Customers by segment, value and cohort: the state of the customer base this week.",
    depends_on=("customer_segmentation", "customer_cohorts"),
    maturity="medium",
)

channel_dashboard = exposure(
    type="dashboard",
    owner="marketing-analytics",
    description="What each channel brings under six attribution models. Channels are a stand-in rule, not traffic.",
    depends_on=("marketing_attribution", "attribution_models"),
    maturity="medium",
)

win_back_mailing = exposure(
    type="campaign",
    owner="crm",
    description="Weekly letter to good customers who have stopped buying.",
    depends_on=("campaign_win_back",),
    maturity="low",
)

loyalty_mailing = exposure(
    type="campaign",
    owner="crm",
    description="Rewards for champions, and the first-purchase offer for those who have yet to buy.",
    depends_on=("campaign_champions", "campaign_first_purchase"),
    maturity="low",
)
