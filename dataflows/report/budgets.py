"""More or less budget for each observed channel: what its cost returns, next to that of the other channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import sqrt
from typing import NamedTuple

from dataflows.report.chance import LEAST, critical_value, is_clear_count, is_enough
from dataflows.report.rows import FundingMonth
from marketing_ibis.report.wording import count, money, percent, share

MORE, LESS, KEEP, UNCLEAR = "more", "less", "keep", "unclear"
ACTIONS = (MORE, LESS, KEEP, UNCLEAR)
SMALL = 0.05
"""A channel with a smaller share of the cost does not show what a larger budget would return."""
ROSE, FELL, SIMILAR, TOO_FEW = "rose", "fell", "within chance", "too little data"


class Funding(NamedTuple):
    """A channel over several months."""

    name: str
    spend: Decimal
    touches: int
    orders: float
    customers: float
    revenue: float

    @property
    def is_silent(self) -> bool:
        """Whether there is a cost without any observed touch, so that its effect is unknown."""
        return self.spend > 0 and not self.touches

    @property
    def whole_orders(self) -> int:
        """The credited orders as a whole number: shares of orders vary at most as much as so many orders."""
        return int(self.orders)

    @property
    def is_known(self) -> bool:
        """Whether there are a cost, touches and enough orders to say what the cost returns."""
        return self.spend > 0 and self.touches > 0 and is_enough(self.whole_orders)

    @property
    def roas(self) -> float | None:
        """Credited revenue per dollar of cost; None without cost or without touch."""
        return self.revenue / float(self.spend) if self.spend > 0 and self.touches else None

    @property
    def customer_cost(self) -> float | None:
        """Cost per credited new customer; None without one."""
        return float(self.spend) / self.customers if self.customers > 0 and self.spend > 0 else None


class Verdict(NamedTuple):
    """What to do with the budget of a channel, why, and how its orders per dollar changed."""

    channel: Funding
    action: str
    reason: str
    change: str


def add_up(months: Sequence[FundingMonth]) -> list[Funding]:
    """Return each channel over all of ``months``, the one with the highest cost first."""
    names = {row.channel for row in months}
    result = [_total([row for row in months if row.channel == name], name) for name in names]
    return sorted(result, key=lambda row: (-row.spend, -row.revenue, row.name))


def verdicts(channels: Sequence[Funding], earlier: Sequence[Funding] = ()) -> list[Verdict]:
    """Return the verdict on each of ``channels``; ``earlier`` are the same ones in the months to compare with.

    All tests share the error: each known channel against its own cost, against the others, and against itself earlier.
    """
    before = {row.name: row for row in earlier if row.is_known}
    known = [row for row in channels if row.is_known]
    tests = 2 * len(known) + sum(row.name in before for row in known)
    changes = {row.name: _change(row, before, tests) for row in channels}
    return [Verdict(row, *_decision(row, channels, changes[row.name], tests), changes[row.name]) for row in channels]


def _decision(channel: Funding, channels: Sequence[Funding], change: str, tests: int) -> tuple[str, str]:
    """Return what to do with the budget of a channel, and why."""
    if channel.spend <= 0:
        return UNCLEAR, "no cost is recorded"
    if channel.is_silent:
        return UNCLEAR, "no touch is observed, so that the effect is unknown"
    if not channel.is_known:
        return UNCLEAR, f"credited with {count(channel.whole_orders, 'order')}, and {LEAST} are needed"
    if _is_loss(channel, tests):
        return LESS, "credited with clearly less revenue than it costs"
    cost = sum((row.spend for row in channels), Decimal(0))
    large = [row for row in channels if row.is_known and (share(row.spend, cost) or 0) >= SMALL]
    others = _total([row for row in large if row is not channel])
    if not others.is_known:
        return UNCLEAR, "no other channel with as many orders to compare it with"
    return _compared(channel, others, change, tests, part=share(channel.spend, cost) or 0.0)


def _compared(channel: Funding, others: Funding, change: str, tests: int, *, part: float) -> tuple[str, str]:
    """Return the decision on a channel that is ``part`` of the cost, next to ``others`` together."""
    text = f"the others together return {money(round(others.roas or 0, 2))} per dollar"
    if not _is_clear(channel, others, tests):
        return KEEP, f"{text}; the orders per dollar do not clearly differ"
    is_more = _per_dollar(channel) > _per_dollar(others)
    if is_more != ((channel.roas or 0) > (others.roas or 0)):
        return (
            KEEP,
            f"{text}; the orders per dollar are clearly {'more' if is_more else 'fewer'}, but their value is not",
        )
    if not is_more:
        return LESS, f"{text}, with clearly more orders per dollar"
    if part < SMALL:
        return KEEP, f"only {percent(part)} of the cost, which does not show what a larger budget would return"
    if change == FELL:
        return KEEP, f"{text}, with clearly fewer orders per dollar; but those of this channel clearly fell"
    return MORE, f"{text}, with clearly fewer orders per dollar"


def _change(channel: Funding, before: Mapping[str, Funding], tests: int) -> str:
    """Return how the orders per dollar of a channel changed."""
    earlier = before.get(channel.name)
    if earlier is None or not channel.is_known:
        return TOO_FEW
    if not _is_clear(channel, earlier, tests):
        return SIMILAR
    return ROSE if _per_dollar(channel) > _per_dollar(earlier) else FELL


def _is_clear(channel: Funding, other: Funding, tests: int) -> bool:
    return is_clear_count(
        channel.whole_orders, float(channel.spend), other.whole_orders, float(other.spend), comparisons=tests
    )


def _is_loss(channel: Funding, tests: int) -> bool:
    """Return whether the revenue is below the cost by more than the number of orders varies by chance."""
    highest = channel.revenue * (1 + critical_value(tests) / sqrt(channel.whole_orders))
    return highest < float(channel.spend)


def _per_dollar(channel: Funding) -> float:
    return channel.orders / float(channel.spend)


def _total(rows: Sequence[Funding | FundingMonth], name: str = "") -> Funding:
    return Funding(
        name,
        sum((row.spend for row in rows), Decimal(0)),
        sum(row.touches for row in rows),
        sum(row.orders for row in rows),
        sum(row.customers for row in rows),
        sum(row.revenue for row in rows),
    )
