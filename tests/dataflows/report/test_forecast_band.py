"""Bands of the forecast cover what simulated buyers spend in the year after it, also where the models are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import sqrt
from random import Random

import numpy as np

from dataflows.lib.clv_rows import DAYS_PER_WEEK, HOLDOUT_DAYS, HORIZON_DAYS
from dataflows.lib.purchase_models import PurchaseModel, fit_purchases, fit_spend
from dataflows.marts.customer_clv import BAND
from dataflows.report.forecast import band, model_error
from dataflows.report.rows import Forecast, SegmentForecast
from tests.dataflows.simulated_buyers import (
    HISTORY_DAYS,
    Habits,
    by_the_model,
    days_of_purchases,
    leaving_unnoticed,
    of_uneven_rates,
    punctual,
)

Numbers = np.ndarray
HABITS = (by_the_model, punctual, leaving_unnoticed, of_uneven_rates)
BUYERS, SHOPS = 1_000, 3
"""Buyers of each shop, and shops of each kind of buyers."""


@dataclass(frozen=True)
class Buyers:
    """Statistics of buyers: purchase days after the first, days from the first to the last, days since the first.

    ``later`` is what they spent after the first day, ``next_year`` what they spend in the year after the forecast.
    """

    frequency: Numbers
    recency: Numbers
    age: Numbers
    later: Numbers
    next_year: Numbers

    def before(self, days: list[list[int]]) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Return frequency, recency and age before the days that are held out, and the purchases of these days."""
        last = HISTORY_DAYS - HOLDOUT_DAYS
        splits = [(own, [day for day in own if day < last]) for own in days]
        rows = [
            (len(early) - 1, early[-1] - early[0], last - 1 - early[0], sum(day < HISTORY_DAYS for day in own))
            for own, early in splits
            if early
        ]
        frequency, recency, age, purchases = np.array(rows, float).T
        return frequency, recency, age, purchases - frequency - 1


def simulated(habits: Callable[[Random], Habits], seed: int) -> tuple[Buyers, list[list[int]]]:
    """Return buyers of the last two years, and the days of their purchases up to a year later."""
    random, rows, days = Random(seed), [], []
    for _ in range(BUYERS):
        first, mean = random.randrange(HISTORY_DAYS), 20 / random.gammavariate(4, 1 / 3)
        own = [first + day for day in days_of_purchases(habits(random), random, HISTORY_DAYS + HORIZON_DAYS - first)]
        spend = [mean * random.gammavariate(6, 1 / 6) for _ in own]
        number = sum(day < HISTORY_DAYS for day in own)
        sums = sum(spend[1:number]), sum(spend[number:])
        rows.append((number - 1, own[number - 1] - first, HISTORY_DAYS - 1 - first, *sums))
        days.append(own)
    return Buyers(*np.array(rows, float).T), days


def forecast(buyers: Buyers) -> tuple[PurchaseModel, Numbers, Numbers]:
    """Return the fit, and mean and variance of what each buyer spends, by the formulas of customer_clv."""
    weeks = buyers.recency / DAYS_PER_WEEK, buyers.age / DAYS_PER_WEEK
    model = fit_purchases(buyers.frequency, *weeks, np.ones(BUYERS))
    paying = buyers.frequency > 0
    means = buyers.later[paying] / buyers.frequency[paying]
    spend = fit_spend(buyers.frequency[paying], means, np.ones(paying.sum()))
    active = model.active_probability(buyers.frequency, *weeks)
    mean, variance = model.purchases(buyers.frequency, weeks[1], HORIZON_DAYS / DAYS_PER_WEEK)
    purchases, moment = active * mean, active * (variance + mean**2)
    shape, scale = spend.p * buyers.frequency + spend.q, spend.p * (spend.v + buyers.later)
    value = scale / (shape - 1)
    square = np.where(shape > 2.01, scale**2 / ((shape - 1) * np.maximum(shape - 2, 0.01)), value**2)
    return model, purchases * value, purchases * square / spend.p + moment * square - (purchases * value) ** 2


def holdout(buyers: Buyers, days: list[list[int]], near: PurchaseModel) -> Forecast:
    """Return how a fit without the last days forecasts these."""
    frequency, recency, age, later = buyers.before(days)
    recency, age = recency / DAYS_PER_WEEK, age / DAYS_PER_WEEK
    model = fit_purchases(frequency, recency, age, np.ones(len(frequency)), near)
    expected, _ = model.purchases(frequency, age, HOLDOUT_DAYS / DAYS_PER_WEEK)
    active = model.active_probability(frequency, recency, age)
    return Forecast(None, BUYERS, int(later.sum()), float(active @ expected))


def sums(habits: Callable[[Random], Habits], seed: int) -> Iterator[tuple[bool, bool, bool]]:
    """Yield whether a sum is of all buyers, whether what they spend is in its band, and in one of chance alone."""
    buyers, days = simulated(habits, seed)
    model, spend, variance = forecast(buyers)
    since = buyers.age - buyers.recency
    recent = np.searchsorted(np.quantile(since, [1 / 3, 2 / 3]), since)
    segments = 3 * recent + np.digitize(buyers.frequency, [1, 3])
    members = [segments == number for number in np.unique(segments)]
    rows = [
        SegmentForecast(str(n), int(own.sum()), 0.0, spend[own].sum(), BAND**2 * variance[own].sum())
        for n, own in enumerate(members)
    ]
    error = model_error([holdout(buyers, days, model)])
    everyone = np.ones(BUYERS, bool)
    for part, own in ((rows, everyone), *(([row], own) for row, own in zip(rows, members, strict=True))):
        spent, (low, high) = buyers.next_year[own].sum(), band(part, rows, error)
        by_chance = sqrt(sum(row.squares for row in part))
        yield own is everyone, low <= spent <= high, abs(spent - spend[own].sum()) <= by_chance


def test_four_of_five_sums_of_simulated_shops_are_in_their_bands() -> None:
    found = [row for habits in HABITS for seed in range(SHOPS) for row in sums(habits, seed)]
    wholes, inside, by_chance = np.array(found).T
    # A band that is much too wide would say as little as one that is too narrow.
    assert 0.8 <= inside.mean() <= 0.95
    assert inside[wholes].mean() >= 0.8
    assert inside[~wholes].mean() >= 0.8
    assert by_chance.mean() < 0.7
