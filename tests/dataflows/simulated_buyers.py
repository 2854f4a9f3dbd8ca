"""Shops whose buyers buy, leave and spend by known rules, with what they spend in the year after the forecast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from dataflows.lib.clv_rows import HORIZON_DAYS
from tests.dataflows.comparison import Row
from tests.sources import GOLDEN_AS_OF, Customer, Order, Payment, Sources

HISTORY_DAYS = 730


@dataclass(frozen=True, slots=True)
class Habits:
    """How one buyer buys: the days to the next purchase, the chance of leaving after one, and days until leaving."""

    gap: Callable[[], float]
    leaving: float = 0.0
    days_until_leaving: float = float("inf")


def by_the_model(random: Random) -> Habits:
    """Return habits as BG/NBD has them: purchases at random times, and one chance of leaving after each repeat."""
    rate = random.gammavariate(0.8, 1 / 56)
    return Habits(lambda: random.expovariate(rate), random.betavariate(0.8, 2.5))


def punctual(random: Random) -> Habits:
    """Return habits of regular purchases: gaps vary a third as much as those at random times."""
    mean = 1 / random.gammavariate(0.8, 1 / 56)
    return Habits(lambda: random.gammavariate(9, mean / 9), random.betavariate(0.8, 2.5))


def leaving_unnoticed(random: Random) -> Habits:
    """Return habits of buyers who may leave at any time, also without a second purchase."""
    rate = random.gammavariate(0.8, 1 / 56)
    return Habits(lambda: random.expovariate(rate), days_until_leaving=random.expovariate(1 / 600))


def of_uneven_rates(random: Random) -> Habits:
    """Return habits with rates of a log-normal distribution, which has more of extreme ones."""
    rate = random.lognormvariate(-4.9, 1.2)
    return Habits(lambda: random.expovariate(rate), random.betavariate(0.8, 2.5))


@dataclass(frozen=True, slots=True)
class SimulatedShop:
    """A shop, and the dollars that each of its customers spends in the days after GOLDEN_AS_OF."""

    sources: Sources
    later_spend: Mapping[int, float]


def simulated_shop(habits: Callable[[Random], Habits], buyers: int, seed: int) -> SimulatedShop:
    """Return a shop with buyers of the last two years; the orders of the year after them are not among its sources."""
    random, orders, payments = Random(seed), list[Order](), list[Payment]()
    later = dict.fromkeys(range(1, buyers + 1), 0.0)
    for customer in later:
        first = random.randrange(HISTORY_DAYS)
        mean = 20 / random.gammavariate(4, 1 / 3)
        for day in days_of_purchases(habits(random), random, HISTORY_DAYS + HORIZON_DAYS - first):
            amount = int(100 * mean * random.gammavariate(6, 1 / 6)) + 1
            if first + day >= HISTORY_DAYS:
                later[customer] += amount / 100
                continue
            number = len(orders) + 1
            when = GOLDEN_AS_OF - timedelta(HISTORY_DAYS - 1 - first - day)
            orders.append(Order(number, customer, when, "completed", "Bike"))
            payments.append(Payment(number, number, "credit_card", amount, "Bike"))
    customers = tuple(Customer(number, "Ada", "A.") for number in later)
    return SimulatedShop(Sources(customers, tuple(orders), tuple(payments)), later)


def days_of_purchases(habits: Habits, random: Random, most: int) -> Iterator[int]:
    """Yield the days of the purchases of a buyer from the first one on, each once."""
    time, last = 0.0, -1
    while time < min(most, habits.days_until_leaving):
        if int(time) > last:
            last = int(time)
            yield last
        if time and random.random() < habits.leaving:
            return
        time += habits.gap()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How forecasts came true: shares of buyers in and above the band, and spend relative to what was forecast.

    ``by_tenth`` has this ratio for each tenth of the buyers, from those of the lowest forecast on.
    """

    inside: float
    above: float
    total: float
    by_tenth: tuple[float, ...]


def coverage(forecasts: list[Row], later_spend: Mapping[int, float]) -> Coverage:
    """Compare the rows of customer_clv with what the buyers spent."""
    rows = sorted(forecasts, key=lambda row: (row["forecast_clv"], row["customer_id"]))
    spent = [later_spend[row["customer_id"]] for row in rows]
    pairs = list(zip(rows, spent, strict=True))
    tenths = defaultdict(lambda: [0.0, 0.0])
    for place, (row, amount) in enumerate(pairs):
        sums = tenths[place * 10 // len(rows)]
        sums[0] += amount
        sums[1] += row["forecast_clv"]
    return Coverage(
        sum(row["forecast_clv_low"] - 0.005 <= amount <= row["forecast_clv_high"] for row, amount in pairs) / len(rows),
        sum(amount > row["forecast_clv_high"] for row, amount in pairs) / len(rows),
        sum(spent) / sum(row["forecast_clv"] for row in rows),
        tuple(actual / forecast for actual, forecast in tenths.values()),
    )
