"""The references of campaign_performance and channel_trends: their pages under docs/metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from tests.reference.arithmetic import dollars, midnight, month, month_after, months_between, quotient
from tests.reference.intermediate import Fact
from tests.reference.staging import Row

CHANNELS = ("Email Marketing", "New Year Campaign", "Organic", "Promotional Campaign", "Social Media")
MARGINS = {"Discount Campaign": 70, "Gift Card Promotion": 60, "Holiday Campaign": 75}


def campaign_performance(facts: Iterable[Fact], as_of: date) -> list[Row]:
    """Return one row per campaign and channel with a successful order."""
    pairs = defaultdict(list)
    for fact in facts:
        if fact.is_successful:
            pairs[fact.campaign, fact.channel].append(fact)
    return [
        {
            "campaign_type": campaign,
            "attribution_channel": channel,
            "campaign_conversions": len(orders),
            "campaign_revenue": dollars(cents := sum(order.cents for order in orders)),
            "campaign_reach": len({order.customer_id for order in orders}),
            "campaign_aov": quotient(cents, 100 * len(orders)),
            "estimated_profit": Decimal(cents * MARGINS.get(campaign, 85)).scaleb(-4),
            "analysis_timestamp": midnight(as_of),
        }
        for (campaign, channel), orders in pairs.items()
    ]


def channel_trends(facts: Iterable[Fact], as_of: date) -> list[Row]:
    """Return one row per channel and month, from the month of the first successful order."""
    sold = [fact for fact in facts if fact.is_successful]
    if not sold:
        return []
    first = min(month(fact.day) for fact in sold)
    months = [month_after(first, number) for number in range(months_between(first, as_of) + 1)]
    return [row for channel in CHANNELS for row in _trend(channel, sold, months, as_of)]


def _trend(channel: str, sold: Iterable[Fact], months: list[date], as_of: date) -> list[Row]:
    cells = [[fact for fact in sold if fact.channel == channel and month(fact.day) == start] for start in months]
    cents = [sum(fact.cents for fact in cell) for cell in cells]
    return [
        {
            "attribution_channel": channel,
            "order_month": start,
            "monthly_conversions": len(cells[number]),
            "monthly_revenue": dollars(cents[number]),
            "mom_growth_rate": quotient(cents[number] - cents[number - 1], cents[number - 1])
            if number and cents[number - 1]
            else None,
            "analysis_timestamp": midnight(as_of),
        }
        for number, start in enumerate(months)
    ]
