"""RFM segments of every customer."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.history.campaign_left_champions import campaign_left_champions
from dataflows.history.segment_migration import segment_migration
from dataflows.intermediate.int_order_facts import is_successful
from dataflows.lib.balances import SUMS_TO_SUCCESSFUL_ORDERS
from dataflows.lib.expressions import (
    SIGN_UP,
    days_before,
    dollars,
    existing_customers,
    first_by,
    in_order,
    mean_dollars,
    midnight,
    ratio,
)
from dataflows.lib.passed_columns import CUSTOMERS, NO_COLUMNS, PAYMENTS, without_passed
from dataflows.lib.payment_methods import unless_refunds
from dataflows.lib.ranking import with_most
from dataflows.lib.rfm_rules import NTILE, RfmRules
from dataflows.lib.segments import ACTIONS, AT_RISK, CANT_LOSE, CHAMPIONS, LOST
from dataflows.staging.stg_customers import COLUMNS as CUSTOMER_COLUMNS
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import (
    accepted_values,
    expression_is_true,
    non_negative,
    not_after_as_of,
    not_null,
    percentage_range,
    positive_value,
    recency_freshness,
    relationships,
    row_count_equals,
    sum_equals,
    total,
    unique,
)
from marketing_ibis.model import MONEY, Average, History, PassedColumns, Ratio, Sum, column, inherited, model

WORST_SCORE = 1

SCORE = (not_null(), accepted_values(range(1, 6)))
TIERS = ("High Value", "Medium Value", "Low Value")
LEVELS = ("Highly Engaged", "Moderately Engaged", "Low Engagement")
STALE_DAYS, CHURN_DAYS = 1, 90

COLUMNS = (
    *inherited(
        CUSTOMER_COLUMNS, tests={"customer_id": (unique(), not_null(), relationships("stg_customers", "customer_id"))}
    ),
    column(
        "days_since_last_order",
        "int64",
        "Days from the last successful order to as_of.",
        nullable=True,
        unit="days",
        tests=(
            not_null(where=_.has_purchased),
            non_negative(),
            expression_is_true(_.days_since_last_order.isnull() == ~_.has_purchased, "NULL iff not has_purchased"),
        ),
        aggregate=Average(),
    ),
    column(
        "total_orders",
        "int64",
        "Successful orders; 0 for a customer who never bought.",
        unit="orders",
        tests=(
            not_null(),
            positive_value(where=_.has_purchased),
            SUMS_TO_SUCCESSFUL_ORDERS,
        ),
        aggregate=Sum(),
    ),
    column(
        "total_revenue",
        MONEY,
        "Payments of successful orders.",
        unit="dollars",
        tests=(
            not_null(),
            unless_refunds(positive_value(where=_.has_purchased, severity="warn")),
            sum_equals(total(shop_totals, "net"), "revenue of successful in-scope orders (NET)"),
        ),
        aggregate=Sum(),
    ),
    column(
        "avg_order_value",
        "float64",
        "total_revenue / total_orders; 0 without orders.",
        unit="dollars",
        tests=(not_null(), unless_refunds(positive_value(where=_.has_purchased, severity="warn"))),
        aggregate=Ratio("total_revenue", "total_orders"),
    ),
    column(
        "recency_score",
        "int32",
        "1 (longest ago) to {rfm_rules.score_groups}, among buyers; equal days, equal score.",
        unit="score",
        tests=SCORE,
    ),
    column(
        "frequency_score",
        "int32",
        "1 (fewest orders) to {rfm_rules.score_groups}, among buyers; equal counts, equal score.",
        unit="score",
        tests=SCORE,
    ),
    column(
        "monetary_score",
        "int32",
        "1 (least revenue) to {rfm_rules.score_groups}, among buyers; equal revenue, equal score.",
        unit="score",
        tests=SCORE,
    ),
    column(
        "rfm_combined_score",
        "int32",
        "100 recency + 10 frequency + monetary; 111 for non-buyers.",
        unit="score",
        tests=(
            not_null(),
            expression_is_true(
                _.rfm_combined_score == 100 * _.recency_score + 10 * _.frequency_score + _.monetary_score,
                "= 100 R + 10 F + M",
            ),
        ),
    ),
    column(
        "customer_segment",
        "string",
        "RFM segment, one of ten. 'Lost' has the buyers who are in no other segment, big spenders included."
        " 'Hibernating' includes customers who never bought; has_purchased is false for them.",
        width=32,
        tests=(not_null(), accepted_values(ACTIONS)),
    ),
    column(
        "value_tier",
        "string",
        "High, Medium or Low Value, by the monetary score.",
        width=16,
        tests=(not_null(), accepted_values(TIERS)),
    ),
    column(
        "engagement_level",
        "string",
        "Highly or Moderately Engaged or Low Engagement, by recency and frequency.",
        width=32,
        tests=(not_null(), accepted_values(LEVELS)),
    ),
    column("first_order_date", "date", "Day of the first successful order.", nullable=True),
    column(
        "last_order_date",
        "date",
        "Day of the last successful order.",
        nullable=True,
        tests=(
            expression_is_true(_.first_order_date <= _.last_order_date, "first_order_date <= last_order_date"),
            not_after_as_of(),
            recency_freshness(CHURN_DAYS, severity="warn"),
        ),
    ),
    column(
        "customer_lifespan_days",
        "int64",
        "Days from the first to the last successful order.",
        nullable=True,
        unit="days",
        aggregate=Average(),
    ),
    column(
        "favorite_product",
        "string",
        "Product of most orders; ties by revenue, then name.",
        nullable=True,
        tests=(not_null(where=_.has_purchased),),
    ),
    column("unique_products_purchased", "int64", "Distinct products of successful orders.", unit="products"),
    column(
        "preferred_payment_method",
        "string",
        "Method of most payments; ties by money, then name. NULL when no payment names a method.",
        nullable=True,
    ),
    column(
        "promotional_spend", MONEY, "Payments by {payment_rules.promotional_methods}.", unit="dollars", aggregate=Sum()
    ),
    column(
        "promotional_spend_ratio",
        "float64",
        "promotional_spend / total_revenue; 0 without revenue.",
        unit="share 0-1",
        tests=(not_null(), unless_refunds(percentage_range(0, 1, severity="warn"))),
        aggregate=Ratio("promotional_spend", "total_revenue"),
    ),
    column(
        "recommended_action",
        "string",
        "Published action of the segment.",
        width=64,
        tests=(not_null(), accepted_values(ACTIONS.values())),
    ),
    column("has_purchased", "boolean", "Whether the customer has a successful order.", tests=(not_null(),)),
    column(
        "returned_orders",
        "int64",
        "Returned orders, also of customers who never bought.",
        unit="orders",
        aggregate=Sum(),
    ),
    column(
        "pending_orders", "int64", "Pending orders, also of customers who never bought.", unit="orders", aggregate=Sum()
    ),
    column("analysis_timestamp", "timestamp", "as_of at midnight.", tests=(not_null(), recency_freshness(STALE_DAYS))),
)


PASSED_THROUGH = ("customer_id", "first_name", "last_name", "favorite_product", "preferred_payment_method")
"""Columns that are published as the joined tables hold them."""


HISTORY = History(
    "segment_history",
    columns=(
        "recency_score",
        "frequency_score",
        "monetary_score",
        "customer_segment",
        "value_tier",
        "total_revenue",
    ),
    views=(segment_migration, campaign_left_champions),
)


@model(
    layer="marts",
    grain=("customer_id",),
    columns=COLUMNS,
    tags=("rfm", "daily"),
    dist_key="customer_id",
    sort_keys=("customer_id",),
    tests=(row_count_equals(total(shop_totals, "customers"), "rows of stg_customers (100 % coverage)"),),
    history=HISTORY,
)
def customer_segmentation(
    stg_customers: ir.Table,
    stg_payments: ir.Table,
    int_order_facts: ir.Table,
    int_customer_orders: ir.Table,
    int_customer_products: ir.Table,
    as_of: date,
    rfm_rules: RfmRules = RfmRules(),
    passed_columns: PassedColumns = NO_COLUMNS,
) -> ir.Table:
    """How recently, how often and for how much each customer bought, and the segment and action that follow.

    Grain: one row per ``customer_id`` of stg_customers, also those who never bought.
    Units: money in dollars, exact; days are whole days before ``as_of``.
    Nulls: dates, days and favorites of customers who never bought.
    Source: docs/metrics/customer_segmentation.md.
    """
    all_customers = without_passed(CUSTOMERS, passed_columns, stg_customers)
    payments = without_passed(PAYMENTS, passed_columns, stg_payments)
    customers = (
        existing_customers(all_customers, int_customer_orders, as_of)
        .left_join(int_customer_orders, "customer_id", rname="{name}_of_orders")
        .left_join(_scores(int_customer_orders, rfm_rules), "customer_id", rname="{name}_of_scores")
        .left_join(_favorites(int_customer_products), "customer_id", rname="{name}_of_favorites")
        .left_join(_preferred_methods(int_order_facts, payments), "customer_id", rname="{name}_of_methods")
    )
    names = [name for name in (*PASSED_THROUGH, SIGN_UP) if name in customers.columns]
    measured = customers.select(*names, **_measures(customers, as_of))
    return in_order(measured, COLUMNS, **_labels(measured, rfm_rules), analysis_timestamp=midnight(as_of))


def _scores(customer_orders: ir.Table, rules: RfmRules) -> ir.Table:
    buyers = customer_orders.filter(customer_orders.successful_orders > 0)
    return buyers.select(
        "customer_id",
        recency_score=_score(buyers, buyers.last_success_date, rules),
        frequency_score=_score(buyers, buyers.successful_orders, rules),
        monetary_score=_score(buyers, buyers.net_cents, rules),
    )


def _score(buyers: ir.Table, metric: ir.Column, rules: RfmRules) -> ir.IntegerColumn:
    if rules.scoring == NTILE:
        groups = ibis.ntile(rules.score_groups).over(order_by=[metric, buyers.customer_id])
        return (groups + WORST_SCORE).cast("int32")
    # Ibis ranks from 0, so the rank is the number of buyers who are strictly worse.
    worse = ibis.rank().over(order_by=metric)
    return (WORST_SCORE + (rules.score_groups * worse) // buyers.count().over(ibis.window())).cast("int32")


def _favorites(customer_products: ir.Table) -> ir.Table:
    """Return each buyer's number of products, and the product of most orders; ties by revenue, then name."""
    bought = customer_products.filter(customer_products.successful_orders > 0)
    most_orders = with_most(bought, "customer_id", "successful_orders", unique_products_purchased=bought.count())
    most_revenue = with_most(most_orders, "customer_id", "net_cents")
    return most_revenue.group_by("customer_id").agg(
        unique_products_purchased=most_revenue.unique_products_purchased.max(),
        favorite_product=most_revenue.product_name.min(),
    )


