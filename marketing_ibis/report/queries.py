"""What the report asks of the marts, as Ibis expressions: every answer is aggregated where the rows are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import ibis
import ibis.expr.types as ir

MONEY = "decimal(18, 2)"
SUM = "decimal(38, 2)"
COHORTS = 24
"""How many cohorts are drawn, the newest ones, and how many months of each."""
PRODUCTS = 20
"""The products of most revenue, and those of most orders, that are drawn."""

COLUMNS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "customer_segmentation": {
            "customer_segment": "string",
            "recommended_action": "string",
            "recency_score": "int32",
            "frequency_score": "int32",
            "total_orders": "int64",
            "returned_orders": "int64",
            "total_revenue": MONEY,
            "has_purchased": "boolean",
            "analysis_timestamp": "timestamp",
        },
        "product_performance": {
            "product_name": "string",
            "total_orders": "int64",
            "return_count": "int64",
            "total_revenue": MONEY,
            "net_revenue": MONEY,
            "abc_category": "string",
            "revenue_rank": "int64",
            "volume_rank": "int64",
            "analysis_timestamp": "timestamp",
        },
        "customer_cohorts": {
            "cohort_month": "date",
            "months_since_first_purchase": "int32",
            "cohort_age_months": "int32",
            "cohort_size": "int64",
            "customers_active": "int64",
            "cohort_revenue": MONEY,
            "total_orders": "int64",
            "cumulative_ltv": "float64",
            "period_month": "date",
            "is_complete_period": "boolean",
            "analysis_timestamp": "timestamp",
        },
        "marketing_attribution": {
            "attribution_channel": "string",
            "total_conversions": "int64",
            "unique_customers": "int64",
            "new_customer_acquisitions": "int64",
            "total_revenue": MONEY,
            "avg_order_value": "float64",
            "channel_efficiency_score": "float64",
            "channel_classification": "string",
            "optimization_recommendation": "string",
            "first_touch_revenue": MONEY,
            "last_touch_revenue": MONEY,
            "analysis_timestamp": "timestamp",
        },
        "attribution_models": {
            "attribution_model": "string",
            "channel": "string",
            "attributed_customers": "float64",
            "attributed_revenue": "float64",
            "analysis_timestamp": "timestamp",
        },
    }
)
"""The columns that the report needs of each mart, with their types."""


def queries() -> dict[str, ir.Table]:
    """Return each question by the name of the record that it fills."""
    marts = {name: ibis.table(columns, name=name) for name, columns in COLUMNS.items()}
    customers, products, cohorts, channels, credits = marts.values()
    return {
        "built": _built(marts),
        "total": _total(customers),
        "segments": _segments(customers),
        "cells": _cells(customers),
        "cohorts": _cohorts(cohorts),
        "retention": _retention(cohorts),
        "months": _months(cohorts),
        "products": _products(products),
        "classes": _classes(products),
        "channels": _channels(channels),
        "credits": _credits(credits),
    }


def _built(marts: Mapping[str, ir.Table]) -> ir.Table:
    days = [
        mart.agg(as_of=mart.analysis_timestamp.max().date()).select(mart=ibis.literal(name), as_of=ibis._.as_of)
        for name, mart in marts.items()
    ]
    return ibis.union(*days).order_by("mart")


def _total(customers: ir.Table) -> ir.Table:
    return customers.agg(
        customers=customers.count(),
        buyers=_count_if(customers.has_purchased),
        repeat_buyers=_count_if(customers.total_orders > 1),
        orders=_sum(customers.total_orders),
        returned_orders=_sum(customers.returned_orders),
        revenue=_money(customers.total_revenue),
    )


def _segments(customers: ir.Table) -> ir.Table:
    grouped = customers.group_by(name=customers.customer_segment, has_purchased=customers.has_purchased)
    return grouped.agg(
        customers=customers.count(),
        orders=_sum(customers.total_orders),
        revenue=_money(customers.total_revenue),
        action=customers.recommended_action.max(),
    ).order_by("name", "has_purchased")


def _cells(customers: ir.Table) -> ir.Table:
    buyers = customers.filter(customers.has_purchased)
    grouped = buyers.group_by(recency=buyers.recency_score, frequency=buyers.frequency_score)
    return grouped.agg(customers=buyers.count(), revenue=_money(buyers.total_revenue)).order_by("recency", "frequency")


def _cohorts(cohorts: ir.Table) -> ir.Table:
    placed = cohorts.mutate(place=ibis.dense_rank().over(order_by=cohorts.cohort_month.desc()))
    newest = placed.filter((placed.place < COHORTS) & (placed.months_since_first_purchase < COHORTS))
    return newest.select(
        cohort=newest.cohort_month,
        age=newest.months_since_first_purchase,
        size=newest.cohort_size,
        active=newest.customers_active,
        ltv=newest.cumulative_ltv,
        is_complete=newest.is_complete_period,
    ).order_by("cohort", "age")


def _retention(cohorts: ir.Table) -> ir.Table:
    is_complete, nothing = cohorts.is_complete_period, ibis.literal(0, "int64")
    return (
        cohorts.group_by(age=cohorts.months_since_first_purchase)
        .agg(
            cohorts=cohorts.count(),
            buyers=_sum(cohorts.cohort_size),
            complete_buyers=_sum(is_complete.ifelse(cohorts.cohort_size, nothing)),
            active=_sum(is_complete.ifelse(cohorts.customers_active, nothing)),
        )
        .order_by("age")
    )


def _months(cohorts: ir.Table) -> ir.Table:
    # Every buyer belongs to one cohort, so that a month's cells add up to its revenue, orders and buyers.
    grouped = cohorts.group_by(month=cohorts.period_month)
    return grouped.agg(
        revenue=_money(cohorts.cohort_revenue),
        orders=_sum(cohorts.total_orders),
        buyers=_sum(cohorts.customers_active),
        is_complete=_count_if(~cohorts.is_complete_period) == 0,
    ).order_by("month")


def _products(products: ir.Table) -> ir.Table:
    first = products.filter((products.revenue_rank <= PRODUCTS) | (products.volume_rank <= PRODUCTS))
    return first.select(
        name=first.product_name,
        orders=first.total_orders,
        returns=first.return_count,
        revenue=first.total_revenue,
        net_revenue=first.net_revenue,
        abc=first.abc_category,
        revenue_rank=first.revenue_rank,
        volume_rank=first.volume_rank,
    ).order_by("revenue_rank")


def _classes(products: ir.Table) -> ir.Table:
    return (
        products.group_by(name=products.abc_category)
        .agg(
            products=products.count(),
            orders=_sum(products.total_orders),
            returns=_sum(products.return_count),
            revenue=_money(products.total_revenue),
        )
        .order_by("name")
    )


def _channels(channels: ir.Table) -> ir.Table:
    return channels.select(
        name=channels.attribution_channel,
        conversions=channels.total_conversions,
        customers=channels.unique_customers,
        new_customers=channels.new_customer_acquisitions,
        revenue=channels.total_revenue,
        order_value=channels.avg_order_value,
        score=channels.channel_efficiency_score,
        classification=channels.channel_classification,
        recommendation=channels.optimization_recommendation,
        first_touch_revenue=channels.first_touch_revenue,
        last_touch_revenue=channels.last_touch_revenue,
    ).order_by([ibis._.revenue.desc(), "name"])


def _credits(credits: ir.Table) -> ir.Table:
    return credits.select(
        model=credits.attribution_model,
        channel=credits.channel,
        customers=credits.attributed_customers,
        revenue=credits.attributed_revenue,
    ).order_by("model", "channel")


def _count_if(condition: ir.BooleanColumn) -> ir.IntegerScalar:
    return condition.ifelse(1, 0).cast("int64").sum().fill_null(0).cast("int64")


def _sum(column: ir.IntegerColumn) -> ir.IntegerScalar:
    return column.sum().fill_null(0).cast("int64")


def _money(column: ir.DecimalColumn) -> ir.DecimalScalar:
    return column.cast(SUM).sum().fill_null(ibis.literal(0, SUM)).cast(SUM)
