"""The best customers, to be rewarded."""

from __future__ import annotations

import ibis.expr.types as ir

from dataflows.lib.expressions import in_order
from dataflows.lib.segments import CHAMPIONS
from dataflows.marts.customer_segmentation import COLUMNS as SEGMENT_COLUMNS
from marketing_ibis.data_tests import accepted_values, not_null, relationships, unique
from marketing_ibis.model import Sum, audience, inherited, model

KEY_TESTS = (unique(), not_null(), relationships("customers", "customer_id"))
"""Tests of the key of every campaign list: no customer is on it twice, and every customer is known."""

COLUMNS = inherited(
    SEGMENT_COLUMNS,
    "customer_id",
    "first_name",
    "last_name",
    "customer_segment",
    "value_tier",
    "total_orders",
    "total_revenue",
    "last_order_date",
    "days_since_last_order",
    "favorite_product",
    "preferred_payment_method",
    "recommended_action",
    tests={"customer_id": KEY_TESTS, "customer_segment": (accepted_values((CHAMPIONS,)),)},
    aggregates={"total_orders": Sum(), "total_revenue": Sum()},
)


champions = audience(
    model="campaign_champions",
    consent="consent",
    owner="crm",
    description="The best customers: a seed for people like them, and a list to reward.",
    identifiers=("email", "phone", "country"),
    destination="meta",
    value="total_revenue",
)


@model(layer="campaigns", grain=("customer_id",), columns=COLUMNS, tags=("campaign",))
def campaign_champions(customer_segmentation: ir.Table) -> ir.Table:
    """Customers to reward: those who bought recently, often and for high amounts, with the action for them.

    Grain: one row per ``customer_id`` in the segment Champions.
    Units: money in dollars, exact; days before ``as_of``.
    Source: docs/metrics/campaigns.md.
    """
    is_champion = customer_segmentation.customer_segment == CHAMPIONS
    return in_order(customer_segmentation.filter(is_champion), COLUMNS)
