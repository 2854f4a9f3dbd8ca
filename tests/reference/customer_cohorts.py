"""The reference of customer_cohorts: docs/metrics/customer_cohorts.md."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.reference.arithmetic import (
    clearly_greater,
    dollars,
    mean,
    midnight,
    month,
    month_after,
    months_between,
    quotient,
)
from tests.reference.intermediate import Fact
from tests.reference.staging import Row

SETTLED_MONTHS = 6
QUALITIES = ((40, 500, "Premium"), (30, 300, "High Value"), (20, 200, "Standard"))


@dataclass(frozen=True, slots=True)
class Cohort:
    """The buyers of one month with their successful orders."""

    first_month: date
    buyers: frozenset[int]
    facts: tuple[Fact, ...]
    as_of: date

    @property
    def age(self) -> int:
        """Months from the cohort's to that of ``as_of``."""
        return months_between(self.first_month, self.as_of)

    @property
    def ltv(self) -> Fraction:
        """Revenue per buyer so far, in dollars."""
        return Fraction(sum(fact.cents for fact in self.facts), 100 * len(self.buyers))

    def orders(self, k: int) -> list[Fact]:
        """Return the orders of the k-th month."""
        return [fact for fact in self.facts if months_between(self.first_month, fact.day) == k]

    def active(self, k: int) -> int:
        """Count the buyers who ordered in the k-th month."""
        return len({fact.customer_id for fact in self.orders(k)})

    def is_complete(self, k: int) -> bool:
        """Return whether the k-th month is over at the end of ``as_of``."""
        return month_after(self.first_month, k + 1) - timedelta(days=1) <= self.as_of

    def retention(self, months: int) -> Fraction | None:
        """Return the mean percentage of active buyers over the complete ones of the first ``months`` months."""
        complete = [k for k in range(1, min(months, self.age) + 1) if self.is_complete(k)]
        return mean(Fraction(100 * self.active(k), len(self.buyers)) for k in complete) if complete else None


def customer_cohorts(facts: list[Fact], as_of: date) -> list[Row]:
    """Return every month of every cohort, idle ones included."""
    journeys = defaultdict(list)
    for fact in facts:
        if fact.is_successful:
            journeys[fact.customer_id].append(fact)
    acquired = defaultdict(set)
    for customer_id, journey in journeys.items():
        acquired[month(min(fact.day for fact in journey))].add(customer_id)
    cohorts = [
        Cohort(first, frozenset(buyers), tuple(fact for id in buyers for fact in journeys[id]), as_of)
        for first, buyers in acquired.items()
    ]
    return [row for cohort in cohorts for row in _rows(cohort)]


def _rows(cohort: Cohort) -> list[Row]:
    constant, cumulative, rows = _constants(cohort), 0, []
    for k in range(cohort.age + 1):
        cumulative += sum(fact.cents for fact in cohort.orders(k))
        running = {
            "cumulative_revenue": dollars(cumulative),
            "cumulative_ltv": quotient(cumulative, 100 * len(cohort.buyers)),
        }
        rows.append(_month(cohort, k) | running | constant)
    return rows


def _constants(cohort: Cohort) -> Row:
    """Return the columns that are the same in all rows of a cohort."""
    short, long = cohort.retention(6), cohort.retention(12)
    return {
        "cohort_month": cohort.first_month,
        "cohort_size": len(cohort.buyers),
        "cohort_ltv": float(cohort.ltv),
        "cohort_age_months": cohort.age,
        "avg_6m_retention": None if short is None else float(short),
        "avg_12m_retention": None if long is None else float(long),
        "top_3_products": ", ".join(_top_products(cohort, 3)),
        "cohort_quality": _quality(short, cohort.ltv),
        "is_cohort_quality_provisional": sum(cohort.is_complete(k) for k in range(1, cohort.age + 1)) < SETTLED_MONTHS,
        "analysis_timestamp": midnight(cohort.as_of),
    }


def _month(cohort: Cohort, k: int) -> Row:
    orders, size, active = cohort.orders(k), len(cohort.buyers), cohort.active(k)
    cents = sum(fact.cents for fact in orders)
    return {
        "months_since_first_purchase": k,
        "customers_active": active,
        "retention_rate": quotient(100 * active, size),
        "cohort_revenue": dollars(cents),
        "avg_order_value": quotient(cents, 100 * len(orders)) if orders else None,
        "total_orders": len(orders),
        "revenue_per_original_customer": quotient(cents, 100 * size),
        "revenue_per_active_customer": quotient(cents, 100 * active) if active else None,
        "period_month": month_after(cohort.first_month, k),
        "is_complete_period": cohort.is_complete(k),
        "retention_stage": _retention_stage(k),
        "marketing_action": _action(k, quotient(100 * active, size), is_complete=cohort.is_complete(k)),
    }


def _top_products(cohort: Cohort, count: int) -> list[str]:
    cents: dict[str, int] = defaultdict(int)
    for fact in cohort.facts:
        cents[fact.product] += fact.cents
    return sorted(cents, key=lambda name: (-cents[name], name))[:count]


def _quality(retention: Fraction | None, ltv: Fraction) -> str:
    if retention is None:
        return "Standard"
    for percent, value, name in QUALITIES:
        if clearly_greater(retention, percent) and clearly_greater(ltv, value):
            return name
    return "Below Average" if clearly_greater(retention, 10) else "At Risk"


def _retention_stage(k: int) -> str:
    last_months = ((0, "Acquisition"), (3, "Activation"), (6, "Retention"), (12, "Revenue"))
    return next((name for last, name in last_months if k <= last), "Referral")


def _action(k: int, rate: float, *, is_complete: bool) -> str:
    if k == 0:
        return "Focus on onboarding experience"
    if is_complete and k == 1 and rate < 50:
        return "Improve first month experience"
    if is_complete and 2 <= k <= 3 and rate < 30:
        return "Launch retention campaigns"
    if is_complete and 4 <= k <= 6 and rate < 20:
        return "Implement win-back strategies"
    if is_complete and k > 12 and rate > 10:
        return "Focus on loyalty programs"
    return "Monitor performance"
