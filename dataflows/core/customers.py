"""Everything known about a customer in one row."""

from __future__ import annotations

from dataclasses import replace

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.lib.balances import SUMS_TO_NET
from dataflows.lib.expressions import dollars, in_order
from dataflows.lib.passed_columns import CUSTOMERS, NO_COLUMNS, join_passed, joined_values, passed_from
from dataflows.lib.payment_methods import unless_refunds
from dataflows.marts.attribution_touchpoints import FIRST_TOUCH, LAST_TOUCH, WEIGHTS
from dataflows.marts.customer_clv import COLUMNS as CLV_COLUMNS
from dataflows.marts.customer_segmentation import COLUMNS as SEGMENT_COLUMNS
from dataflows.staging.stg_customers import COLUMNS as CUSTOMER_COLUMNS
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import (
    expression_is_true,
    non_negative,
    not_null,
    positive_value,
    relationships,
    row_count_equals,
    sum_equals,
    total,
    unique,
)
from marketing_ibis.model import MONEY, PassedColumns, Ratio, Sum, column, inherited, model

FORECAST = tuple(
    replace(forecast, nullable=True, description=f"{forecast.description} NULL for non-buyers and without a fit.")
    for forecast in inherited(CLV_COLUMNS, "forecast_clv", "forecast_clv_low", "forecast_clv_high")
)
"""The forecast of customer_clv, which needs a fit."""

COLUMNS = (
    *inherited(
        CUSTOMER_COLUMNS,
        tests={"customer_id": (unique(), not_null(), relationships("customer_segmentation", "customer_id"))},
    ),
    column(
        "first_order",
        "date",
        "Day of the first order of any status up to as_of.",
        nullable=True,
        tests=(not_null(where=_.number_of_orders > 0),),
    ),
    column(
        "most_recent_order",
        "date",
        "Day of the last order of any status up to as_of.",
        nullable=True,
        tests=(not_null(where=_.number_of_orders > 0),),
    ),
    column(
        "number_of_orders",
        "int64",
        "Orders of any status; 0 if there are none.",
        unit="orders",
        tests=(
            not_null(),
            positive_value(severity="warn"),
            expression_is_true(
                _.number_of_orders == _.successful_orders + _.returned_orders + _.pending_orders,
                "= successful + returned + pending orders",
            ),
            sum_equals(total(shop_totals, "known_orders"), "in-scope orders of known customers"),
        ),
        aggregate=Sum(),
    ),
    column(
        "customer_lifetime_value",
        MONEY,
        "Gross: payments of orders of any status.",
        unit="dollars",
        tests=(
            not_null(),
            unless_refunds(non_negative(severity="warn")),
            unless_refunds(positive_value(severity="warn")),
            unless_refunds(
                expression_is_true(
                    _.customer_lifetime_value >= _.net_lifetime_value, ">= net_lifetime_value", severity="warn"
                )
            ),
        ),
        aggregate=Sum(),
    ),
    column(
        "net_lifetime_value",
        MONEY,
        "Payments of successful orders.",
        unit="dollars",
        tests=(not_null(), SUMS_TO_NET),
        aggregate=Sum(),
    ),
    column("successful_orders", "int64", "Successful orders.", unit="orders", aggregate=Sum()),
    *inherited(
        SEGMENT_COLUMNS,
        "returned_orders",
        "pending_orders",
        aggregates={"returned_orders": Sum(), "pending_orders": Sum()},
    ),
    column(
        "average_order_value",
        "float64",
        "net_lifetime_value / successful_orders; 0 if there are none.",
        unit="dollars",
        aggregate=Ratio("net_lifetime_value", "successful_orders"),
    ),
    *inherited(
        SEGMENT_COLUMNS,
        "has_purchased",
        "customer_segment",
        "value_tier",
        "engagement_level",
        "recommended_action",
        tests={"customer_segment": (not_null(),)},
    ),
    column("cohort_month", "date", "First day of the month of the first successful order.", nullable=True),
    column("first_touch_channel", "string", "Channel of the first successful order.", nullable=True, width=32),
    column("last_touch_channel", "string", "Channel of the last successful order.", nullable=True, width=32),
    column(
        "churn_risk_band",
        "string",
        "Low, Medium from {churn_rules.medium_from_score}, High from {churn_rules.high_from_score}; NULL for"
        " non-buyers.",
        nullable=True,
        width=8,
    ),
    column(
        "expected_next_order_date",
        "date",
        "Last day with a successful order + usual gap; before as_of when overdue, NULL for non-buyers.",
        nullable=True,
    ),
    *FORECAST,
)


