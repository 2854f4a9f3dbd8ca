"""Customers with an account and no purchase, to be won for a first one."""

from __future__ import annotations

import ibis.expr.types as ir

from dataflows.campaigns.campaign_champions import KEY_TESTS
from dataflows.core.customers import COLUMNS as CUSTOMER_COLUMNS
from dataflows.lib.expressions import in_order
from marketing_ibis.model import audience, inherited, model

COLUMNS = inherited(
    CUSTOMER_COLUMNS,
    "customer_id",
    "first_name",
    "last_name",
    "number_of_orders",
    "pending_orders",
    "returned_orders",
    "most_recent_order",
    tests={"customer_id": KEY_TESTS},
)


first_purchase = audience(
    model="campaign_first_purchase",
    consent="consent",
    owner="crm",
    description="Accounts without a purchase, for the first-purchase offer.",
    identifiers=("email",),
    destination="klaviyo",
)


@model(layer="campaigns", grain=("customer_id",), columns=COLUMNS, tags=("campaign",))
def campaign_first_purchase(customers: ir.Table) -> ir.Table:
    """Customers to win for a first purchase: those without a successful order.

    Grain: one row per ``customer_id`` that never bought; their orders, if any, are pending or returned.
    Nulls: ``most_recent_order`` of customers without any order.
    Source: docs/metrics/campaigns.md.
    """
    return in_order(customers.filter(~customers.has_purchased), COLUMNS)
