"""How often, how lately and for how much each buyer bought: the input of lifetime value models."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir
from ibis import _

from dataflows.intermediate.int_order_facts import is_successful
from dataflows.lib.expressions import days_before, in_order, mean_dollars, sum_if
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import (
    expression_is_true,
    non_negative,
    not_null,
    relationships,
    row_count_equals,
    total,
    unique,
)
from marketing_ibis.model import ID, column, model

COLUMNS = (
    column(
        "customer_id",
        ID,
        "Key of the buyer.",
        tests=(unique(), not_null(), relationships("customer_segmentation", "customer_id")),
    ),
    column(
        "frequency",
        "int64",
        "Days with a successful order after the first such day: several orders on a day count once.",
        unit="days",
        tests=(not_null(), non_negative()),
    ),
    column(
        "recency",
        "int64",
        "Days from the first to the last day with a successful order; 0 with one such day.",
        unit="days",
        tests=(not_null(), expression_is_true(_.recency >= _.frequency, ">= frequency")),
    ),
    column(
        "t",
        "int64",
        "T of the literature: days from the first day with a successful order to as_of.",
        unit="days",
        tests=(not_null(), expression_is_true(_.t >= _.recency, ">= recency")),
    ),
    column(
        "monetary_value",
        "float64",
        "Payments of successful orders after the first day / frequency; 0 if frequency is 0.",
        unit="dollars",
        tests=(not_null(),),
    ),
)


@model(
    layer="marts",
    grain=("customer_id",),
    columns=COLUMNS,
    tags=("churn", "daily"),
    dist_key="customer_id",
    sort_keys=("customer_id",),
    tests=(row_count_equals(total(shop_totals, "buyers"), "number of buyers"),),
)
def rfm_summary(int_order_facts: ir.Table, as_of: date) -> ir.Table:
    """Frequency, recency, age and mean spend of each buyer, by days with successful orders.

    Grain: one row per ``customer_id`` with at least one successful order.
    Units: days; money in dollars.
    Nulls: none.
    Source: docs/metrics/churn_risk.md; the statistics of BG/NBD and Gamma-Gamma (Fader and Hardie).
    """
    successful = int_order_facts.filter(is_successful(int_order_facts))
    # A day first: counting days is then counting rows, without a DISTINCT.
    days = successful.group_by("customer_id", "order_date").agg(
        cents=successful.cents.sum(), sequence=successful.success_sequence.min()
    )
    buyers = days.group_by("customer_id").agg(
        frequency=days.count() - 1,
        first_day=days.order_date.min(),
        last_day=days.order_date.max(),
        later_cents=sum_if(days.sequence > 1, days.cents),
    )
    age = days_before(as_of, buyers.first_day)
    return in_order(
        buyers,
        COLUMNS,
        recency=age - days_before(as_of, buyers.last_day),
        t=age,
        monetary_value=mean_dollars(buyers.later_cents, buyers.frequency).fill_null(0.0),
    )