@model(
    layer="core",
    grain=("customer_id",),
    columns=COLUMNS,
    tags=("daily",),
    dist_key="customer_id",
    sort_keys=("customer_id",),
    tests=(row_count_equals(total(shop_totals, "customers"), "rows of stg_customers"),),
    optional_parents={"stg_customers": "sources.raw_customers.pass_through"},
    pass_through=CUSTOMERS,
)
def customers(
    customer_segmentation: ir.Table,
    int_customer_orders: ir.Table,
    attribution_touchpoints: ir.Table,
    churn_risk: ir.Table,
    customer_clv: ir.Table | None = None,
    stg_customers: ir.Table | None = None,
    passed_columns: PassedColumns = NO_COLUMNS,
) -> ir.Table:
    """Who each customer is, what they ordered, their segment, cohort, touches, churn risk and forecast.

    Grain: one row per ``customer_id`` of stg_customers.
    Units: money in dollars, exact.
    Nulls: dates without orders; cohort, touches, churn risk and forecast of customers who never bought; the forecast
    of everyone without a fit, as in a driver of plain Hamilton, which has no ``customer_clv``.
    Source: docs/metrics/staging_and_core.md.
    """
    segments = customer_segmentation
    orders = int_customer_orders.select(
        "customer_id",
        "first_order",
        "most_recent_order",
        "number_of_orders",
        "gross_cents",
        "cohort_month",
    )
    joined = (
        segments.left_join(orders, "customer_id")
        .left_join(_touch(attribution_touchpoints, FIRST_TOUCH), "customer_id", rname="{name}_of_first")
        .left_join(_touch(attribution_touchpoints, LAST_TOUCH), "customer_id", rname="{name}_of_last")
        .left_join(_churn(churn_risk), "customer_id", rname="{name}_of_churn")
    )
    if customer_clv is None:
        joined = joined.mutate(**{forecast.name: ibis.null("float64") for forecast in FORECAST})
    else:
        joined = joined.left_join(_forecast(customer_clv), "customer_id", rname="{name}_of_forecast")
    joined = join_passed(joined, stg_customers, "customer_id", CUSTOMERS, passed_columns)
    published = {
        "number_of_orders": joined.number_of_orders.fill_null(0),
        "customer_lifetime_value": dollars(joined.gross_cents.fill_null(0)),
        "net_lifetime_value": joined.total_revenue,
        "successful_orders": joined.total_orders,
        "average_order_value": joined.avg_order_value,
        "first_touch_channel": joined.attribution_channel,
        "last_touch_channel": joined.attribution_channel_of_last,
    }
    columns = (*COLUMNS, *passed_from(CUSTOMERS, passed_columns))
    return in_order(joined, columns, **published, **joined_values(CUSTOMERS, passed_columns, joined))


def _touch(touchpoints: ir.Table, attribution_model: str) -> ir.Table:
    """Return the touch of each buyer that receives all the credit in the model."""
    credited = touchpoints.filter(touchpoints[WEIGHTS[attribution_model]] == 1)
    return credited.select("customer_id", "attribution_channel")


def _churn(risk: ir.Table) -> ir.Table:
    return risk.select("customer_id", "churn_risk_band", "expected_next_order_date")


def _forecast(clv: ir.Table) -> ir.Table:
    return clv.select("customer_id", *(forecast.name for forecast in FORECAST))
