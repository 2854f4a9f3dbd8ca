"""Orders and revenue of each channel, month by month."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from dataflows.intermediate.int_order_facts import is_successful
from dataflows.intermediate.int_orders import CHANNELS
from dataflows.lib.balances import SUMS_TO_NET, SUMS_TO_SUCCESSFUL_ORDERS
from dataflows.lib.expressions import constant_table, dollars, in_order, midnight, month_number, ratio
from dataflows.lib.month_spine import month_spine
from marketing_ibis.data_tests import accepted_values, not_null, unique_combination_of_columns
from marketing_ibis.model import MONEY, Sum, column, model

GRAIN = ("attribution_channel", "order_month")

COLUMNS = (
    column(
        "attribution_channel",
        "string",
        "One of five channels, by a stand-in rule on the order, not observed traffic.",
        width=32,
        tests=(not_null(), accepted_values(CHANNELS)),
    ),
    column(
        "order_month",
        "date",
        "First day of the month, from that of the first successful order to that of as_of, which may be unfinished.",
        tests=(not_null(),),
    ),
    column(
        "monthly_conversions",
        "int64",
        "Successful orders; 0 if there are none.",
        unit="orders",
        tests=(
            not_null(),
            SUMS_TO_SUCCESSFUL_ORDERS,
        ),
        aggregate=Sum(),
    ),
    column(
        "monthly_revenue",
        MONEY,
        "Payments of these orders.",
        unit="dollars",
        tests=(not_null(), SUMS_TO_NET),
        aggregate=Sum(),
    ),
    column(
        "mom_growth_rate",
        "float64",
        "(monthly_revenue - that of the month before) / that of the month before; NULL in the first month or over 0.",
        nullable=True,
        unit="share",
    ),
    column("analysis_timestamp", "timestamp", "as_of at midnight."),
)


@model(
    layer="marts",
    grain=GRAIN,
    columns=COLUMNS,
    tags=("attribution", "daily"),
    sort_keys=GRAIN,
    tests=(unique_combination_of_columns(GRAIN),),
)
def channel_trends(int_order_facts: ir.Table, as_of: date) -> ir.Table:
    """Orders and revenue of the five channels in each month, and the growth against the month before.

    Grain: one row per ``attribution_channel`` and ``order_month``, months without an order too.
    Units: money in dollars, exact.
    Nulls: growth in the first month, and against a month whose revenue is 0.
    Source: docs/metrics/channel_trends.md. The channel is a stand-in rule, not observed traffic.
    """
    successful = int_order_facts.filter(is_successful(int_order_facts))
    monthly = successful.group_by("attribution_channel", "order_month").agg(
        orders=successful.count(), cents=successful.cents.sum()
    )
    months = month_spine(month_number(monthly.order_month), as_of).select(order_month="month_start")
    every_cell = constant_table("attribution_channel", CHANNELS).cross_join(months)
    cells = every_cell.left_join(monthly, list(GRAIN), rname="{name}_of_orders")
    cells = cells.select(*GRAIN, orders=cells.orders.fill_null(0), cents=cells.cents.fill_null(0))
    previous = cells.cents.lag().over(group_by=cells.attribution_channel, order_by=cells.order_month)
    trends = cells.mutate(previous=previous)
    return in_order(
        trends,
        COLUMNS,
        monthly_conversions=trends.orders,
        monthly_revenue=dollars(trends.cents),
        mom_growth_rate=ratio(trends.cents - trends.previous, trends.previous),
        analysis_timestamp=midnight(as_of),
    )
