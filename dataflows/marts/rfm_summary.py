"""How often, how lately and for how much each buyer bought: the input of lifetime value models."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from dataflows.lib.balances import ONE_ROW_PER_BUYER
from dataflows.lib.expressions import in_order, mean_dollars
from marketing_ibis.data_tests import (
    expression_is_true,
    non_negative,
    not_null,
    relationships,
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
    tests=(ONE_ROW_PER_BUYER,),
)
def rfm_summary(int_purchase_days: ir.Table) -> ir.Table:
    """Frequency, recency, age and mean spend of each buyer, by days with successful orders.

    Grain: one row per ``customer_id`` with at least one successful order.
    Units: days; money in dollars.
    Nulls: none.
    Source: docs/metrics/churn_risk.md; the statistics of BG/NBD and Gamma-Gamma (Fader and Hardie).
    """
    buyers = int_purchase_days
    return in_order(
        buyers,
        COLUMNS,
        recency=buyers.recency_days,
        t=buyers.age_days,
        monetary_value=mean_dollars(buyers.later_cents, buyers.frequency).fill_null(0.0),
    )
