"""What each buyer is expected to spend in the next year."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.intermediate.int_customer_orders import COLUMNS as CUSTOMER_COLUMNS
from dataflows.lib.clv_rows import DAYS_PER_WEEK, FITTED, HORIZON_DAYS
from dataflows.lib.expressions import in_order
from marketing_ibis.data_tests import expression_is_true, non_negative, percentage_range, unique
from marketing_ibis.model import Average, Sum, column, inherited, model

BAND = 1.2815515655446004
"""Standard deviations on either side of the mean of a normal distribution that contain 80% of it."""
SMALLEST_SHAPE = 0.01
"""Below this above 2, the variance of buyers' mean spends is not finite, or nearly so."""
MOST_EXPONENT = 700.0
"""e^700 is a double, and e^710 an error on PostgreSQL."""

COLUMNS = (
    *inherited(CUSTOMER_COLUMNS, "customer_id", tests={"customer_id": (unique(),)}),
    column("as_of", "date", "Day of the forecast."),
    column(
        "active_probability",
        "float64",
        "Probability that the buyer has not left; 1 for buyers of a single day, of whom the model cannot tell.",
        unit="share 0-1",
        tests=(percentage_range(0, 1),),
        aggregate=Average(),
    ),
    column(
        "expected_purchases",
        "float64",
        f"Expected days with a successful order in the next {HORIZON_DAYS} days.",
        unit="days",
        tests=(non_negative(),),
        aggregate=Sum(),
    ),
    column(
        "expected_order_value",
        "float64",
        "Expected spend per day with an order, between the buyer's own and that of all buyers.",
        unit="dollars",
        tests=(non_negative(),),
    ),
    column(
        "forecast_clv",
        "float64",
        f"expected_purchases x expected_order_value: spend in the next {HORIZON_DAYS} days, undiscounted.",
        unit="dollars",
        tests=(non_negative(),),
        aggregate=Sum(),
    ),
    column("forecast_clv_low", "float64", "forecast_clv less 1.28 standard deviations, at least 0.", unit="dollars"),
    column("forecast_clv_high", "float64", "forecast_clv plus 1.28 standard deviations.", unit="dollars"),
)


@model(
    layer="marts",
    grain=("customer_id",),
    columns=COLUMNS,
    tags=("clv", "daily"),
    dist_key="customer_id",
    sort_keys=("customer_id",),
    tests=(
        expression_is_true(
            lambda t: (t.forecast_clv_low <= t.forecast_clv) & (t.forecast_clv <= t.forecast_clv_high),
            "the forecast is inside its band",
        ),
    ),
)
def customer_clv(int_purchase_days: ir.Table, int_clv_purchases: ir.Table, clv_fit: ir.Table, as_of: date) -> ir.Table:
    """Purchases and spend that are expected of each buyer in the next year, with a band.

    Grain: one row per ``customer_id`` with a successful order; none without a fit.
    Units: days with an order, and dollars.
    Source: docs/metrics/customer_clv.md; BG/NBD and Gamma-Gamma (Fader and Hardie). A forecast, not a promise.
    """
    fit = clv_fit.filter(clv_fit.status == FITTED).select("r", "alpha", "a", "b", "p", "q", "v")
    buyers = int_purchase_days.inner_join(int_clv_purchases, ["frequency", "age_days"]).cross_join(fit)
    active = _active_probability(buyers)
    purchases, moment = active * buyers.purchases_if_active, active * _second_moment(buyers)
    value, value_moment = _spend(buyers)
    variance = purchases * value_moment / buyers.p + moment * value_moment - (purchases * value) ** 2.0
    forecast, deviation = purchases * value, BAND * ibis.greatest(variance, 0.0).sqrt()
    return in_order(
        buyers,
        COLUMNS,
        as_of=ibis.date(as_of),
        active_probability=active,
        expected_purchases=purchases,
        expected_order_value=value,
        forecast_clv=forecast,
        forecast_clv_low=ibis.greatest(forecast - deviation, 0.0),
        forecast_clv_high=forecast + deviation,
    )


def _active_probability(buyers: ir.Table) -> ir.FloatingColumn:
    times = [days.cast("float64") / DAYS_PER_WEEK + buyers.alpha for days in (buyers.age_days, buyers.recency_days)]
    exponent = (buyers.r + buyers.frequency.cast("float64")) * (times[0] / times[1]).ln()
    # A buyer of a single day has no repeat purchase after which to leave.
    odds = buyers.a / (buyers.b + ibis.greatest(buyers.frequency, 1).cast("float64") - 1.0)
    probability = 1.0 / (1.0 + odds * ibis.least(exponent, MOST_EXPONENT).exp())
    return (buyers.frequency > 0).ifelse(probability, 1.0)


def _second_moment(buyers: ir.Table) -> ir.FloatingColumn:
    return buyers.variance_if_active + buyers.purchases_if_active**2.0


def _spend(buyers: ir.Table) -> tuple[ir.FloatingColumn, ir.FloatingColumn]:
    """Return the expected spend per purchase day, and the expected square of a buyer's mean."""
    # After refunds, a buyer counts like one who paid nothing.
    paid = ibis.greatest(buyers.later_cents, 0).cast("float64") / 100.0
    shape = buyers.p * buyers.frequency.cast("float64") + buyers.q
    scale = buyers.p * (buyers.v + paid)
    value = scale / (shape - 1.0)
    # Without a finite variance of the means, that of single purchases remains.
    square = scale**2.0 / ((shape - 1.0) * ibis.greatest(shape - 2.0, SMALLEST_SHAPE))
    return value, (shape > 2.0 + SMALLEST_SHAPE).ifelse(square, value**2.0)
