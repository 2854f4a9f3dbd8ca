"""The RFM segments by name, and what to do about each (docs/metrics/customer_segmentation.md)."""

from __future__ import annotations

CHAMPIONS = "Champions"
AT_RISK = "At Risk"
CANT_LOSE = "Cant Lose Them"
LOST = "Lost"
ACTIONS = {
    CHAMPIONS: "Reward loyalty, early access to new products",
    "Loyal Customers": "Upsell higher value products",
    "Potential Loyalists": "Membership offers, loyalty programs",
    "New Customers": "Welcome series, onboarding",
    "Promising": "Create brand awareness, free trials",
    "Need Attention": "Reactivation campaigns, limited time offers",
    AT_RISK: "Win-back campaigns, feedback surveys",
    CANT_LOSE: "Win-back with special offers",
    "Hibernating": "Recreation campaigns, new product announcements",
    LOST: "Consider removing from active campaigns",
}
"""What to do about each segment."""
