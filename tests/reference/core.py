"""The reference of the core tables customers and orders: docs/metrics/staging_and_core.md."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from tests.reference.arithmetic import dollars, month
from tests.reference.intermediate import Fact, OrderLine, is_in_scope
from tests.reference.staging import Row

METHODS = ("credit_card", "coupon", "bank_transfer", "gift_card")
GROUPS = ("successful", "returned", "pending")
SHARED = ("has_purchased", "customer_segment", "value_tier", "engagement_level", "recommended_action")


def core_customers(segmentation: list[Row], facts: list[Fact], churn_risk: list[Row]) -> list[Row]:
    """Return one row per customer."""
    journeys = defaultdict(list)
    for fact in facts:
        journeys[fact.customer_id].append(fact)
    risks = {row["customer_id"]: row for row in churn_risk}
    return [_customer(row, journeys[row["customer_id"]], risks.get(row["customer_id"], {})) for row in segmentation]


def _customer(segment: Row, journey: list[Fact], risk: Row) -> Row:
    successful = [fact for fact in journey if fact.is_successful]
    days = [fact.day for fact in journey]
    names = ("customer_id", "first_name", "last_name", "signed_up_on", *SHARED)
    return {
        **{column: segment[column] for column in names if column in segment},
        "first_order": min(days, default=None),
        "most_recent_order": max(days, default=None),
        "number_of_orders": len(journey),
        "customer_lifetime_value": dollars(sum(fact.cents for fact in journey)),
        "net_lifetime_value": dollars(sum(fact.cents for fact in successful)),
        "average_order_value": segment["avg_order_value"],
        **{f"{group}_orders": sum(fact.group == group for fact in journey) for group in GROUPS},
        "cohort_month": month(successful[0].day) if successful else None,
        "first_touch_channel": successful[0].channel if successful else None,
        "last_touch_channel": successful[-1].channel if successful else None,
        "churn_risk_band": risk.get("churn_risk_band"),
        "expected_next_order_date": risk.get("expected_next_order_date"),
        # Drawn shops are too small for a fit.
        **dict.fromkeys(("forecast_clv", "forecast_clv_low", "forecast_clv_high")),
    }


def core_orders(lines: list[OrderLine], facts: list[Fact], as_of: date) -> list[Row]:
    """Return one row per in-scope order, also of unknown customers."""
    places = {fact.order_id: fact for fact in facts}
    return [_order(line, places.get(line.order["order_id"])) for line in lines if is_in_scope(line, as_of)]


def _order(line: OrderLine, fact: Fact | None) -> Row:
    order = line.order
    amounts = {method: sum(payment["amount_cents"] or 0 for payment in line.paid_by(method)) for method in METHODS}
    return {
        **{name: order[name] for name in ("order_id", "customer_id", "order_date", "status", "order_status_group")},
        "cycle_name": order["product_name"],
        "product_name": order["product_name"],
        **{f"{method}_amount": dollars(cents) for method, cents in amounts.items()},
        "other_amount": dollars(line.cents - sum(amounts.values())),
        "amount": dollars(line.cents),
        "payment_count": len(line.payments),
        "order_sequence": fact.order_sequence if fact else None,
        "attribution_channel": fact.channel if fact else None,
    }
