"""The purchases that the fit expects of buyers who have not left."""

from __future__ import annotations

import ibis.expr.types as ir

from dataflows.lib.clv_rows import FITTED, HORIZON_DAYS, expect_purchases
from marketing_ibis.data_tests import non_negative, unique_combination_of_columns
from marketing_ibis.model import column, model

COLUMNS = (
    column("frequency", "int64", "Purchase days after the first.", unit="days"),
    column("age_days", "int64", "Days since the first purchase.", unit="days"),
    column(
        "purchases_if_active",
        "float64",
        f"Expected purchase days in the next {HORIZON_DAYS} days of a buyer who has not left.",
        unit="days",
        tests=(non_negative(),),
    ),
    column("variance_if_active", "float64", "Variance of these purchase days.", tests=(non_negative(),)),
)


@model(
    layer="intermediate",
    grain=("frequency", "age_days"),
    columns=COLUMNS,
    tags=("clv", "daily"),
    tests=(unique_combination_of_columns(("frequency", "age_days")),),
    rows=expect_purchases,
)
def int_clv_purchases(int_purchase_days: ir.Table, clv_fit: ir.Table) -> ir.Table:
    """Purchases that are expected of a buyer who has not left, by how often and since when the buyer has bought.

    Grain: one row per ``frequency`` and ``age_days`` that a buyer has; none without a fit.
    Units: days with a purchase.
    Source: docs/metrics/customer_clv.md. Neither SQL nor a short series has the hypergeometric function that they need.
    """
    fit = clv_fit.filter(clv_fit.status == FITTED).select("r", "alpha", "a", "b")
    return int_purchase_days.select("frequency", "age_days").distinct().cross_join(fit)
