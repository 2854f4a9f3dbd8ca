"""The reference of attribution_touchpoints and attribution_models: docs/metrics/attribution_touchpoints.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from fractions import Fraction

from tests.reference.arithmetic import dollars, midnight
from tests.reference.intermediate import Fact
from tests.reference.marketing_attribution import CHANNELS
from tests.reference.staging import Row

HALF_LIFE_DAYS = 7


def first_touch(journey: list[Fact]) -> list[float]:
    """Return 1 for the first."""
    return [1.0] + [0.0] * (len(journey) - 1)


def last_touch(journey: list[Fact]) -> list[float]:
    """Return 1 for the last."""
    return [0.0] * (len(journey) - 1) + [1.0]


def linear(journey: list[Fact]) -> list[float]:
    """Return equal shares."""
    return [float(Fraction(1, len(journey)))] * len(journey)


def position_based(journey: list[Fact]) -> list[float]:
    """Return 40 % for the first and the last each, 20 % for those between."""
    if len(journey) <= 2:
        return linear(journey)
    between = float(Fraction(2, 10) / (len(journey) - 2))
    return [0.4, *[between] * (len(journey) - 2), 0.4]


def time_decay(journey: list[Fact]) -> list[float]:
    """Return shares that halve with every half-life before the last touch."""
    powers = [2.0 ** (-(journey[-1].day - fact.day).days / HALF_LIFE_DAYS) for fact in journey]
    return [power / sum(powers) for power in powers]


def shapley(journey: list[Fact]) -> list[float]:
    """Return equal shares of the distinct channels, each shared equally by the channel's touches."""
    channels = [fact.channel for fact in journey]
    return [float(Fraction(1, len(set(channels)) * channels.count(channel))) for channel in channels]


MODELS: dict[str, tuple[str, Callable[[list[Fact]], list[float]]]] = {
    "First Touch": ("first_touch_weight", first_touch),
    "Last Touch": ("last_touch_weight", last_touch),
    "Linear": ("linear_weight", linear),
    "Position Based": ("position_based_weight", position_based),
    "Time Decay": ("time_decay_weight", time_decay),
    "Shapley": ("shapley_weight", shapley),
}


def attribution_touchpoints(facts: list[Fact]) -> list[Row]:
    """Return one row per successful order fact."""
    journeys = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: (fact.day, fact.order_id)):
        if fact.is_successful:
            journeys[fact.customer_id].append(fact)
    return [row for journey in journeys.values() for row in _touches(journey)]


def _touches(journey: list[Fact]) -> list[Row]:
    weights = {column: weigh(journey) for column, weigh in MODELS.values()}
    total = sum(fact.cents for fact in journey)
    return [
        {
            "order_id": fact.order_id,
            "customer_id": fact.customer_id,
            "order_date": fact.day,
            "attribution_channel": fact.channel,
            "campaign_type": fact.campaign,
            "touch_position": place + 1,
            "journey_length": len(journey),
            "is_new_customer": place == 0,
            "revenue": dollars(fact.cents),
            "customer_total_value": dollars(total),
            **{column: shares[place] for column, shares in weights.items()},
        }
        for place, fact in enumerate(journey)
    ]


def attribution_models(touchpoints: list[Row], as_of: date) -> list[Row]:
    """Return the credit that each of the six models gives each of the five channels."""
    rows = []
    for model, (column, _) in MODELS.items():
        for channel in CHANNELS:
            touches = [row for row in touchpoints if row["attribution_channel"] == channel]
            customers = sum(row[column] for row in touches)
            revenue = sum(row[column] * float(row["customer_total_value"]) for row in touches)
            rows.append(
                {
                    "attribution_model": model,
                    "channel": channel,
                    "attributed_customers": float(customers),
                    "attributed_revenue": float(revenue),
                    "attributed_value": revenue / customers if customers else None,
                    "analysis_timestamp": midnight(as_of),
                }
            )
    return rows
