"""The references of repeat_purchases and customer_cohorts_by: docs/metrics, under these names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from statistics import median

from tests.reference.arithmetic import quotient
from tests.reference.customer_cohorts import customer_cohorts
from tests.reference.intermediate import Fact
from tests.reference.staging import Row

COLUMNS = ("cohort_month", "months_since_first_purchase", "cohort_size", "customers_active", "retention_rate")
COLUMNS += ("cohort_revenue", "total_orders", "cumulative_revenue", "cumulative_ltv", "period_month")
COLUMNS += ("is_complete_period",)


def repeat_purchases(facts: Iterable[Fact], as_of: date, last: int = 5) -> list[Row]:
    """Return one row per order number."""
    journeys = [[fact.day for fact in journey] for journey in _journeys(facts).values()]
    return [_row(journeys, number, as_of) for number in range(1, last + 1)]


def _journeys(facts: Iterable[Fact]) -> dict[object, list[Fact]]:
    journeys: dict[object, list[Fact]] = defaultdict(list)
    for fact in sorted((fact for fact in facts if fact.is_successful), key=lambda fact: fact.success_sequence or 0):
        journeys[fact.customer_id].append(fact)
    return journeys


def _row(journeys: Sequence[Sequence[date]], number: int, as_of: date) -> Row:
    reached = [days for days in journeys if len(days) >= number]
    gaps = [(days[number] - days[number - 1]).days for days in reached if len(days) > number]
    row: Row = {
        "order_number": number,
        "customers": len(reached),
        "continued": len(gaps),
        "continuation_rate": quotient(len(gaps), len(reached)) if reached else None,
        "median_days_to_next": float(median(gaps)) if gaps else None,
    }
    for limit in (30, 60, 90, 180, 365):
        eligible = [days for days in reached if (as_of - days[number - 1]).days >= limit]
        soon = [days for days in eligible if len(days) > number and (days[number] - days[number - 1]).days <= limit]
        row[f"eligible_{limit}"] = len(eligible)
        row[f"returned_within_{limit}"] = quotient(len(soon), len(eligible)) if eligible else None
    return row


def customer_cohorts_by(
    facts: Iterable[Fact], as_of: date, products: Mapping[object, str] | None = None, smallest: int = 5
) -> list[Row]:
    """Return the cohorts of the customers of each campaign, channel and product.

    ``products`` are the products of first orders by their order, where these have lines.
    """
    journeys = _journeys(facts)
    attributes: dict[str, Callable[[Fact], object]] = {
        "first_campaign": lambda first: first.campaign,
        "first_channel": lambda first: first.channel,
        "first_product": lambda first: first.product if products is None else products[first.order_id],
    }
    rows = []
    for attribute, value_of in attributes.items():
        values = {customer: value_of(journey[0]) for customer, journey in journeys.items()}
        sizes = Counter(values.values())
        groups: dict[object, list[Fact]] = defaultdict(list)
        for customer, value in values.items():
            groups[value if sizes[value] >= smallest else "(other)"] += journeys[customer]
        for value, group in groups.items():
            labels = {"attribute": attribute, "attribute_value": value}
            rows += [labels | {name: row[name] for name in COLUMNS} for row in customer_cohorts(group, as_of)]
    return rows
