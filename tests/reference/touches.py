"""The reference of observed touches and costs: docs/metrics/touches.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby, pairwise

from tests.reference.arithmetic import dollars, month, month_after, months_between
from tests.reference.intermediate import Fact
from tests.reference.staging import Row, nulls_last
from tests.sources import Cost, Sources, Touch

NONE, UNKNOWN = "(none)", "(unknown)"
MODELS = {
    "First Touch": "first_touch_weight",
    "Last Touch": "last_touch_weight",
    "Linear": "linear_weight",
    "Position Based": "position_based_weight",
    "Time Decay": "time_decay_weight",
    "Shapley": "shapley_weight",
}
LOOKBACK_DAYS = 30


@dataclass(frozen=True, slots=True)
class Contact:
    """A touch in scope."""

    id: int
    customer_id: int
    at: datetime
    channel: str
    campaign: str

    @property
    def day(self) -> date:
        """The day of the touch."""
        return self.at.date()


def touch_tables(sources: Sources, customers: list[Row], facts: list[Fact], as_of: date) -> dict[str, list[Row]]:
    """Return the tables of touches and costs."""
    if sources.touches is None:
        return {} if sources.spend is None else {"stg_spend": _stg_spend(sources.spend)}
    staged, costs = _one_per_id(sources.touches), _one_per_id(sources.spend or ())
    known = {row["customer_id"] for row in customers}
    contacts = sorted(
        (
            Contact(t.id, t.customer_id, t.touched_at, t.channel or UNKNOWN, t.campaign or UNKNOWN)
            for t in staged
            if t.customer_id in known and t.touched_at is not None and t.touched_at.date() <= as_of
        ),
        key=lambda contact: (contact.at, contact.id),
    )
    sales = [fact for fact in facts if fact.is_successful]
    paths: dict[int, list[Contact]] = {sale.order_id: [] for sale in sales}
    uncredited = []
    for contact in contacts:
        order = _credited_order(contact, sales)
        (uncredited if order is None else paths[order]).append(contact)
    spend = [cost for cost in costs if cost.spend_date is not None and cost.spend_date <= as_of]
    credits = [row for sale in sales for row in _credit_rows(sale, paths[sale.order_id])]
    tables = {
        "stg_touches": [_stg_touch(touch) for touch in staged],
        "touch_attribution": credits,
        "channel_performance": _channel_performance(credits, spend),
        "channel_months": _channel_months(credits, contacts, spend, as_of),
        "channel_paths": _channel_paths(sales, paths, uncredited, as_of),
    }
    return tables if sources.spend is None else tables | {"stg_spend": _stg_spend(sources.spend)}


def _one_per_id(rows: Iterable[Touch | Cost]) -> list[Touch | Cost]:
    kept: dict[int, Touch | Cost] = {}
    for row in sorted(rows, key=lambda row: nulls_last(*row[1:])):
        if row.id is not None:
            kept.setdefault(row.id, row)
    return list(kept.values())


def _stg_touch(touch: Touch) -> Row:
    return {
        "touch_id": touch.id,
        "customer_id": touch.customer_id,
        "touched_at": touch.touched_at,
        "touch_date": None if touch.touched_at is None else touch.touched_at.date(),
        "channel": UNKNOWN if touch.channel is None else touch.channel,
        "campaign": UNKNOWN if touch.campaign is None else touch.campaign,
    }


def _stg_spend(spend: Iterable[Cost]) -> list[Row]:
    return [
        {
            "spend_id": cost.id,
            "spend_date": cost.spend_date,
            "channel": UNKNOWN if cost.channel is None else cost.channel,
            "campaign": UNKNOWN if cost.campaign is None else cost.campaign,
            "amount_cents": cost.amount,
            "amount": None if cost.amount is None else dollars(cost.amount),
        }
        for cost in _one_per_id(spend)
    ]


def _credited_order(contact: Contact, sales: Iterable[Fact]) -> int | None:
    later = [sale for sale in sales if sale.customer_id == contact.customer_id and sale.day >= contact.day]
    first = min(later, key=lambda sale: (sale.day, sale.order_id), default=None)
    return first.order_id if first and (first.day - contact.day).days <= LOOKBACK_DAYS else None


def _credit_rows(sale: Fact, path: Sequence[Contact]) -> list[Row]:
    order = {
        "order_id": sale.order_id,
        "customer_id": sale.customer_id,
        "order_date": sale.day,
        "path_length": len(path),
        "is_new_customer": sale.success_sequence == 1,
        "order_revenue": dollars(sale.cents),
    }
    if not path:
        nothing = dict.fromkeys(("touch_id", "touched_at", "touch_date", "days_to_order"))
        weights = dict.fromkeys(MODELS.values(), 1.0)
        return [order | nothing | weights | {"touch_position": 1, "channel": NONE, "campaign": NONE}]
    ages = [(sale.day - contact.day).days for contact in path]
    parts = [2.0 ** (-min(age, 448) / 7) for age in ages]
    counts = Counter(contact.channel for contact in path)
    last = len(path) - 1
    return [
        order
        | {
            "touch_position": place + 1,
            "touch_id": contact.id,
            "touched_at": contact.at,
            "touch_date": contact.day,
            "days_to_order": ages[place],
            "channel": contact.channel,
            "campaign": contact.campaign,
            "first_touch_weight": float(place == 0),
            "last_touch_weight": float(place == last),
            "linear_weight": 1 / len(path),
            "position_based_weight": _position_based(place, last),
            "time_decay_weight": parts[place] / sum(parts),
            "shapley_weight": 1 / len(counts) / counts[contact.channel],
        }
        for place, contact in enumerate(path)
    ]


def _position_based(place: int, last: int) -> float:
    if last <= 1:
        return 1 / (last + 1)
    return 0.4 if place in (0, last) else 0.2 / (last - 1)


def _ratios(spend: int, orders: float, customers: float, revenue: float) -> Row:
    cost = spend / 100
    return {
        "roas": revenue / cost if cost else None,
        "cost_per_order": cost / orders if orders else None,
        "cost_per_new_customer": cost / customers if customers else None,
    }


def _sums(rows: Iterable[Row], weight: str) -> dict[str, float]:
    """Add up the credits as fractions, so that sums that cancel are 0."""
    shares = [(Fraction(row[weight]), row) for row in rows]
    return {
        "credited_orders": float(sum(share for share, _ in shares)),
        "credited_new_customers": float(sum(share for share, row in shares if row["is_new_customer"])),
        "credited_revenue": float(sum(share * Fraction(row["order_revenue"]) for share, row in shares)),
    }


def _channel_performance(credits: list[Row], spend: list[Cost]) -> list[Row]:
    touched, costs = defaultdict(list), Counter()
    for row in credits:
        touched[row["channel"], row["campaign"]].append(row)
    for cost in spend:
        costs[cost.channel or UNKNOWN, cost.campaign or UNKNOWN] += cost.amount or 0
    rows = []
    for model, weight in MODELS.items():
        for pair in touched.keys() | costs.keys():
            sums = _sums(touched[pair], weight)
            rows.append(
                {"attribution_model": model, "channel": pair[0], "campaign": pair[1]}
                | sums
                | {"spend": dollars(costs[pair])}
                | _ratios(costs[pair], *sums.values())
            )
    return rows


def _channel_months(credits: list[Row], contacts: list[Contact], spend: list[Cost], as_of: date) -> list[Row]:
    days = [*(contact.day for contact in contacts), *(cost.spend_date for cost in spend)]
    channels = {*(contact.channel for contact in contacts), *(cost.channel or UNKNOWN for cost in spend)}
    first = month(min(days, default=as_of))
    rows = []
    for channel in channels:
        for number in range(months_between(first, as_of) + 1):
            start = month_after(first, number)
            cents = sum(
                cost.amount or 0
                for cost in spend
                if (cost.channel or UNKNOWN) == channel and month(cost.spend_date) == start
            )
            mine = [c for c in credits if c["touch_id"] and c["channel"] == channel and month(c["touch_date"]) == start]
            sums = _sums(mine, "shapley_weight")
            ratios = _ratios(cents, *sums.values())
            del ratios["cost_per_order"]
            touches = sum(contact.channel == channel and month(contact.day) == start for contact in contacts)
            end = month_after(start, 1) - timedelta(1)
            rows.append(
                {"channel": channel, "month_start": start, "spend": dollars(cents), "touches": touches}
                | sums
                | ratios
                | {"is_complete": (as_of - end).days >= LOOKBACK_DAYS}
            )
    return rows


def _channel_paths(
    sales: list[Fact], paths: dict[int, list[Contact]], uncredited: list[Contact], as_of: date
) -> list[Row]:
    sold, lost = defaultdict(list), Counter()
    for sale in sales:
        sold[path_name(contact.channel for contact in paths[sale.order_id])].append(sale)
    for customer in {contact.customer_id for contact in uncredited}:
        for run in _runs([contact for contact in uncredited if contact.customer_id == customer]):
            if (as_of - run[-1].day).days >= LOOKBACK_DAYS:
                lost[path_name(contact.channel for contact in run)] += 1
    return [
        {
            "path": path,
            "orders": len(sold[path]),
            "buyers": len({sale.customer_id for sale in sold[path]}),
            "revenue": dollars(sum(sale.cents for sale in sold[path])),
            "lost_journeys": lost[path],
            "conversion_rate": len(sold[path]) / (len(sold[path]) + lost[path]),
        }
        for path in sold.keys() | lost.keys()
    ]


def _runs(contacts: Sequence[Contact]) -> list[list[Contact]]:
    runs = [[contacts[0]]]
    for before, contact in pairwise(contacts):
        if (contact.day - before.day).days > LOOKBACK_DAYS:
            runs.append([])
        runs[-1].append(contact)
    return runs


def path_name(channels: Iterable[str]) -> str:
    """Return the path of channels, repeats in a row written once, cut to the last 20."""
    steps = [channel for channel, _ in groupby(channels)]
    return ("... > " if len(steps) > 20 else "") + (" > ".join(steps[-20:]) or NONE)
