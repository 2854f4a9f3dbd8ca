"""The reference of customer_segmentation: docs/metrics/customer_segmentation.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from tests.reference.arithmetic import dollars, midnight, quotient
from tests.reference.intermediate import Fact
from tests.reference.staging import Row

GROUPS = 5
ACTIONS = {
    "Champions": "Reward loyalty, early access to new products",
    "Loyal Customers": "Upsell higher value products",
    "Potential Loyalists": "Membership offers, loyalty programs",
    "New Customers": "Welcome series, onboarding",
    "Promising": "Create brand awareness, free trials",
    "Need Attention": "Reactivation campaigns, limited time offers",
    "At Risk": "Win-back campaigns, feedback surveys",
    "Cant Lose Them": "Win-back with special offers",
    "Hibernating": "Recreation campaigns, new product announcements",
    "Lost": "Consider removing from active campaigns",
}


def customer_segmentation(customers: list[Row], facts: list[Fact], as_of: date, scoring: str) -> list[Row]:
    """Return one row per customer, buyer or not."""
    bought, others = defaultdict(list), defaultdict(list)
    for fact in facts:
        (bought if fact.is_successful else others)[fact.customer_id].append(fact)
    scores = rfm_scores(bought, scoring)
    rows = []
    for customer in customers:
        id = customer["customer_id"]
        activity = _activity(bought[id], as_of)
        labels = labels_of(*scores.get(id, (1, 1, 1)))
        groups = {f"{name}_orders": sum(fact.group == name for fact in others[id]) for name in ("returned", "pending")}
        rows.append(customer | activity | labels | groups | {"analysis_timestamp": midnight(as_of)})
    return rows


def rfm_scores(bought: dict[int, list[Fact]], scoring: str) -> dict[int, tuple[int, int, int]]:
    """Return the three scores of each buyer."""
    metrics = (
        {id: max(fact.day for fact in journey) for id, journey in bought.items()},
        {id: len(journey) for id, journey in bought.items()},
        {id: sum(fact.cents for fact in journey) for id, journey in bought.items()},
    )
    score = _ntile if scoring == "ntile" else _score
    recency, frequency, monetary = (score(metric) for metric in metrics)
    return {id: (recency[id], frequency[id], monetary[id]) for id in bought}


def segment(r: int, f: int, m: int) -> str:
    """Return the first segment whose rule fits."""
    rules = (
        (r >= 4 and f >= 4 and m >= 4, "Champions"),
        (r >= 3 and f >= 3 and m >= 4, "Loyal Customers"),
        (r >= 3 and m >= 3, "Potential Loyalists"),
        (r >= 4 and f <= 2, "New Customers"),
        (r >= 3 and f <= 2, "Promising"),
        (r >= 2 and f >= 3, "Need Attention"),
        (r <= 2 and f >= 4, "At Risk"),
        (r <= 1 and m >= 4, "Cant Lose Them"),
        (r <= 2 and f <= 2 and m <= 2, "Hibernating"),
        (True, "Lost"),
    )
    return next(name for fits, name in rules if fits)


def labels_of(r: int, f: int, m: int) -> Row:
    """Return the columns that are functions of the scores."""
    name = segment(r, f, m)
    engaged = "Highly Engaged" if r >= 4 and f >= 3 else "Moderately Engaged" if r >= 3 or f >= 3 else "Low Engagement"
    return {
        "recency_score": r,
        "frequency_score": f,
        "monetary_score": m,
        "rfm_combined_score": 100 * r + 10 * f + m,
        "customer_segment": name,
        "value_tier": "High Value" if m >= 4 else "Medium Value" if m == 3 else "Low Value",
        "engagement_level": engaged,
        "recommended_action": ACTIONS[name],
    }


def favourite(facts: Iterable[Fact]) -> str | None:
    """Return the product of most orders; then of more revenue; then of the smaller name."""
    money: dict[str, list[int]] = defaultdict(list)
    for fact in facts:
        money[fact.product].append(fact.cents)
    return min(money, key=lambda name: (-len(money[name]), -sum(money[name]), name), default=None)


def _score(metric: dict[int, object]) -> dict[int, int]:
    values = list(metric.values())
    return {id: 1 + GROUPS * sum(other < value for other in values) // len(values) for id, value in metric.items()}


def _ntile(metric: dict[int, object]) -> dict[int, int]:
    """Deal the buyers into five groups, the larger groups first."""
    ordered = sorted(metric, key=lambda buyer: (metric[buyer], buyer))
    size, larger = divmod(len(ordered), GROUPS)
    tiles = [tile for tile in range(1, GROUPS + 1) for _ in range(size + (tile <= larger))]
    return dict(zip(ordered, tiles, strict=True))


def _activity(journey: list[Fact], as_of: date) -> Row:
    days = [fact.day for fact in journey]
    cents, promo = sum(fact.cents for fact in journey), sum(fact.line.promo_cents for fact in journey)
    return {
        "days_since_last_order": (as_of - max(days)).days if days else None,
        "total_orders": len(journey),
        "total_revenue": dollars(cents),
        "avg_order_value": quotient(cents, 100 * len(journey)),
        "first_order_date": min(days, default=None),
        "last_order_date": max(days, default=None),
        "customer_lifespan_days": (max(days) - min(days)).days if days else None,
        "favorite_product": favourite(journey),
        "unique_products_purchased": len({fact.product for fact in journey}),
        "preferred_payment_method": _preferred_method(journey),
        "promotional_spend": dollars(promo),
        "promotional_spend_ratio": quotient(promo, cents),
        "has_purchased": bool(journey),
    }


def _preferred_method(journey: list[Fact]) -> str | None:
    money: dict[str, list[int]] = defaultdict(list)
    for fact in journey:
        for payment in fact.line.payments:
            if payment["payment_method"] is not None:
                money[payment["payment_method"]].append(payment["amount_cents"] or 0)
    return min(money, key=lambda name: (-len(money[name]), -sum(money[name]), name), default=None)
