"""The credit that six attribution models give each channel."""

from __future__ import annotations

from datetime import date
from math import log

import ibis
import ibis.expr.types as ir

from dataflows.intermediate.int_customer_journeys import MOST_HALF_LIVES
from dataflows.intermediate.int_orders import CHANNELS
from dataflows.lib.expressions import CREDIT, constant_table, exact_sum, midnight
from dataflows.marts.attribution_touchpoints import WEIGHTS
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import accepted_values, sum_equals, total, unique_combination_of_columns
from marketing_ibis.model import Ratio, Sum, column, model

TIME_DECAY = WEIGHTS["Time Decay"]
SMALLEST_UNSCALED = 2.0**-32
"""Shares and credits from this size on have enough digits as decimals."""

PER_MODEL = Sum(per=("attribution_model",))
"""Each model credits everything."""

COLUMNS = (
    column(
        "attribution_model",
        "string",
        f"{', '.join(list(WEIGHTS)[:-1])} or Shapley.",
        width=32,
        tests=(accepted_values(tuple(WEIGHTS)),),
    ),
    column(
        "channel",
        "string",
        "One of five channels, by a stand-in rule on the order, not observed traffic.",
        width=32,
        tests=(accepted_values(CHANNELS),),
    ),
    column(
        "attributed_customers",
        "float64",
        "Sum of the weights of the channel's touches.",
        unit="customers",
        tests=(sum_equals(total(shop_totals, "buyers", times=len(WEIGHTS)), "6 x buyers"),),
        aggregate=PER_MODEL,
    ),
    column(
        "attributed_revenue",
        "float64",
        "Sum of the weights times the whole revenue of the touched buyer.",
        unit="dollars",
        tests=(sum_equals(total(shop_totals, "net", times=len(WEIGHTS)), "6 x NET (each model credits all revenue)"),),
        aggregate=PER_MODEL,
    ),
    column(
        "attributed_value",
        "float64",
        "attributed_revenue / attributed_customers; NULL when no customer is attributed.",
        nullable=True,
        unit="dollars",
        aggregate=Ratio("attributed_revenue", "attributed_customers"),
    ),
    column("analysis_timestamp", "timestamp", "as_of at midnight."),
)


@model(
    layer="marts",
    grain=("attribution_model", "channel"),
    columns=COLUMNS,
    tags=("attribution", "daily"),
    sort_keys=("attribution_model", "channel"),
    tests=(unique_combination_of_columns(("attribution_model", "channel")),),
)
def attribution_models(attribution_touchpoints: ir.Table, as_of: date) -> ir.Table:
    """Customers and revenue that each attribution model credits each channel with.

    Grain: one row per ``attribution_model`` and ``channel``: always six times five.
    Units: customers and dollars, in shares; each model adds up to all buyers and to all their revenue.
    Nulls: ``attributed_value`` of a channel without attributed customers.
    Source: docs/metrics/attribution_models.md. The channel is a stand-in rule, not observed traffic.
    """
    touches = _with_scales(attribution_touchpoints)
    channels = constant_table("channel", CHANNELS).left_join(_credits(touches), "channel", rname="{name}_of_credits")
    credits = constant_table("attribution_model", WEIGHTS).cross_join(channels)
    customers, revenue = _credit(credits, "customers"), _credit(credits, "revenue")
    return credits.select(
        "attribution_model",
        "channel",
        attributed_customers=customers,
        attributed_revenue=revenue,
        attributed_value=revenue / customers.nullif(0.0),
        analysis_timestamp=midnight(as_of),
    )


def _with_scales(touchpoints: ir.Table) -> ir.Table:
    """Return the touches with the scales at which the credits of Time Decay in their channel are added up.

    Only that model gives shares of any size: in a channel whose touches are all long ago, even the largest share may
    be too small for a decimal.
    """
    weight, value = touchpoints[TIME_DECAY], touchpoints.customer_total_value.cast("float64")
    largest = touchpoints.group_by(channel=touchpoints.attribution_channel).agg(
        share=weight.max(), credit=(weight * value).abs().max()
    )
    scales = largest.select("channel", customers_scale=_scale(largest.share), revenue_scale=_scale(largest.credit))
    return touchpoints.inner_join(scales, touchpoints.attribution_channel == scales.channel)


def _scale(largest: ir.FloatingColumn) -> ir.FloatingColumn:
    """Return the power of two that brings a small number near 1, which loses nothing; 1 for any other."""
    # The logarithm of 0 is an error, and so is a power beyond the range of doubles.
    half_lives = (-largest.nullif(0.0).ln() / log(2)).floor()
    exponent = ibis.least(half_lives, MOST_HALF_LIVES).fill_null(0).cast("float64")
    return (largest >= SMALLEST_UNSCALED).ifelse(1.0, ibis.literal(2.0) ** exponent)


def _credits(touches: ir.Table) -> ir.Table:
    value = touches.customer_total_value.cast("float64")
    sums = {}
    for weight in WEIGHTS.values():
        if weight == TIME_DECAY:
            share, of_customers, of_revenue = touches[weight], touches.customers_scale, touches.revenue_scale
            sums[f"{weight}_customers"] = exact_sum(share * of_customers) / of_customers.max()
            sums[f"{weight}_revenue"] = exact_sum(share * of_revenue * value, CREDIT) / of_revenue.max()
        else:
            sums[f"{weight}_customers"] = exact_sum(touches[weight])
            sums[f"{weight}_revenue"] = exact_sum(touches[weight] * value, CREDIT)
    return touches.group_by("channel").agg(**sums)


def _credit(credits: ir.Table, measure: str) -> ir.FloatingColumn:
    of_model = [(name, credits[f"{weight}_{measure}"]) for name, weight in WEIGHTS.items()]
    return credits.attribution_model.cases(*of_model).fill_null(0.0)
