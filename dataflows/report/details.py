"""The queries behind drill-downs and forecasts: segments in detail, actions, expected spend, channels and campaigns."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from dataflows.lib.expressions import dollars
from dataflows.report.aggregates import SUM, money_of, sum_of
from dataflows.report.rows import Action, ActionValue, CampaignResult, ChannelMonth, SegmentForecast, SegmentProduct
from marketing_ibis.report.declaration import query

SEGMENT_PRODUCTS = 5
"""How many products are listed for each segment."""
TREND_MONTHS = 24
"""How many of the newest months are listed for each channel."""


@query(Action)
def actions(next_best_action: ir.Table, customer_segmentation: ir.Table) -> ir.Table:
    """Customers by segment and next best action."""
    segments = customer_segmentation.select("customer_id", "customer_segment", "total_revenue")
    customers = next_best_action.join(segments, "customer_id")
    return (
        customers.group_by(segment=customers.customer_segment, name=customers.next_best_action)
        .agg(customers=customers.count(), revenue=money_of(customers.total_revenue))
        .order_by("segment", "name")
    )


@query(ActionValue)
def action_values(next_best_action: ir.Table, customer_segmentation: ir.Table, customer_clv: ir.Table) -> ir.Table:
    """What one customer of each next best action has paid, and what all of them are expected to spend."""
    paid = customer_segmentation.select("customer_id", "total_revenue")
    expected = customer_clv.select("customer_id", "forecast_clv")
    customers = next_best_action.join(paid, "customer_id").left_join(expected, "customer_id", rname="{name}_of_clv")
    return (
        customers.group_by(name=customers.next_best_action)
        .agg(median=customers.total_revenue.cast("float64").median(), forecast=customers.forecast_clv.sum())
        .order_by("name")
    )


@query(SegmentProduct)
def segment_products(int_customer_products: ir.Table, customer_segmentation: ir.Table) -> ir.Table:
    """The products that brought most net revenue in each segment."""
    bought = int_customer_products.filter(int_customer_products.successful_orders > 0)
    segments = customer_segmentation.select("customer_id", "customer_segment")
    sales = bought.join(segments, "customer_id")
    products = sales.group_by(segment=sales.customer_segment, product=sales.product_name).agg(
        customers=sales.count(), orders=sum_of(sales.successful_orders), cents=sum_of(sales.net_cents)
    )
    order = [products.cents.desc(), products.product.asc()]
    placed = products.mutate(place=ibis.row_number().over(group_by=products.segment, order_by=order))
    first = placed.filter(placed.place < SEGMENT_PRODUCTS).order_by("segment", "place")
    return first.select("segment", "product", "customers", "orders", revenue=dollars(first.cents).cast(SUM))


@query(SegmentForecast)
def segment_forecasts(customer_clv: ir.Table, customer_segmentation: ir.Table) -> ir.Table:
    """Purchases and spend that are expected of the buyers of each segment."""
    segments = customer_segmentation.select("customer_id", "customer_segment")
    buyers = customer_clv.join(segments, "customer_id")
    half = buyers.forecast_clv_high - buyers.forecast_clv
    return (
        buyers.group_by(segment=buyers.customer_segment)
        .agg(
            buyers=buyers.count(),
            purchases=buyers.expected_purchases.sum(),
            spend=buyers.forecast_clv.sum(),
            squares=(half * half).sum(),
        )
        .order_by("segment")
    )


@query(ChannelMonth)
def channel_trend(channel_trends: ir.Table) -> ir.Table:
    """The newest months of each channel of the stand-in rule."""
    trends = channel_trends
    newest = ibis.dense_rank().over(order_by=trends.order_month.desc())
    months = trends.select(
        channel="attribution_channel",
        month="order_month",
        orders="monthly_conversions",
        revenue=trends.monthly_revenue.cast(SUM),
        as_of=trends.analysis_timestamp.date(),
        place=newest,
    )
    return months.filter(months.place < TREND_MONTHS).drop("place").order_by("channel", "month")


@query(CampaignResult)
def campaigns(campaign_performance: ir.Table) -> ir.Table:
    """What each campaign earned in each channel."""
    results = campaign_performance
    return results.select(
        campaign="campaign_type",
        channel="attribution_channel",
        orders="campaign_conversions",
        customers="campaign_reach",
        revenue="campaign_revenue",
        profit="estimated_profit",
    ).order_by("campaign", "channel")


DETAILS = (actions, action_values, segment_products, segment_forecasts, channel_trend, campaigns)
