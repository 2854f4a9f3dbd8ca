"""The reference of next_best_action: docs/metrics/next_best_action.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from datetime import date

from tests.reference.arithmetic import midnight
from tests.reference.intermediate import Fact
from tests.reference.staging import Row


def next_best_action(
    segmentation: Iterable[Row],
    churn_risk: Iterable[Row],
    affinity: Iterable[Row],
    facts: Iterable[Fact],
    as_of: date,
    min_customers: int = 5,
) -> list[Row]:
    """Return one row per customer."""
    bands = {row["customer_id"]: row["churn_risk_band"] for row in churn_risk}
    bought: dict[object, set[str]] = defaultdict(set)
    for fact in facts:
        if fact.is_successful:
            bought[fact.customer_id].add(fact.product)
    partners = [row for row in affinity if row["lift"] > 1 and row["customers_both"] >= min_customers]
    rows = []
    for customer in segmentation:
        key = customer["customer_id"]
        offer = _offer(bought[key], partners)
        action = _action(customer, bands.get(key), offer)
        rows.append(
            {
                "customer_id": key,
                "next_best_action": action,
                "cross_sell_product": offer if action == "Cross-sell" else None,
                "analysis_timestamp": midnight(as_of),
            }
        )
    return rows


def _offer(bought: Set[str], partners: Iterable[Row]) -> str | None:
    offers = [row for row in partners if row["product_a"] in bought and row["product_b"] not in bought]
    best = min(offers, key=lambda row: (-row["lift"], -row["support"], row["product_b"].encode()), default=None)
    return best["product_b"] if best else None


def _action(customer: Mapping[str, object], band: object, offer: str | None) -> str:
    if not customer["has_purchased"]:
        if customer["pending_orders"]:
            return "Confirm first order"
        return "Resolve return, offer exchange" if customer["returned_orders"] else "First purchase incentive"
    if band == "High":
        return "Personal win-back" if customer["monetary_score"] >= 4 else "Low-cost win-back"
    if customer["promotional_spend_ratio"] > 0.5:
        return "Full-price value message"
    if customer["total_orders"] == 1 and customer["days_since_last_order"] <= 30:
        return "Second order nudge"
    if offer is not None:
        return "Cross-sell"
    return "Loyalty, early access" if customer["monetary_score"] >= 4 and band == "Low" else "No action"
