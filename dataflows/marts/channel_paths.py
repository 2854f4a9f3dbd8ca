"""The channels that led to orders, one after the other, and those that led nowhere."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.intermediate.int_order_touches import NONE
from dataflows.lib.balances import SUMS_TO_NET
from dataflows.lib.expressions import count_if, days_before, dollars, in_order, only_if, ratio
from dataflows.lib.touch_rules import TouchRules
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import percentage_range, sum_equals, total, unique
from marketing_ibis.model import MONEY, Sum, column, model

MOST_CHANNELS = 20
ARROW = " > "
CUT = f"...{ARROW}"
"""What a path of more channels begins with."""
JOURNEY = ("customer_id", "order_id", "run")
STEP = (*JOURNEY, "order_cents", "channel", "touch_position", "path_length")

COLUMNS = (
    column(
        "path", "string", "Channels in order, joined by ' > '; '(none)' for orders without a touch.", tests=(unique(),)
    ),
    column(
        "orders",
        "int64",
        "Successful orders of the path.",
        unit="orders",
        tests=(sum_equals(total(shop_totals, "successful_orders"), "successful in-scope orders"),),
        aggregate=Sum(),
    ),
    column("buyers", "int64", "Customers who ordered after the path.", unit="customers"),
    column(
        "revenue",
        MONEY,
        "Payments of these orders.",
        unit="dollars",
        tests=(SUMS_TO_NET,),
        aggregate=Sum(),
    ),
    column("lost_journeys", "int64", "Journeys of the path that ended without an order.", aggregate=Sum()),
    column(
        "conversion_rate",
        "float64",
        "orders / (orders + lost_journeys).",
        unit="share 0-1",
        tests=(percentage_range(0, 1),),
    ),
)


@model(layer="marts", grain=("path",), columns=COLUMNS, tags=("attribution", "daily"), sort_keys=("path",))
def channel_paths(
    int_touches: ir.Table, int_order_facts: ir.Table, as_of: date, touch_rules: TouchRules = TouchRules()
) -> ir.Table:
    """Each sequence of channels, with the orders that it led to and the journeys that it lost.

    Grain: one row per ``path`` of an order or a lost journey; repeats in a row are written once.
    Units: money in dollars, exact.
    Source: docs/metrics/touches.md. Journeys to which an order may still come are not counted.
    """
    journeys = _journeys(_order_steps(int_touches).union(_lost_steps(int_touches, as_of, touch_rules)))
    ended = journeys.union(_without_touch(int_touches, int_order_facts))
    is_order = ~ended.is_lost
    paths = ended.group_by("path").agg(
        orders=count_if(is_order),
        buyers=only_if(is_order, ended.customer_id).nunique(),
        cents=ended.order_cents.sum(),
        lost_journeys=count_if(ended.is_lost),
    )
    return in_order(
        paths,
        COLUMNS,
        revenue=dollars(paths.cents),
        conversion_rate=ratio(paths.orders, paths.orders + paths.lost_journeys),
    )


def _order_steps(touches: ir.Table) -> ir.Table:
    """Return the touches of orders that change the channel."""
    steps = touches.filter(touches.order_id.notnull(), touches.is_channel_change)
    return steps.mutate(run=ibis.literal(0, "int64")).select(*STEP)


def _lost_steps(touches: ir.Table, as_of: date, rules: TouchRules) -> ir.Table:
    """Return the touches of lost journeys that change the channel.

    A journey is a run of a customer's uncredited touches, each near the one before; it is lost once its last touch has
    waited long enough.
    """
    uncredited = touches.filter(touches.order_id.isnull())
    by_position = {"group_by": "customer_id", "order_by": "touch_position"}
    previous_date = uncredited.touch_date.lag().over(**by_position)
    gap = uncredited.touch_date.delta(previous_date, unit="day")
    is_start = (uncredited.touch_position == 1) | (gap > rules.lookback_days)
    marked = uncredited.mutate(is_start=is_start.ifelse(1, 0).cast("int64"))
    runs = marked.mutate(run=marked.is_start.sum().over(ibis.cumulative_window(**by_position)))
    last_date = runs.touch_date.max().over(ibis.window(group_by=[runs.customer_id, runs.run]))
    dated = runs.mutate(last_date=last_date)
    is_step = (dated.is_start == 1) | dated.is_channel_change
    is_lost = days_before(as_of, dated.last_date) >= rules.lookback_days
    return dated.filter(is_lost, is_step).mutate(order_cents=ibis.literal(0, "int64")).select(*STEP)


def _journeys(steps: ir.Table) -> ir.Table:
    """Return the path of each order and each lost journey: its last channels."""
    # Few journeys are so long that their steps need to be counted.
    is_long = steps.path_length > MOST_CHANNELS
    short, long = steps.filter(~is_long), _last_steps(steps.filter(is_long))
    last = short.mutate(is_cut=ibis.literal(False)).union(long)
    journeys = last.group_by(*JOURNEY, "order_cents", "is_cut").agg(
        channels=last.channel.group_concat(ARROW, order_by=last.touch_position)
    )
    path = journeys.is_cut.ifelse(ibis.literal(CUT).concat(journeys.channels), journeys.channels)
    return journeys.select("customer_id", "order_cents", is_lost=journeys.run > 0, path=path)


def _last_steps(steps: ir.Table) -> ir.Table:
    """Return as many steps of each journey as a path has room for, and whether there are more."""
    journey = [steps[name] for name in JOURNEY]
    counted = steps.mutate(
        place=ibis.row_number().over(group_by=journey, order_by=steps.touch_position.desc()),
        is_cut=steps.count().over(ibis.window(group_by=journey)) > MOST_CHANNELS,
    )
    return counted.filter(counted.place < MOST_CHANNELS).drop("place")


def _without_touch(touches: ir.Table, facts: ir.Table) -> ir.Table:
    untouched = facts.filter(facts.success_sequence.notnull()).anti_join(
        touches.filter(touches.order_id.notnull()), "order_id"
    )
    return untouched.select(
        "customer_id", order_cents=untouched.cents, is_lost=ibis.literal(False), path=ibis.literal(NONE)
    )
