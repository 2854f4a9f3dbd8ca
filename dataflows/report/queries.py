"""The report's queries of the marts, as Ibis expressions, which the engine aggregates."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from dataflows.report.aggregates import SUM, count_if, money_of, sum_of
from dataflows.report.decisions import DECISIONS
from dataflows.report.details import DETAILS
from dataflows.report.rows import (
    AbcClass,
    AgeTotal,
    Built,
    Cell,
    Channel,
    CohortMonth,
    Credit,
    Day,
    Migration,
    Month,
    Period,
    Product,
    Segment,
    Total,
)
from dataflows.staging.stg_orders import RETURNED, SUCCESSFUL
from marketing_ibis.report.declaration import query

COHORTS = 24
"""How many of the newest cohorts are drawn, and how many months of each."""
PERIOD_DAYS, PERIODS = 28, 13
"""Four weeks have every weekday as often as any other four weeks; thirteen of them are a year."""
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
        without_orders=count_if(_is_without_orders(customers)),
        buyers=count_if(customers.has_purchased),
        repeat_buyers=count_if(customers.total_orders > 1),
        orders=sum_of(customers.total_orders),
        returned_orders=sum_of(customers.returned_orders),
        revenue=money_of(customers.total_revenue),
    )


def _is_without_orders(customers: ir.Table) -> ir.BooleanValue:
    return ~customers.has_purchased & (customers.returned_orders == 0) & (customers.pending_orders == 0)


@query(Segment)
def segments(customer_segmentation: ir.Table) -> ir.Table:
    """Customers by segment and whether they bought."""
    customers = customer_segmentation
    grouped = customers.group_by(name=customers.customer_segment, has_purchased=customers.has_purchased)
    return grouped.agg(
        customers=customers.count(),
        without_orders=count_if(_is_without_orders(customers)),
        orders=sum_of(customers.total_orders),
        revenue=money_of(customers.total_revenue),
        action=customers.recommended_action.max(),
    ).order_by("name", "has_purchased")


@query(Cell)
def cells(customer_segmentation: ir.Table) -> ir.Table:
    """Buyers by recency and frequency score."""
    customers = customer_segmentation
    buyers = customers.filter(customers.has_purchased)
    grouped = buyers.group_by(recency=buyers.recency_score, frequency=buyers.frequency_score)
    return grouped.agg(customers=buyers.count(), revenue=money_of(buyers.total_revenue)).order_by(
        "recency", "frequency"
    )


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
            buyers=sum_of(cohorts.cohort_size),
            complete_buyers=sum_of(is_complete.ifelse(cohorts.cohort_size, nothing)),
            active=sum_of(is_complete.ifelse(cohorts.customers_active, nothing)),
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
        revenue=money_of(cohorts.cohort_revenue),
        orders=sum_of(cohorts.total_orders),
        buyers=sum_of(cohorts.customers_active),
        is_complete=count_if(~cohorts.is_complete_period) == 0,
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
            revenue=money_of(products.total_revenue),
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


@query(Period)
def periods(shop_days: ir.Table, orders: ir.Table) -> ir.Table:
    """Orders of known customers by period of 28 days, counted back from the day that the tables show."""
    days = shop_days.agg(newest=shop_days.day.max(), oldest=shop_days.day.min())
    placed = orders.filter(orders.order_sequence.notnull()).cross_join(days)
    aged = placed.mutate(
        age=placed.newest.delta(placed.order_date, unit="day"),
        days=placed.newest.delta(placed.oldest, unit="day") + 1,
    )
    recent = aged.filter(aged.age < PERIOD_DAYS * (PERIODS + 1)).mutate(number=aged.age // PERIOD_DAYS)
    is_success = recent.order_status_group == SUCCESSFUL
    paid = is_success.ifelse(recent.amount.cast(SUM), ibis.literal(0, SUM))
    customers = recent.group_by("number", "newest", "days", "customer_id").agg(
        orders=count_if(is_success),
        returned=count_if(recent.order_status_group == RETURNED),
        revenue=paid.sum().cast(SUM),
        squares=(paid.cast("float64") * paid.cast("float64")).sum(),
    )
    buyers = customers.filter(customers.orders > 0)
    earlier = buyers.select("customer_id", number=buyers.number - 1, bought_before=ibis.literal(True))
    known = customers.left_join(earlier, ["customer_id", "number"], rname="{name}_before")
    is_buyer = known.orders > 0
    return (
        known.group_by("number", "newest", "days")
        .agg(
            orders=sum_of(known.orders),
            returned_orders=sum_of(known.returned),
            buyers=count_if(is_buyer),
            returning=count_if(is_buyer & known.bought_before.notnull()),
            revenue=money_of(known.revenue),
            squares=known.squares.sum(),
        )
        .order_by("number")
    )


@query(Day)
def recent_days(shop_days: ir.Table) -> ir.Table:
    """Each day of the last two periods."""
    days = shop_days.cross_join(shop_days.agg(newest=shop_days.day.max()))
    recent = days.filter(days.newest.delta(days.day, unit="day") < 2 * PERIOD_DAYS)
    return recent.select(
        "day", "revenue", orders="successful_orders", buyers=recent.new_customers + recent.returning_customers
    ).order_by("day")


QUERIES = (
    built,
    total,
    segments,
    cells,
    cohorts,
    retention,
    months,
    products,
    classes,
    channels,
    credits,
    migrations,
    periods,
    recent_days,
    *DECISIONS,
    *DETAILS,
)
