"""The fit of the lifetime value models has the published parameters, and forecasts follow from their formulas."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from math import isclose, sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, gammaln, hyp2f1

from dataflows.lib.clv_rows import HOLDOUT_DAYS, HORIZON_DAYS, Fit, fit_clv, reason_against
from dataflows.lib.purchase_models import NotConverged, PurchaseModel, fit_purchases, fit_spend
from tests.dataflows.cases import built
from tests.dataflows.simulated_buyers import (
    Habits,
    by_the_model,
    coverage,
    leaving_unnoticed,
    of_uneven_rates,
    punctual,
    simulated_shop,
)
from tests.paths import TESTS
from tests.sources import GOLDEN_AS_OF, Customer, Order, Sources
from tests.warehouse import build_tables

CDNOW = PurchaseModel(0.2426, 4.4136, 0.7929, 2.4259)


def columns_of(file: str) -> list[np.ndarray]:
    """Return the columns of a file of the CDNOW sample: counts of customers of the MIT-licensed package lifetimes."""
    with (TESTS / "data" / file).open() as lines:
        rows = list(csv.reader(lines))[1:]
    return list(np.array(rows, float).T)


def test_the_published_parameters_of_cdnow() -> None:
    frequency, recency, age, buyers = columns_of("cdnow.csv")
    assert buyers.sum() == 2_357
    model = fit_purchases(frequency, recency / 7, age / 7, buyers)
    assert [round(value, 3) for value in (model.r, model.alpha, model.a, model.b)] == [0.243, 4.414, 0.793, 2.426]
    assert round(model.log_likelihood, 1) == -9582.4
    # Another unit of time changes nothing but alpha.
    in_days = fit_purchases(frequency, recency, age, buyers)
    assert isclose(in_days.alpha, 7 * model.alpha, rel_tol=1e-5)
    assert isclose(in_days.r, model.r, rel_tol=1e-5)
    frequency, mean_cents, buyers = columns_of("cdnow_spend.csv")
    spend = fit_spend(frequency, mean_cents / 100, buyers)
    assert [round(value, 2) for value in (spend.p, spend.q, spend.v)] == [6.25, 3.74, 15.45]


def pmf(model: PurchaseModel, x: int, age: float, horizon: float, most: int) -> np.ndarray:
    """Return the distribution of the purchases of a buyer who has not left, from its closed form."""
    r, alpha, a, b = model.r + x, model.alpha + age, model.a, model.b + x
    n = np.arange(most)
    counts = np.exp(gammaln(r + n) - gammaln(r) - gammaln(n + 1)) * (alpha / (alpha + horizon)) ** r
    counts *= (horizon / (alpha + horizon)) ** n
    stayed = np.exp(betaln(a, b + n) - betaln(a, b)) * counts
    more = 1 - np.concatenate([[0.0], np.cumsum(counts)[:-1]])
    left = np.where(n > 0, np.exp(betaln(a + 1, b + np.maximum(n, 1) - 1) - betaln(a, b)) * more, 0)
    result: np.ndarray = stayed + left
    return result


@pytest.mark.parametrize(("x", "age", "horizon"), [(0, 0.0, 5.0), (0, 38.9, 52.0), (2, 38.9, 39.0), (29, 38.0, 80.0)])
def test_expected_purchases_are_those_of_the_formulas(x: int, age: float, horizon: float) -> None:
    (mean,), (variance,) = CDNOW.purchases(np.array([float(x)]), np.array([age]), horizon)
    r, alpha, a, b = CDNOW.r, CDNOW.alpha, CDNOW.a, CDNOW.b
    series = hyp2f1(r + x, b + x, a + b + x - 1, horizon / (alpha + age + horizon))
    formula = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + horizon)) ** (r + x) * series)
    assert isclose(mean, formula, rel_tol=1e-9)
    probabilities, n = pmf(CDNOW, x, age, horizon, 3_000), np.arange(3_000)
    assert isclose(probabilities.sum(), 1, rel_tol=1e-6)
    assert isclose(mean, probabilities @ n, rel_tol=1e-6)
    assert isclose(variance, probabilities @ n**2 - (probabilities @ n) ** 2, rel_tol=1e-4)


def test_a_short_horizon_is_not_lost_in_rounding() -> None:
    (mean,), (variance,) = CDNOW.purchases(np.array([3.0]), np.array([20.0]), 1e-9)
    rate = (CDNOW.r + 3) / (CDNOW.alpha + 20)
    assert isclose(mean, rate * 1e-9, rel_tol=1e-6)
    assert isclose(variance, mean, rel_tol=1e-6)


def test_a_shop_that_no_one_leaves_is_not_fitted() -> None:
    rng = np.random.default_rng(0)
    frequency = rng.poisson(5, 1_000).astype(float)
    with pytest.raises(NotConverged):
        fit_purchases(frequency, np.full(1_000, 99.0), np.full(1_000, 100.0), np.ones(1_000))


FORECAST = ("forecast_clv", "forecast_clv_low", "forecast_clv_high")
ENOUGH = Fit(
    as_of=GOLDEN_AS_OF,
    buyers=500,
    repeat_buyers=100,
    loyal_buyers=10,
    history_days=180,
    repeat_purchases=200,
    holdout_purchases=20,
)


@pytest.mark.parametrize(
    ("fit", "paying", "reason"),
    [
        pytest.param(ENOUGH, 10, "", id="just enough"),
        pytest.param(replace(ENOUGH, buyers=499), 10, "There are 499 buyers, and a fit needs 500.", id="buyers"),
        pytest.param(replace(ENOUGH, buyers=1), 0, "There is 1 buyer, and a fit needs 500.", id="one buyer"),
        pytest.param(replace(ENOUGH, history_days=179), 10, "The orders cover 179 days", id="days"),
        pytest.param(replace(ENOUGH, loyal_buyers=9), 10, "9 buyers ordered on three days or more", id="loyal"),
        pytest.param(ENOUGH, 9, "9 buyers paid for a repeat order", id="paying"),
    ],
)
def test_too_little_is_refused_with_the_reason(fit: Fit, paying: int, reason: str) -> None:
    found = reason_against(fit, paying)
    assert found.startswith(reason)
    assert bool(found) == bool(reason)


def test_no_rows_are_refused() -> None:
    (fit,) = fit_clv([], GOLDEN_AS_OF)
    assert (fit.status, fit.reason) == ("refused", "There are 0 buyers, and a fit needs 500.")


def test_the_forecasts_of_a_shop_follow_from_its_fit() -> None:
    tables = build_tables(simulated_shop(by_the_model, 800, 1).sources, GOLDEN_AS_OF)
    (fit,), summary = tables["clv_fit"], {row["customer_id"]: row for row in tables["rfm_summary"]}
    assert (fit["status"], fit["reason"], fit["buyers"]) == ("fitted", None, 800)
    assert isclose(fit["repeat_purchases_expected"], fit["repeat_purchases"], rel_tol=0.1)
    assert isclose(fit["holdout_purchases_expected"], fit["holdout_purchases"], rel_tol=0.25)
    assert {row["customer_id"] for row in tables["customer_clv"]} == summary.keys()
    forecasts = {row["customer_id"]: row for row in tables["customer_clv"]}
    for row in tables["customers"]:
        assert all(row[name] == forecasts[row["customer_id"]][name] for name in FORECAST)
    for row in tables["customer_clv"][::7]:
        _check_forecast(row, summary[row["customer_id"]], fit)


def _check_forecast(row: dict, buyer: dict, fit: dict) -> None:
    r, alpha, a, b, p, q, v = (fit[name] for name in ("r", "alpha", "a", "b", "p", "q", "v"))
    x, recency, age, t = buyer["frequency"], buyer["recency"] / 7, buyer["t"] / 7, HORIZON_DAYS / 7
    odds = a / (b + x - 1) * ((alpha + age) / (alpha + recency)) ** (r + x) if x else 0
    active = 1 / (1 + odds)
    series = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t))
    purchases = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * series) * active
    value = p * (v + x * buyer["monetary_value"]) / (p * x + q - 1)
    assert isclose(row["active_probability"], active, rel_tol=1e-9)
    assert isclose(row["expected_purchases"], purchases, rel_tol=1e-7)
    assert isclose(row["expected_order_value"], value, rel_tol=1e-9)
    assert isclose(row["forecast_clv"], purchases * value, rel_tol=1e-7)
    assert 0 <= row["forecast_clv_low"] <= row["forecast_clv"] <= row["forecast_clv_high"]
    # A rate of purchases and a spend that vary make the spend vary more than that of a Poisson process.
    assert row["forecast_clv_high"] - row["forecast_clv"] > 1.28 * sqrt(purchases) * value * 0.99


@pytest.mark.parametrize("habits", [by_the_model, punctual, leaving_unnoticed, of_uneven_rates])
@settings(max_examples=1 if settings().derandomize else 20)
@given(seed=st.integers(0, 10_000))
def test_what_buyers_spend_is_mostly_within_the_band(habits: Callable[[Random], Habits], seed: int) -> None:
    shop = simulated_shop(habits, 1_000, seed)
    tables = build_tables(shop.sources, GOLDEN_AS_OF)
    assert tables["clv_fit"][0]["status"] == "fitted"
    figures = coverage(tables["customer_clv"], shop.later_spend)
    assert figures.inside > 0.85
    assert figures.above < 0.12
    # Buyers who leave unnoticed spend less than a model says that has no one leave without a second purchase.
    assert 0.6 < figures.total < 1.35
    assert all(0.5 < ratio < 1.9 for ratio in figures.by_tenth[7:])


def test_days_that_are_held_out_are_not_known_to_the_earlier_fit() -> None:
    last = GOLDEN_AS_OF - timedelta(days=HOLDOUT_DAYS)
    days = [last - timedelta(days=5), last, last + timedelta(days=1), GOLDEN_AS_OF]
    shop = Sources(
        (Customer(1, "Ada", "A."), Customer(2, "Bea", "B.")),
        (
            *(Order(n, 1, day, "completed", "Bike") for n, day in enumerate(days)),
            Order(9, 2, days[2], "completed", "X"),
        ),
        (),
    )
    rows = {row["customer_id"]: row for row in built(shop, GOLDEN_AS_OF)["int_purchase_days"]}
    first = rows[1]
    assert [first[name] for name in ("frequency", "recency_days", "age_days")] == [
        3,
        HOLDOUT_DAYS + 5,
        HOLDOUT_DAYS + 5,
    ]
    assert [first[name] for name in ("earlier_frequency", "earlier_recency_days")] == [1, 5]
    assert [rows[2][name] for name in ("earlier_frequency", "earlier_recency_days")] == [None, None]
    assert built(shop, date(2024, 5, 15))["clv_fit"][0]["holdout_purchases"] == 2
