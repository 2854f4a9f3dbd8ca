"""The reference of shop_days: docs/metrics/shop_days.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from tests.reference.arithmetic import dollars, quotient
from tests.reference.intermediate import Fact
from tests.reference.staging import Row


def shop_days(facts: Iterable[Fact], as_of: date) -> list[Row]:
    """Return one row for each day from the first order to ``as_of``."""
    sales = list(facts)
    if not sales:
        return []
    first = min(fact.day for fact in sales)
    days = [first + timedelta(number) for number in range((as_of - first).days + 1)]
    return [_day(sales, day, number) for number, day in enumerate(days)]


def _day(sales: Sequence[Fact], day: date, number: int) -> Row:
    today = [fact for fact in sales if fact.day == day]
    sold = [fact for fact in today if fact.is_successful]
    new = [fact for fact in sold if fact.success_sequence == 1]
    later = [fact for fact in sold if fact.success_sequence != 1]
    returned = [fact for fact in today if fact.group == "returned"]
    recent, previous = _period(sales, day), _cents(_period(sales, day - timedelta(28)))
    growth = quotient(_cents(recent) - previous, previous) if number >= 28 and previous else None
    return {
        "day": day,
        "orders": len(today),
        "successful_orders": len(sold),
        "returned_orders": len(returned),
        "pending_orders": sum(fact.group == "pending" for fact in today),
        "gross_revenue": dollars(_cents(today)),
        "revenue": dollars(_cents(sold)),
        "returned_revenue": dollars(_cents(returned)),
        "promotional_revenue": dollars(sum(fact.line.promo_cents for fact in sold)),
        "new_customers": len(new),
        "returning_customers": len({fact.customer_id for fact in later}),
        "new_customer_revenue": dollars(_cents(new)),
        "returning_customer_revenue": dollars(_cents(later)),
        "avg_order_value": quotient(_cents(sold), 100 * len(sold)) if sold else None,
        "revenue_28d": dollars(_cents(recent)),
        "orders_28d": len(recent),
        "revenue_previous_28d": dollars(previous) if number >= 28 else None,
        "revenue_growth_28d": growth,
    }


def _period(sales: Iterable[Fact], last: date) -> list[Fact]:
    """Return the successful orders of the 28 days that end with ``last``."""
    return [fact for fact in sales if fact.is_successful and 0 <= (last - fact.day).days < 28]


def _cents(facts: Iterable[Fact]) -> int:
    return sum(fact.cents for fact in facts)
