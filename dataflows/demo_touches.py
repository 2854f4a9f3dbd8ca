"""Generate the touches and the advertising costs of the demo shop, from integers alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.lib.draws import draw, numbered, pick, repeated

MOST_TOUCHES = 5
"""Touches of an order."""
EARLIEST = 40
"""A touch is at most this many days before its order: the earliest ones are not credited to it."""
SECONDS_OF_A_DAY = 86_400
TOUCHES = (
    ("search", "generic"),
    ("search", "brand"),
    ("email", "newsletter"),
    ("social", "spring"),
    ("display", "prospecting"),
    ("affiliate", "partners"),
    ("search", "brand"),
    ("email", None),
)
"""Channel and campaign, frequent ones twice."""
COSTS = {
    ("search", "generic"): 300,
    ("search", "brand"): 60,
    ("email", "newsletter"): 8,
    ("social", "spring"): 220,
    ("display", "prospecting"): 260,
    ("affiliate", "partners"): 90,
    ("tv", "brand"): 150,
}
"""Cents that a campaign costs per order of the shop; who watched television is not known."""


@dataclass(frozen=True, slots=True)
class Draws:
    """What the rows are drawn from: the ``days`` up to ``as_of``, and the seed."""

    days: int
    random_seed: int
    as_of: date

    def draw(self, number: ir.IntegerColumn, purpose: int, sides: int) -> ir.IntegerColumn:
        """Roll a die for each number: 0 to ``sides`` - 1."""
        return draw(number, self.random_seed, purpose, sides)


def touches(order_table: ir.Table, draws: Draws, *, orders: int, customers: int) -> ir.Table:
    """Return up to five touches before each of the orders, and one of each customer on any day."""
    roll = draws.draw(order_table.id, 21, 100)
    parts = ibis.cases((roll < 10, 0), (roll < 25, 1), (roll < 45, 2), (roll < 65, 3), (roll < 85, 4), else_=5)
    split, number = repeated(order_table, parts, MOST_TOUCHES)
    before = draws.draw(number, 22, EARLIEST) // (draws.draw(number, 23, 4) + 1)
    of_orders = _touches(draws, number, split.user_id, split.order_date, before)
    people = numbered(customers)
    number = people.id + orders * MOST_TOUCHES
    of_people = _touches(draws, number, people.id, ibis.date(draws.as_of), draws.draw(people.id, 24, draws.days))
    return split.select(**of_orders).union(people.select(**of_people))


def spend(orders: int, draws: Draws) -> ir.Table:
    """Return the cost of each campaign on each day, which grows with the shop."""
    campaigns, days = list(COSTS), draws.days
    table = numbered(days * len(campaigns))
    place, age = table.id % len(campaigns), (table.id - 1) // len(campaigns)
    percent = draws.draw(table.id, 25, 40) + 80
    cents = pick(place, list(COSTS.values())).cast("int64") * orders
    return table.select(
        "id",
        spend_date=ibis.date(draws.as_of) - age.as_interval("D"),
        channel=pick(place, [channel for channel, _ in campaigns]),
        campaign=pick(place, [campaign for _, campaign in campaigns]),
        amount=cents * (days - age) * 2 * percent // (days * days * 100),
    )


def _touches(
    draws: Draws,
    number: ir.IntegerColumn,
    customer: ir.IntegerColumn,
    day: ir.DateValue,
    days_before: ir.IntegerColumn,
) -> dict[str, ir.Value]:
    seconds = draws.draw(number, 26, SECONDS_OF_A_DAY) - days_before * SECONDS_OF_A_DAY
    place = draws.draw(number, 27, len(TOUCHES))
    return {
        "id": number,
        "customer_id": customer,
        "touched_at": day.cast("timestamp") + seconds.as_interval("s"),
        "channel": pick(place, [channel for channel, _ in TOUCHES]),
        "campaign": pick(place, [campaign or "" for _, campaign in TOUCHES]).nullif(""),
    }
