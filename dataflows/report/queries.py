"""The report's queries of the marts, as Ibis expressions, which the engine aggregates."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from dataflows.report.rows import (
    AbcClass,
    AgeTotal,
    Built,
    Cell,
    Channel,
    CohortMonth,
    Credit,
    Migration,
    Month,
    Product,
    Segment,
    Total,
)
from marketing_ibis.report.declaration import query

SUM = "decimal(38, 2)"
COHORTS = 24
"""How many of the newest cohorts are drawn, and how many months of each."""
PRODUCTS = 20
"""How many products are drawn by revenue, and how many by orders."""


@query(Built)
def built(
    customer_segmentation: ir.Table,
    product_performance: ir.Table,
    customer_cohorts: ir.Table,
    marketing_attribution: ir.Table,
    attribution_models: ir.Table,
) -> ir.Table:
    """The day that each mart shows."""
    marts = (customer_segmentation, product_performance, customer_cohorts, marketing_attribution, attribution_models)
    days = [
        mart.agg(as_of=mart.analysis_timestamp.max().date()).select(
            mart=ibis.literal(mart.get_name()), as_of=ibis._.as_of
        )
        for mart in marts
    ]
    return ibis.union(*days).order_by("mart")


@query(Total)
def total(customer_segmentation: ir.Table) -> ir.Table:
    """All customers together."""
    customers = customer_segmentation
    return customers.agg(
        customers=customers.count(),
        buyers=_count_if(customers.has_purchased),
        repeat_buyers=_count_if(customers.total_orders > 1),
        orders=_sum(customers.total_orders),
        returned_orders=_sum(customers.returned_orders),
        revenue=_money(customers.total_revenue),
    )


@query(Segment)
def segments(customer_segmentation: ir.Table) -> ir.Table:
    """Customers by segment and whether they bought."""
    customers = customer_segmentation
    grouped = customers.group_by(name=customers.customer_segment, has_purchased=customers.has_purchased)
    return grouped.agg(
        customers=customers.count(),
        orders=_sum(customers.total_orders),
        revenue=_money(customers.total_revenue),
        action=customers.recommended_action.max(),
    ).order_by("name", "has_purchased")


@query(Cell)
def cells(customer_segmentation: ir.Table) -> ir.Table:
    """Buyers by recency and frequency score."""
    customers = customer_segmentation
    buyers = customers.filter(customers.has_purchased)
    grouped = buyers.group_by(recency=buyers.recency_score, frequency=buyers.frequency_score)
    return grouped.agg(customers=buyers.count(), revenue=_money(buyers.total_revenue)).order_by("recency", "frequency")


@query(CohortMonth)
def cohorts(customer_cohorts: ir.Table) -> ir.Table:
    """The newest cohorts, month by month."""
    cohorts = customer_cohorts
    placed = cohorts.select(
        cohort=cohorts.cohort_month,
        age=cohorts.months_since_first_purchase,
        size=cohorts.cohort_size,
        active=cohorts.customers_active,
        ltv=cohorts.cumulative_ltv,
        is_complete=cohorts.is_complete_period,
        place=ibis.dense_rank().over(order_by=cohorts.cohort_month.desc()),
    )
    return placed.filter((placed.place < COHORTS) & (placed.age < COHORTS)).drop("place").order_by("cohort", "age")


@query(AgeTotal)
def retention(customer_cohorts: ir.Table) -> ir.Table:
    """All cohorts together, by months since the first order."""
    cohorts = customer_cohorts
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


@query(Month)
def months(customer_cohorts: ir.Table) -> ir.Table:
    """Orders by calendar month."""
    cohorts = customer_cohorts
    # Every buyer belongs to one cohort, so a month's cells add up to its revenue, orders and buyers.
    grouped = cohorts.group_by(month=cohorts.period_month)
    return grouped.agg(
        revenue=_money(cohorts.cohort_revenue),
        orders=_sum(cohorts.total_orders),
        buyers=_sum(cohorts.customers_active),
        is_complete=_count_if(~cohorts.is_complete_period) == 0,
    ).order_by("month")


@query(Product)
def products(product_performance: ir.Table) -> ir.Table:
    """The products of most revenue or most orders."""
    products = product_performance
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


@query(AbcClass)
def classes(product_performance: ir.Table) -> ir.Table:
    """Products by ABC class."""
    products = product_performance
    return (
        products.group_by(name=products.abc_category)
        .agg(
            products=products.count(),
            revenue=_money(products.total_revenue),
        )
        .order_by("name")
    )


@query(Channel)
def channels(marketing_attribution: ir.Table) -> ir.Table:
    """Every channel."""
    channels = marketing_attribution
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


@query(Credit)
def credits(attribution_models: ir.Table) -> ir.Table:
    """Every attribution model's credit of every channel."""
    credits = attribution_models
    return credits.select(
        model=credits.attribution_model,
        channel=credits.channel,
        customers=credits.attributed_customers,
        revenue=credits.attributed_revenue,
    ).order_by("model", "channel")


@query(Migration)
def migrations(segment_migration: ir.Table) -> ir.Table:
    """Moves between segments up to the newest recorded day."""
    moves = segment_migration
    newest = moves.agg(newest=moves.to_as_of.max())
    return (
        moves.join(newest, moves.to_as_of == newest.newest)
        .select(
            since="from_as_of",
            as_of="to_as_of",
            from_segment="from_segment",
            to_segment="to_segment",
            customers="customers",
            revenue="revenue_at_to",
        )
        .order_by([ibis._.customers.desc(), "from_segment", "to_segment"])
    )


def _count_if(condition: ir.BooleanColumn) -> ir.IntegerScalar:
    return condition.ifelse(1, 0).cast("int64").sum().fill_null(0).cast("int64")


def _sum(column: ir.IntegerColumn) -> ir.IntegerScalar:
    return column.sum().fill_null(0).cast("int64")


def _money(column: ir.DecimalColumn) -> ir.DecimalScalar:
    return column.cast(SUM).sum().fill_null(ibis.literal(0, SUM)).cast(SUM)


QUERIES = (built, total, segments, cells, cohorts, retention, months, products, classes, channels, credits, migrations)