def _preferred_methods(facts: ir.Table, payments: ir.Table) -> ir.Table:
    successful = facts.filter(is_successful(facts)).select("order_id", "customer_id")
    with_method = payments.filter(payments.payment_method.notnull())
    used = with_method.inner_join(successful, "order_id").group_by("customer_id", "payment_method")
    counted = used.agg(times=lambda t: t.count(), cents=lambda t: t.amount_cents.fill_null(0).sum())
    order = (counted.times.desc(), counted.cents.desc(), counted.payment_method.asc())
    picked = first_by(counted, ("customer_id",), order)
    return picked.select("customer_id", preferred_payment_method=picked.payment_method)


def _measures(customers: ir.Table, as_of: date) -> dict[str, ir.Column]:
    orders = customers.successful_orders.fill_null(0)
    cents = customers.net_cents.fill_null(0)
    promo = customers.promo_cents.fill_null(0)
    first, last = customers.first_success_date, customers.last_success_date
    return {
        "days_since_last_order": days_before(as_of, last),
        "total_orders": orders,
        "total_revenue": dollars(cents),
        "avg_order_value": mean_dollars(cents, orders).fill_null(0.0),
        "recency_score": customers.recency_score.fill_null(WORST_SCORE),
        "frequency_score": customers.frequency_score.fill_null(WORST_SCORE),
        "monetary_score": customers.monetary_score.fill_null(WORST_SCORE),
        "first_order_date": first,
        "last_order_date": last,
        "customer_lifespan_days": last.delta(first, unit="day"),
        "unique_products_purchased": customers.unique_products_purchased.fill_null(0),
        "promotional_spend": dollars(promo),
        "promotional_spend_ratio": ratio(promo, cents).fill_null(0.0),
        "has_purchased": orders > 0,
        "returned_orders": customers.returned_orders.fill_null(0),
        "pending_orders": customers.pending_orders.fill_null(0),
    }


