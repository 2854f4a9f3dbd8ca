"""The reference of marketing_attribution: docs/metrics/marketing_attribution.md."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.reference.arithmetic import clearly_greater, dollars, mean, midnight, quotient
from tests.reference.customer_segmentation import favourite
from tests.reference.intermediate import Fact
from tests.reference.staging import Row

CHANNELS = ("Email Marketing", "New Year Campaign", "Organic", "Promotional Campaign", "Social Media")


@dataclass(frozen=True, slots=True)
class Channel:
    """The conversions of a channel."""

    name: str
    facts: tuple[Fact, ...]

    @property
    def customers(self) -> int:
        """Distinct customers."""
        return len({fact.customer_id for fact in self.facts})

    @property
    def acquisitions(self) -> int:
        """Orders that were their customer's first successful one."""
        return sum(fact.success_sequence == 1 for fact in self.facts)

    @property
    def cents(self) -> int:
        """Revenue."""
        return sum(fact.cents for fact in self.facts)

    @property
    def value(self) -> Fraction:
        """Dollars per conversion."""
        return Fraction(self.cents, 100 * len(self.facts)) if self.facts else Fraction(0)

    @property
    def conversion(self) -> Fraction:
        """Customers per conversion."""
        return Fraction(self.customers, len(self.facts)) if self.facts else Fraction(0)


def marketing_attribution(facts: list[Fact], as_of: date) -> list[Row]:
    """Return one row for each of the five channels."""
    successful = [fact for fact in facts if fact.is_successful]
    channels = [Channel(name, tuple(fact for fact in successful if fact.channel == name)) for name in CHANNELS]
    active = [channel for channel in channels if channel.facts]
    return [
        _measures(channel)
        | _touches(channel.name, successful)
        | {
            "channel_efficiency_score": float(_score(channel, active)),
            "channel_classification": _class(channel, active),
            "optimization_recommendation": _recommendation(channel),
            "analysis_timestamp": midnight(as_of),
        }
        for channel in channels
    ]


def _measures(channel: Channel) -> Row:
    orders = len(channel.facts)
    return {
        "attribution_channel": channel.name,
        "total_conversions": orders,
        "unique_customers": channel.customers,
        "new_customer_acquisitions": channel.acquisitions,
        "total_revenue": dollars(channel.cents),
        "avg_order_value": quotient(channel.cents, 100 * orders),
        "revenue_per_conversion": quotient(channel.cents, 100 * orders),
        "customer_conversion_rate": quotient(channel.customers, orders),
        "top_product": favourite(channel.facts),
        "product_diversity": len({fact.product for fact in channel.facts}),
    }


def _touches(channel: str, successful: list[Fact]) -> Row:
    journeys = defaultdict(list)
    for fact in sorted(successful, key=lambda fact: (fact.day, fact.order_id)):
        journeys[fact.customer_id].append(fact)
    columns: Row = {}
    for name, place in (("first", 0), ("last", -1)):
        touched = [journey for journey in journeys.values() if journey[place].channel == channel]
        columns[f"{name}_touch_customers"] = len(touched)
        columns[f"{name}_touch_revenue"] = dollars(sum(fact.cents for journey in touched for fact in journey))
    return columns


def _score(channel: Channel, active: list[Channel]) -> Fraction:
    if not channel.facts:
        return Fraction(0)
    terms = (
        (40, channel.value, mean(other.value for other in active)),
        (30, channel.conversion, mean(other.conversion for other in active)),
        (30, Fraction(channel.acquisitions), Fraction(sum(other.acquisitions for other in active))),
    )
    return sum((weight * part / whole for weight, part, whole in terms if whole), start=Fraction(0))


def _class(channel: Channel, active: list[Channel]) -> str:
    if not channel.facts:
        return "Standard Channel"
    rules = (
        (Fraction(channel.cents, 100), "1.5", [Fraction(other.cents, 100) for other in active], "High Performer"),
        (Fraction(channel.acquisitions), "1.2", [Fraction(other.acquisitions) for other in active], "Growth Driver"),
        (channel.value, "1.2", [other.value for other in active], "Premium Channel"),
        (channel.conversion, "1.1", [other.conversion for other in active], "Efficient Converter"),
    )
    for own, factor, all_values, name in rules:
        average = mean(all_values)
        if average > 0 and clearly_greater(own, Fraction(factor) * average):
            return name
    return "Standard Channel"


def _recommendation(channel: Channel) -> str:
    if channel.name == "Promotional Campaign" and channel.value < 50:
        return "Review promotion depth, may be over-discounting"
    if channel.name == "Social Media" and len({fact.product for fact in channel.facts}) < 3:
        return "Expand product promotion variety"
    if channel.name == "Email Marketing" and channel.acquisitions < 5:
        return "Focus on acquisition campaigns"
    if channel.name == "Organic" and len(channel.facts) > 20:
        return "High organic performance, invest in SEO"
    return "Optimize channel mix for better ROI"
