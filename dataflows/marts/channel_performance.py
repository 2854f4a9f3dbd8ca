"""What each observed channel and campaign brought and cost, by six attribution models."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.lib.channel_measures import credit, ratios, spend_in_scope
from dataflows.lib.expressions import (
    CENTS_PER_DOLLAR,
    CREDIT,
    dollars,
    in_order,
    only_if,
)
from dataflows.lib.touch_rules import double, weights
from dataflows.marts.attribution_touchpoints import WEIGHTS
from dataflows.totals import shop_totals, touch_totals
from marketing_ibis.data_tests import accepted_values, sum_equals, total, unique_combination_of_columns
from marketing_ibis.model import MONEY, Ratio, Sum, column, model

GRAIN = ("attribution_model", "channel", "campaign")
PAIR = GRAIN[1:]
TIME_DECAY = WEIGHTS["Time Decay"]
MODELS = len(WEIGHTS)
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
    column("channel", "string", "Observed channel; '(none)' for orders without a touch."),
    column("campaign", "string", "Campaign of the channel; '(none)' for orders without a touch."),
    column(
        "credited_orders",
        "float64",
        "Sum of the weights of the pair's touches.",
        unit="orders",
        tests=(sum_equals(total(shop_totals, "successful_orders", times=MODELS), "6 x successful in-scope orders"),),
        aggregate=PER_MODEL,
    ),
    column(
        "credited_new_customers",
        "float64",
        "The same over customers' first successful orders.",
        unit="customers",
        tests=(sum_equals(total(shop_totals, "buyers", times=MODELS), "6 x buyers"),),
        aggregate=PER_MODEL,
    ),
    column(
        "credited_revenue",
        "float64",
        "Sum of the weights times the revenue of the order.",
        unit="dollars",
        tests=(sum_equals(total(shop_totals, "net", times=MODELS), "6 x NET (each model credits all revenue)"),),
        aggregate=PER_MODEL,
    ),
    column(
        "spend",
        MONEY,
        "The pair's whole cost up to as_of, under each model; 0 without raw_spend.",
        unit="dollars",
        tests=(sum_equals(total(touch_totals, "spend", times=MODELS), "6 x spend up to as_of"),),
        aggregate=PER_MODEL,
    ),
    column(
        "roas",
        "float64",
        "credited_revenue / spend; NULL without spend.",
        nullable=True,
        aggregate=Ratio("credited_revenue", "spend"),
    ),
    column(
        "cost_per_order",
        "float64",
        "spend / credited_orders; NULL without credit.",
        nullable=True,
        unit="dollars",
        aggregate=Ratio("spend", "credited_orders"),
    ),
    column(
        "cost_per_new_customer",
        "float64",
        "spend / credited_new_customers; NULL without credit.",
        nullable=True,
        unit="dollars",
        aggregate=Ratio("spend", "credited_new_customers"),
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
def channel_performance(int_order_touches: ir.Table, as_of: date, stg_spend: ir.Table | None = None) -> ir.Table:
    """What each attribution model credits a channel and campaign with, and what they cost.

    Grain: one row per ``attribution_model``, ``channel`` and ``campaign``: every pair with a credited touch or a cost.
    Units: orders, customers and dollars, in shares; each model adds up to all successful orders.
    Nulls: ratios whose denominator is 0.
    Source: docs/metrics/touches.md. Channels are observed, unlike the rule-based ones of marketing_attribution.
    """
    pairs = _with_spend(_credits(int_order_touches), stg_spend, as_of)
    rows = _constant_table("attribution_model", WEIGHTS).cross_join(pairs)
    orders, customers = _of_model(rows, "orders"), _of_model(rows, "customers")
    revenue, spend = _of_model(rows, "revenue"), double(rows.spend_cents) / CENTS_PER_DOLLAR
    return in_order(
        rows,
        COLUMNS,
        credited_orders=orders,
        credited_new_customers=customers,
        credited_revenue=revenue,
        spend=dollars(rows.spend_cents),
        **ratios(orders=orders, customers=customers, revenue=revenue, spend=spend),
    )


def _credits(touches: ir.Table) -> ir.Table:
    """Return the credits of each pair by each model."""
    classes = _classes(touches)
    share = weights(classes, classes.is_first, classes.is_last)
    is_new, count, cents = classes.is_new_customer, double(classes.touches), double(classes.cents)
    sums: dict[str, ir.Value] = {}
    for name, weight in share.items():
        credited = weight * count
        sums[f"{name}_orders"] = credit(credited).cast("float64")
        sums[f"{name}_customers"] = credit(is_new.ifelse(credited, 0.0)).cast("float64")
        sums[f"{name}_revenue"] = credit(weight * cents / CENTS_PER_DOLLAR, CREDIT).cast("float64")
    decayed = classes.decayed
    sums[f"{TIME_DECAY}_orders"] = decayed.sum().cast("float64")
    sums[f"{TIME_DECAY}_customers"] = only_if(is_new, decayed).sum().fill_null(0).cast("float64")
    sums[f"{TIME_DECAY}_revenue"] = classes.decayed_revenue.sum().cast("float64")
    return classes.group_by(*PAIR).agg(**sums)


def _classes(touches: ir.Table) -> ir.Table:
    """Count touches of equal weights, so that only the shares of Time Decay are added up one by one."""
    marked = touches.mutate(is_first=touches.touch_position == 1, is_last=touches.touch_position >= touches.path_length)
    keys = (*PAIR, "is_new_customer", "path_length", "path_channels", "channel_touches", "is_first", "is_last")
    weight = marked[TIME_DECAY]
    return marked.group_by(*keys).agg(
        touches=marked.count(),
        cents=marked.order_cents.sum(),
        decayed=credit(weight),
        decayed_revenue=credit(weight * double(marked.order_cents) / CENTS_PER_DOLLAR, CREDIT),
    )


def _with_spend(credits: ir.Table, spend: ir.Table | None, as_of: date) -> ir.Table:
    """Add the cost of each pair, and the pairs that only have a cost."""
    if spend is None:
        return credits.mutate(spend_cents=ibis.literal(0, "int64"))
    dated = spend_in_scope(spend, as_of)
    costs = dated.group_by(*PAIR).agg(spend_cents=dated.spend_cents.sum())
    names = [name for name in credits.columns if name not in PAIR]
    nothing = {name: ibis.literal(0.0) for name in names}
    rows = credits.mutate(spend_cents=ibis.literal(0, "int64")).union(
        costs.select(*PAIR, **nothing, spend_cents=costs.spend_cents)
    )
    # A pair has at most one row of credits: the sum adds zeros to it, and loses no digit.
    sums = {name: rows[name].sum() for name in names}
    return rows.group_by(*PAIR).agg(**sums, spend_cents=rows.spend_cents.sum())


def _of_model(rows: ir.Table, measure: str) -> ir.FloatingColumn:
    of_model = [(name, rows[f"{weight}_{measure}"]) for name, weight in WEIGHTS.items()]
    return rows.attribution_model.cases(*of_model).fill_null(0.0)


def _constant_table(name: str, values: Iterable[str]) -> ir.Table:
    return ibis.union(*[ibis.literal(value).name(name).as_table() for value in values])