def _labels(customers: ir.Table, rules: RfmRules) -> dict[str, ir.Column]:
    r, f, m = customers.recency_score, customers.frequency_score, customers.monetary_score
    segments = _segments(r, f, m, rules)
    return {
        "rfm_combined_score": (100 * r + 10 * f + m).cast("int32"),
        "customer_segment": ibis.cases(*segments, else_=LOST),
        "value_tier": _value_tier(m, rules),
        "engagement_level": _engagement_level(r, f, rules),
        "recommended_action": ibis.cases(*[(when, ACTIONS[name]) for when, name in segments], else_=ACTIONS[LOST]),
    }


def _segments(
    r: ir.IntegerColumn, f: ir.IntegerColumn, m: ir.IntegerColumn, rules: RfmRules
) -> list[tuple[ir.BooleanColumn, str]]:
    """Return the condition of each segment but the last, to be tried in order."""
    low = rules.hibernating_max_score
    is_champion = (
        (r >= rules.champions_min_recency) & (f >= rules.champions_min_frequency) & (m >= rules.champions_min_monetary)
    )
    is_loyal = (r >= rules.loyal_min_recency) & (f >= rules.loyal_min_frequency) & (m >= rules.loyal_min_monetary)
    return [
        (is_champion, CHAMPIONS),
        (is_loyal, "Loyal Customers"),
        ((r >= rules.potential_min_recency) & (m >= rules.potential_min_monetary), "Potential Loyalists"),
        ((r >= rules.new_min_recency) & (f <= rules.new_max_frequency), "New Customers"),
        ((r >= rules.promising_min_recency) & (f <= rules.promising_max_frequency), "Promising"),
        ((r >= rules.attention_min_recency) & (f >= rules.attention_min_frequency), "Need Attention"),
        ((r <= rules.at_risk_max_recency) & (f >= rules.at_risk_min_frequency), AT_RISK),
        ((r <= rules.cant_lose_max_recency) & (m >= rules.cant_lose_min_monetary), CANT_LOSE),
        ((r <= low) & (f <= low) & (m <= low), "Hibernating"),
    ]


def _value_tier(m: ir.IntegerColumn, rules: RfmRules) -> ir.StringColumn:
    return ibis.cases(
        (m >= rules.high_value_min_monetary, "High Value"),
        (m >= rules.medium_value_min_monetary, "Medium Value"),
        else_="Low Value",
    )


def _engagement_level(r: ir.IntegerColumn, f: ir.IntegerColumn, rules: RfmRules) -> ir.StringColumn:
    is_high = (r >= rules.highly_engaged_min_recency) & (f >= rules.highly_engaged_min_frequency)
    is_moderate = (r >= rules.moderately_engaged_min_score) | (f >= rules.moderately_engaged_min_score)
    return ibis.cases((is_high, "Highly Engaged"), (is_moderate, "Moderately Engaged"), else_="Low Engagement")
