"""The observed touches of every order, with the credit that each attribution model gives them."""

from __future__ import annotations

import ibis.expr.types as ir

from dataflows.intermediate.int_order_touches import COLUMNS as PATH_COLUMNS
from dataflows.lib.expressions import dollars, in_order
from dataflows.lib.touch_rules import weights
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import percentage_range, sum_equals, total, unique, unique_combination_of_columns
from marketing_ibis.model import MONEY, Column, column, inherited, model

GRAIN = ("order_id", "touch_position")


def _weight(name: str, description: str) -> Column:
    every_order = sum_equals(total(shop_totals, "successful_orders"), "successful in-scope orders")
    return column(name, "float64", description, unit="share 0-1", tests=(percentage_range(0, 1), every_order))


COLUMNS = (
    *inherited(PATH_COLUMNS, *GRAIN, "customer_id", "order_date"),
    *inherited(
        PATH_COLUMNS,
        *("touch_id", "touched_at", "touch_date", "days_to_order", "channel", "campaign", "path_length"),
        "is_new_customer",
        tests={"touch_id": (unique(),)},
    ),
    column("order_revenue", MONEY, "Payments of the order.", unit="dollars"),
    _weight("first_touch_weight", "1 for the first touch."),
    _weight("last_touch_weight", "1 for the last touch."),
    _weight("linear_weight", "1 / path_length."),
    _weight(
        "position_based_weight",
        "0.4 for the first and the last touch, 0.2 shared by those between; equal shares of one or two touches.",
    ),
    _weight("time_decay_weight", "Halved for every 7 days before the order, then shared out to 1."),
    _weight("shapley_weight", "1 / distinct channels of the path / touches of this channel in it."),
)


@model(
    layer="marts",
    grain=GRAIN,
    columns=COLUMNS,
    tags=("attribution", "daily"),
    dist_key="customer_id",
    sort_keys=("order_date",),
    tests=(unique_combination_of_columns(GRAIN),),
)
def touch_attribution(int_order_touches: ir.Table) -> ir.Table:
    """Each observed touch of an order, and the share of the order that six attribution models credit it with.

    Grain: one row per ``order_id`` and ``touch_position``; an order without a touch has one row of channel '(none)'.
    Units: money in dollars, exact; the weights of an order add up to 1 in each model.
    Nulls: the columns of the touch where an order has none.
    Source: docs/metrics/touches.md. The channel is observed, unlike the rule-based one of attribution_touchpoints.
    """
    paths = int_order_touches
    is_first, is_last = paths.touch_position == 1, paths.touch_position >= paths.path_length
    return in_order(paths, COLUMNS, order_revenue=dollars(paths.order_cents), **weights(paths, is_first, is_last))
