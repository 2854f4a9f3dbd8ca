"""The touches of every buyer's journey, with the credit that each attribution model gives them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from operator import add
from types import MappingProxyType

import ibis
import ibis.expr.types as ir

from dataflows.intermediate.int_customer_journeys import TOUCH_COLUMNS, JourneyRules, decay
from dataflows.intermediate.int_order_facts import COLUMNS as FACT_COLUMNS
from dataflows.intermediate.int_order_facts import is_successful
from dataflows.lib.expressions import dollars, in_order
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import percentage_range, row_count_equals, total, unique
from marketing_ibis.model import MONEY, Sum, column, inherited, model

FIRST_TOUCH = "First Touch"
LAST_TOUCH = "Last Touch"
WEIGHTS: Mapping[str, str] = MappingProxyType(
    {
        FIRST_TOUCH: "first_touch_weight",
        LAST_TOUCH: "last_touch_weight",
        "Linear": "linear_weight",
        "Position Based": "position_based_weight",
        "Time Decay": "time_decay_weight",
        "Shapley": "shapley_weight",
    }
)
"""The column of each attribution model's weights."""

SHARE_OF_AN_END = 0.4
SHARE_BETWEEN = 0.2
"""Position Based, from three touches on: to the first and the last each, and to all others together."""

COLUMNS = (
    *inherited(FACT_COLUMNS, "order_id", "customer_id", "order_date", tests={"order_id": (unique(),)}),
    column(
        "attribution_channel",
        "string",
        "Channel of the touch: a stand-in rule on the order itself, not observed traffic.",
        width=32,
    ),
    column("campaign_type", "string", "Campaign of the order, by discount or season.", width=32),
    column("touch_position", "int64", "Position of the touch in the buyer's journey, from 1."),
    column("journey_length", "int64", "Touches of the journey.", unit="orders"),
    column("is_new_customer", "boolean", "Whether the touch is the buyer's first successful order."),
    column("revenue", MONEY, "Payments of the order.", unit="dollars", aggregate=Sum()),
    column("customer_total_value", MONEY, "Payments of all the buyer's successful orders.", unit="dollars"),
    column("first_touch_weight", "float64", "1 for the first touch.", unit="share 0-1"),
    column("last_touch_weight", "float64", "1 for the last touch.", unit="share 0-1"),
    column("linear_weight", "float64", "1 / journey_length.", unit="share 0-1", tests=(percentage_range(0, 1),)),
    column(
        "position_based_weight",
        "float64",
        "0.4 for the first and the last touch, 0.2 shared by those between; equal shares of one or two touches.",
        unit="share 0-1",
    ),
    column(
        "time_decay_weight",
        "float64",
        "Halved for every half-life ({journey_rules.half_life_days} days) before the last touch, then shared out to 1.",
        unit="share 0-1",
    ),
    column(
        "shapley_weight",
        "float64",
        "1 / distinct channels of the journey / touches of this channel in it.",
        unit="share 0-1",
    ),
)


@model(
    layer="marts",
    grain=("order_id",),
    columns=COLUMNS,
    tags=("attribution", "daily"),
    dist_key="customer_id",
    sort_keys=("order_date",),
    unique_key="customer_id",
    watermark="order_date",
    lookback=timedelta(days=7),
    tests=(row_count_equals(total(shop_totals, "successful_orders"), "number of successful in-scope orders"),),
)
def attribution_touchpoints(
    int_order_facts: ir.Table, int_customer_journeys: ir.Table, journey_rules: JourneyRules = JourneyRules()
) -> ir.Table:
    """Each touch of a buyer's journey, and the share of the buyer that six attribution models credit it with.

    Grain: one row per ``order_id`` among the successful order facts.
    Units: money in dollars, exact; the weights of a journey add up to 1 in each model.
    Source: docs/metrics/attribution_touchpoints.md. A touch is an order: a stand-in for observed traffic.
    """
    touches = int_order_facts.filter(is_successful(int_order_facts)).select(
        *("order_id", "customer_id", "order_date", "attribution_channel", "campaign_type", "cents"),
        touch_position=int_order_facts.success_sequence,
    )
    joined = touches.inner_join(int_customer_journeys, "customer_id")
    is_first, is_last = joined.touch_position == 1, joined.touch_position == joined.journey_length
    return in_order(
        joined,
        COLUMNS,
        is_new_customer=is_first,
        revenue=dollars(joined.cents),
        customer_total_value=dollars(joined.net_cents),
        first_touch_weight=is_first.ifelse(1.0, 0.0),
        last_touch_weight=is_last.ifelse(1.0, 0.0),
        linear_weight=1 / _double(joined.journey_length),
        position_based_weight=_position_based(joined.journey_length, is_first | is_last),
        time_decay_weight=_time_decay(joined, journey_rules),
        shapley_weight=_shapley(joined),
    )


def _position_based(length: ir.IntegerColumn, is_end: ir.BooleanColumn) -> ir.FloatingColumn:
    return ibis.cases(
        (length <= 2, 1 / _double(length)),
        (is_end, SHARE_OF_AN_END),
        else_=SHARE_BETWEEN / _double(length - 2).nullif(0.0),
    )


def _time_decay(touches: ir.Table, rules: JourneyRules) -> ir.FloatingColumn:
    decayed = decay(touches.order_date, touches.last_touch_date, rules.half_life_days)
    return (touches.journey_length > 1).ifelse(decayed / touches.decayed_touches, 1.0)


def _shapley(touches: ir.Table) -> ir.FloatingColumn:
    # Every journey is shared equally by its distinct channels: the closed form of the Shapley value.
    channels = reduce(add, [(touches[name] > 0).ifelse(1, 0) for name in TOUCH_COLUMNS.values()])
    alike = [(channel, touches[name]) for channel, name in TOUCH_COLUMNS.items()]
    return 1 / (_double(channels) * _double(touches.attribution_channel.cases(*alike)))


def _double(number: ir.IntegerColumn) -> ir.FloatingColumn:
    return number.cast("float64")
