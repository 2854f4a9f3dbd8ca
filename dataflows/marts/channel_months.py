"""Cost and effect of each observed channel, by the month of the touch."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.lib.channel_measures import credit, ratios, spend_in_scope
from dataflows.lib.expressions import (
    CENTS_PER_DOLLAR,
    CREDIT,
    dollars,
    in_order,
    last_complete_month,
    month_number,
)
from dataflows.lib.month_spine import month_spine
from dataflows.lib.touch_rules import TouchRules, double
from dataflows.totals import touch_totals
from marketing_ibis.data_tests import sum_equals, total, unique_combination_of_columns
from marketing_ibis.model import MONEY, Ratio, Sum, column, model

GRAIN = ("channel", "month_start")
CELL = ("channel", "month_index")
CREDITS = ("orders", "customers", "revenue")

COLUMNS = (
    column("channel", "string", "Observed channel."),
    column("month_start", "date", "First day of the month, from that of the first touch or cost to that of as_of."),
    column(
        "spend",
        MONEY,
        "Cost of the month; 0 without raw_spend.",
        unit="dollars",
        tests=(sum_equals(total(touch_totals, "spend"), "spend up to as_of"),),
        aggregate=Sum(),
    ),
    column(
        "touches",
        "int64",
        "Touches of the month, credited or not.",
        unit="touches",
        tests=(sum_equals(total(touch_totals, "touches"), "touches of known customers up to as_of"),),
        aggregate=Sum(),
    ),
    column(
        "credited_orders", "float64", "Sum of the Shapley weights of these touches.", unit="orders", aggregate=Sum()
    ),
    column(
        "credited_new_customers",
        "float64",
        "The same over customers' first successful orders.",
        unit="customers",
        aggregate=Sum(),
    ),
    column(
        "credited_revenue",
        "float64",
        "Sum of the weights times the revenue of the order.",
        unit="dollars",
        aggregate=Sum(),
    ),
    column(
        "roas",
        "float64",
        "credited_revenue / spend; NULL without spend.",
        nullable=True,
        aggregate=Ratio("credited_revenue", "spend"),
    ),
    column(
        "cost_per_new_customer",
        "float64",
        "spend / credited_new_customers; NULL without credit.",
        nullable=True,
        unit="dollars",
        aggregate=Ratio("spend", "credited_new_customers"),
    ),
    column(
        "is_complete",
        "boolean",
        "Whether the last touch of the month has waited long enough: no later order can be credited to the month.",
    ),
)


@model(
    layer="marts",
    grain=GRAIN,
    columns=COLUMNS,
    tags=("attribution", "daily"),
    sort_keys=GRAIN,
    tests=(unique_combination_of_columns(GRAIN),),
)
def channel_months(
    int_touches: ir.Table, as_of: date, touch_rules: TouchRules = TouchRules(), stg_spend: ir.Table | None = None
) -> ir.Table:
    """What each channel cost in a month, and what the touches of that month brought, by the Shapley value.

    Grain: one row per ``channel`` and ``month_start``, months without touches and costs too.
    Units: money in dollars; orders and customers in shares.
    Nulls: ratios whose denominator is 0.
    Source: docs/metrics/touches.md. By the day of the touch, so that cost and effect are of the same days.
    """
    cells = _cells(int_touches, stg_spend, as_of)
    totals = {name: cells[name].fill_null(0) for name in ("spend_cents", "touches")}
    credits = {name: cells[name].fill_null(0.0) for name in CREDITS}
    ratio_columns = ratios(**credits, spend=double(totals["spend_cents"]) / CENTS_PER_DOLLAR)
    return in_order(
        cells,
        COLUMNS,
        spend=dollars(totals["spend_cents"]),
        touches=totals["touches"],
        credited_orders=credits["orders"],
        credited_new_customers=credits["customers"],
        credited_revenue=credits["revenue"],
        **{name: ratio_columns[name] for name in ("roas", "cost_per_new_customer")},
        is_complete=cells.month_index <= last_complete_month(_last_settled_day(as_of, touch_rules)),
    )


def _last_settled_day(as_of: date, rules: TouchRules) -> date:
    """Return the last day whose touches have waited long enough."""
    return date.fromordinal(max(as_of.toordinal() - rules.lookback_days, 1))


def _cells(touches: ir.Table, spend: ir.Table | None, as_of: date) -> ir.Table:
    effect = _effect(touches)
    cells = effect.select(*CELL)
    cost = None
    if spend is not None:
        dated = spend_in_scope(spend, as_of)
        dated = dated.mutate(month_index=month_number(dated.spend_date))
        cost = dated.group_by(*CELL).agg(spend_cents=dated.spend_cents.sum())
        cells = cells.union(cost.select(*CELL))
    spine = cells.select("channel").distinct().cross_join(month_spine(cells.month_index, as_of))
    joined = spine.left_join(effect, list(CELL), rname="{name}_of_effect")
    if cost is None:
        return joined.mutate(spend_cents=ibis.literal(0, "int64"))
    return joined.left_join(cost, list(CELL), rname="{name}_of_cost")


def _effect(touches: ir.Table) -> ir.Table:
    """Return touches, orders, new customers and revenue of each channel and month."""
    monthly = touches.mutate(month_index=month_number(touches.touch_date), is_credited=touches.order_id.notnull())
    # Touches of equal weights are counted first: few shares are added up as decimals.
    keys = (*CELL, "is_credited", "is_new_customer", "path_channels", "channel_touches")
    classes = monthly.group_by(*keys).agg(count=monthly.count(), cents=monthly.order_cents.sum())
    weight = 1 / (double(classes.path_channels) * double(classes.channel_touches))
    orders = classes.is_credited.ifelse(weight * double(classes["count"]), 0.0)
    revenue = classes.is_credited.ifelse(weight * double(classes.cents) / CENTS_PER_DOLLAR, 0.0)
    return classes.group_by(*CELL).agg(
        touches=classes["count"].sum(),
        orders=credit(orders).cast("float64"),
        customers=credit(classes.is_new_customer.fill_null(False).ifelse(orders, 0.0)).cast("float64"),
        revenue=credit(revenue, CREDIT).cast("float64"),
    )
