"""The reference of rfm_summary and churn_risk: docs/metrics/churn_risk.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from tests.reference.arithmetic import midnight, quotient
from tests.reference.intermediate import Fact
from tests.reference.staging import Row


def rfm_summary(facts: Iterable[Fact], as_of: date) -> list[Row]:
    """Return one row per buyer: days with successful orders, their span, the age, and mean spend of later days."""
    return [
        {
            "customer_id": customer,
            "frequency": len(spent) - 1,
            "recency": (max(spent) - min(spent)).days,
            "t": (as_of - min(spent)).days,
            "monetary_value": quotient(sum(spent[day] for day in sorted(spent)[1:]), 100 * (len(spent) - 1)),
        }
        for customer, spent in _spent(facts).items()
    ]


def churn_risk(facts: Iterable[Fact], as_of: date) -> list[Row]:
    """Return one row per buyer: the usual gap between days with orders, and how late the next one is."""
    by_customer = {customer: sorted(spent) for customer, spent in _spent(facts).items()}
    gaps = sum(len(days) - 1 for days in by_customer.values())
    spans = sum((days[-1] - days[0]).days for days in by_customer.values())
    pooled = Fraction(spans, gaps) if gaps else Fraction(90)
    return [_risk(customer, days, pooled, as_of) for customer, days in by_customer.items()]


def _risk(customer: object, days: list[date], pooled: Fraction, as_of: date) -> Row:
    own = Fraction((days[-1] - days[0]).days, len(days) - 1) if len(days) > 1 else None
    gap = own or pooled
    overdue = (as_of - days[-1]).days / gap
    score = 100 * overdue / (1 + overdue)
    return {
        "customer_id": customer,
        "expected_gap_days": float(gap),
        "overdue_ratio": float(overdue),
        "churn_risk_score": float(score),
        "churn_risk_band": "High" if score >= 75 else "Medium" if score >= 50 else "Low",
        "average_days_between_orders": None if own is None else float(own),
        "expected_next_order_date": days[-1] + timedelta(floor(gap + Fraction(1, 2))),
        "analysis_timestamp": midnight(as_of),
    }


def _spent(facts: Iterable[Fact]) -> Mapping[object, dict[date, int]]:
    """Return the cents of each buyer's days with successful orders."""
    spent: dict[object, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for fact in facts:
        if fact.is_successful:
            spent[fact.customer_id][fact.day] += fact.cents
    return spent
