"""The next best actions over all segments: how many customers have each one, and what these have paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from dataflows.report.rows import Action, ActionValue


@dataclass(frozen=True, slots=True)
class ActionTotal:
    """A next best action with the number of its customers and what they have paid so far."""

    name: str
    customers: int = 0
    revenue: Decimal = Decimal(0)
    median: float | None = None
    """Half of its customers have paid this much or less."""
    forecast: float | None = None
    """What its customers are expected to spend, None without a forecast of any."""

    @property
    def per_customer(self) -> Decimal:
        """What one of its customers has paid so far."""
        return self.revenue / self.customers if self.customers else Decimal(0)


def add_up(actions: Iterable[Action], values: Iterable[ActionValue] = ()) -> list[ActionTotal]:
    """Return each action over all segments, the one of most customers first, with the ``values`` of its customers."""
    totals: dict[str, ActionTotal] = {}
    for row in actions:
        total = totals.get(row.name, ActionTotal(row.name))
        totals[row.name] = replace(
            total, customers=total.customers + row.customers, revenue=total.revenue + row.revenue
        )
    for value in values:
        if value.name in totals:
            totals[value.name] = replace(totals[value.name], median=value.median, forecast=value.forecast)
    return sorted(totals.values(), key=lambda total: (-total.customers, total.name))
