"""How the five channels perform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.intermediate.int_customer_journeys import TOUCH_COLUMNS
from dataflows.intermediate.int_order_facts import is_successful
from dataflows.intermediate.int_order_products import product_sales
from dataflows.intermediate.int_orders import CHANNELS, EMAIL, ORGANIC, PROMOTIONAL, SOCIAL
from dataflows.lib.balances import SUMS_TO_BUYERS, SUMS_TO_NET, SUMS_TO_SUCCESSFUL_ORDERS
from dataflows.lib.expressions import (
    CLEAR_MARGIN,
    clearly_greater,
    constant_table,
    count_if,
    dollars,
    first_by,
    in_order,
    mean_dollars,
    midnight,
    no_negative_zero,
    only_if,
    ratio,
)
from dataflows.lib.payment_methods import unless_refunds
from dataflows.marts.attribution_touchpoints import FIRST_TOUCH, LAST_TOUCH, WEIGHTS
from marketing_ibis.data_tests import (
    accepted_values,
    non_negative,
    not_null,
    percentage_range,
    positive_value,
    row_count_equals,
    unique,
)
from marketing_ibis.model import MONEY, Ratio, Sum, column, model

CLASSES = ("High Performer", "Growth Driver", "Premium Channel", "Efficient Converter", "Standard Channel")

COLUMNS = (
    column(
        "attribution_channel",
        "string",
        "One of five channels, by a stand-in rule on the order, not observed traffic.",
        width=32,
        tests=(unique(), not_null(), accepted_values(CHANNELS)),
    ),
    column(
        "total_conversions",
        "int64",
        "Successful orders of the channel.",
        unit="orders",
        tests=(
            not_null(),
            positive_value(severity="warn"),
            SUMS_TO_SUCCESSFUL_ORDERS,
        ),
        aggregate=Sum(),
    ),
    column(
        "unique_customers",
        "int64",
        "Distinct customers; not additive over channels.",
        unit="customers",
        tests=(not_null(), positive_value(where=_.total_conversions > 0)),
    ),
    column(
        "new_customer_acquisitions",
        "int64",
        "First successful orders of customers.",
        unit="orders",
        tests=(not_null(), SUMS_TO_BUYERS),
        aggregate=Sum(),
    ),
    column(
        "total_revenue",
        MONEY,
        "Payments of the channel's orders.",
        unit="dollars",
        tests=(
            not_null(),
            unless_refunds(positive_value(where=_.total_conversions > 0, severity="warn")),
            SUMS_TO_NET,
        ),
        aggregate=Sum(),
    ),
    column(
        "avg_order_value",
        "float64",
        "total_revenue / total_conversions; 0 when none.",
        unit="dollars",
        aggregate=Ratio("total_revenue", "total_conversions"),
    ),
    column(
        "revenue_per_conversion",
        "float64",
        "The same number as avg_order_value.",
        unit="dollars",
        aggregate=Ratio("total_revenue", "total_conversions"),
    ),
    column(
        "customer_conversion_rate",
        "float64",
        "Customers per conversion, not a conversion rate.",
        unit="share 0-1",
        tests=(percentage_range(0, 1),),
    ),
    column("top_product", "string", "Product of most orders; ties by revenue, then name.", nullable=True),
    column("product_diversity", "int64", "Distinct products.", unit="products"),
    column(
        "first_touch_customers",
        "int64",
        "Buyers whose first successful order is in the channel.",
        unit="customers",
        aggregate=Sum(),
    ),
    column(
        "first_touch_revenue",
        MONEY,
        "Whole revenue of those buyers.",
        unit="dollars",
        tests=(SUMS_TO_NET,),
        aggregate=Sum(),
    ),
    column(
        "last_touch_customers",
        "int64",
        "Buyers whose last successful order is in the channel.",
        unit="customers",
        aggregate=Sum(),
    ),
    column(
        "last_touch_revenue",
        MONEY,
        "Whole revenue of those buyers.",
        unit="dollars",
        tests=(SUMS_TO_NET,),
        aggregate=Sum(),
    ),
    column(
        "channel_efficiency_score",
        "float64",
        "{attribution_rules.revenue_weight} revenue per conversion + {attribution_rules.conversion_weight} customers"
        " per conversion, each to the average of live channels, + {attribution_rules.acquisition_weight} share of"
        " acquisitions.",
        unit="score",
        tests=(not_null(), unless_refunds(non_negative(severity="warn"))),
    ),
    column(
        "channel_classification",
        "string",
        "High Performer, Growth Driver, Premium Channel, Efficient Converter or Standard Channel, first match.",
        width=32,
        tests=(not_null(), accepted_values(CLASSES)),
    ),
    column(
        "optimization_recommendation",
        "string",
        "Published recommendation for the channel.",
        width=128,
        tests=(not_null(),),
    ),
    column("analysis_timestamp", "timestamp", "as_of at midnight."),
)


@dataclass(frozen=True, slots=True)
class AttributionRules:
    """Weights of the efficiency score, multiples of the average that earn a class, limits of the recommendations."""

    revenue_weight: float = 40
    """The weight in the efficiency score of a channel's revenue per conversion."""
    conversion_weight: float = 30
    """The weight in the efficiency score of a channel's conversion rate."""
    acquisition_weight: float = 30
    """The weight in the efficiency score of a channel's share of new customers."""
    high_performer_above_average: float = 1.5
    """A High Performer earns more than this many times the average revenue."""
    growth_driver_above_average: float = 1.2
    """A Growth Driver brings more than this many times the average number of new customers."""
    premium_above_average: float = 1.2
    """A Premium Channel has more than this many times the average order value."""
    efficient_above_average: float = 1.1
    """An Efficient Converter has more than this many times the average conversion rate."""
    promotion_below_dollars: int = 50
    """Below this revenue per conversion, the advice is to review the depth of promotions."""
    variety_below_products: int = 3
    """With fewer products than this, the advice for social media is to promote more of them."""
    acquisition_below_orders: int = 5
    """With fewer new customers than this, the advice for e-mail is to acquire more."""
    organic_above_orders: int = 20
    """With more conversions than this, the advice for organic search is to invest in it."""


@model(
    layer="marts",
    grain=("attribution_channel",),
    columns=COLUMNS,
    tags=("attribution", "daily"),
    sort_keys=("attribution_channel",),
    tests=(row_count_equals(len(CHANNELS), "5 (all channels mapped)"),),
)
def marketing_attribution(
    int_order_facts: ir.Table,
    int_customer_journeys: ir.Table,
    attribution_touchpoints: ir.Table,
    as_of: date,
    attribution_rules: AttributionRules = AttributionRules(),
    int_order_products: ir.Table | None = None,
) -> ir.Table:
    """Orders, customers and revenue of each channel, and how it compares with the others.

    Grain: one row per ``attribution_channel``, always all five.
    Units: money in dollars, exact; averages are over channels with at least one conversion.
    Nulls: ``top_product`` of a channel without conversions.
    Source: docs/metrics/marketing_attribution.md. The channel is a stand-in rule, not observed traffic.
    """
    channels = (
        constant_table("attribution_channel", CHANNELS)
        .left_join(_totals(int_order_facts, int_order_products), "attribution_channel", rname="{name}_of_totals")
        .left_join(_touches(attribution_touchpoints), "attribution_channel", rname="{name}_of_touches")
        .cross_join(_reach(int_customer_journeys))
    )
    measures = _measures(channels)
    measured = channels.select(
        "attribution_channel", top_product=channels.product_name, **measures, **_averages(channels, measures)
    )
    return in_order(measured, COLUMNS, **_labels(measured, attribution_rules), analysis_timestamp=midnight(as_of))


def _totals(facts: ir.Table, order_products: ir.Table | None) -> ir.Table:
    """Return the totals of each channel, and its product of most orders."""
    totals = _totals_by_product(facts)
    if order_products is None:
        return totals
    # An order of several products is one conversion.
    by_product = _totals_by_product(product_sales(facts, order_products))
    products = by_product.select("attribution_channel", "product_name", "products")
    of_orders = totals.drop("product_name", "products")
    return of_orders.inner_join(products, "attribution_channel")


def _totals_by_product(facts: ir.Table) -> ir.Table:
    conversions = facts.filter(is_successful(facts))
    products = conversions.group_by("attribution_channel", "product_name").agg(
        orders=conversions.count(),
        acquired=count_if(conversions.success_sequence == 1),
        cents=conversions.cents.sum(),
    )
    # Added up again rather than over windows, for which DuckDB would read the orders twice: 0.10 CPU seconds of a
    # million orders in place of 0.15.
    channels = products.group_by("attribution_channel").agg(
        conversions=products.orders.sum(),
        acquisitions=products.acquired.sum(),
        channel_cents=products.cents.sum(),
        products=products.count(),
    )
    order = (products.orders.desc(), products.cents.desc(), products.product_name.asc())
    best = first_by(products, ("attribution_channel",), order).select("attribution_channel", "product_name")
    return channels.inner_join(best, "attribution_channel")


def _touches(touchpoints: ir.Table) -> ir.Table:
    value = touchpoints.customer_total_value
    is_first = touchpoints[WEIGHTS[FIRST_TOUCH]] == 1
    is_last = touchpoints[WEIGHTS[LAST_TOUCH]] == 1
    return touchpoints.group_by("attribution_channel").agg(
        first_customers=count_if(is_first),
        first_revenue=only_if(is_first, value).sum(),
        last_customers=count_if(is_last),
        last_revenue=only_if(is_last, value).sum(),
    )


def _reach(journeys: ir.Table) -> ir.Table:
    # There are far fewer journeys than orders: counting customers by journey avoids a DISTINCT over orders.
    return journeys.agg(**{name: count_if(journeys[name] > 0) for name in TOUCH_COLUMNS.values()})


def _measures(channels: ir.Table) -> dict[str, ir.Column]:
    conversions, cents = channels.conversions.fill_null(0), channels.channel_cents.fill_null(0)
    reach = [(channel, channels[name]) for channel, name in TOUCH_COLUMNS.items()]
    customers = channels.attribution_channel.cases(*reach).fill_null(0)
    mean = mean_dollars(cents, conversions).fill_null(0.0)
    return {
        "total_conversions": conversions,
        "unique_customers": customers,
        "new_customer_acquisitions": channels.acquisitions.fill_null(0),
        "revenue_cents": cents,
        "total_revenue": dollars(cents),
        "avg_order_value": mean,
        "revenue_per_conversion": mean,
        "customer_conversion_rate": ratio(customers, conversions).fill_null(0.0),
        "product_diversity": channels.products.fill_null(0),
        "first_touch_customers": channels.first_customers.fill_null(0),
        "first_touch_revenue": channels.first_revenue.fill_null(0).cast(MONEY),
        "last_touch_customers": channels.last_customers.fill_null(0),
        "last_touch_revenue": channels.last_revenue.fill_null(0).cast(MONEY),
    }


def _averages(channels: ir.Table, measures: Mapping[str, ir.Column]) -> dict[str, ir.Column]:
    is_live = measures["total_conversions"] > 0
    # In one order, since a sum of doubles depends on it.
    by_name = ibis.window(order_by=channels.attribution_channel)

    def mean_of_live(name: str) -> ir.FloatingColumn:
        return only_if(is_live, measures[name].cast("float64")).mean().over(by_name)

    def mean_or_zero(name: str) -> ir.FloatingColumn:
        # Values that cancel leave a rounding residue instead of 0, which must not be a divisor.
        mean = mean_of_live(name)
        size = only_if(is_live, measures[name].abs()).mean().over(by_name)
        return (mean.abs() > CLEAR_MARGIN * size).ifelse(mean, 0.0)

    return {
        "mean_cents": mean_of_live("revenue_cents"),
        "mean_acquisitions": mean_of_live("new_customer_acquisitions"),
        "mean_order_value": mean_or_zero("revenue_per_conversion"),
        "mean_conversion_rate": mean_of_live("customer_conversion_rate"),
        "all_acquisitions": measures["new_customer_acquisitions"].sum().over(ibis.window()),
    }


def _labels(channels: ir.Table, rules: AttributionRules) -> dict[str, ir.Column]:
    return {
        "channel_efficiency_score": _efficiency(channels, rules),
        "channel_classification": _classification(channels, rules),
        "optimization_recommendation": _recommendation(channels, rules),
    }


def _efficiency(channels: ir.Table, rules: AttributionRules) -> ir.FloatingColumn:
    def term(weight: float, measure: ir.NumericColumn, base: ir.NumericColumn) -> ir.FloatingColumn:
        share = weight * measure.cast("float64") / base.cast("float64").nullif(0)
        return no_negative_zero(share).fill_null(0.0)

    score = (
        term(rules.revenue_weight, channels.revenue_per_conversion, channels.mean_order_value)
        + term(rules.conversion_weight, channels.customer_conversion_rate, channels.mean_conversion_rate)
        + term(rules.acquisition_weight, channels.new_customer_acquisitions, channels.all_acquisitions)
    )
    return (channels.total_conversions > 0).ifelse(score, 0.0)


def _classification(channels: ir.Table, rules: AttributionRules) -> ir.StringColumn:
    def exceeds(measure: ir.NumericColumn, multiple: float, mean: ir.FloatingColumn) -> ir.BooleanColumn:
        # Among losses the smaller one is above the average and still a loss: it earns no class.
        return (mean > 0) & clearly_greater(measure.cast("float64"), multiple * mean)

    return ibis.cases(
        (channels.total_conversions == 0, "Standard Channel"),
        (exceeds(channels.revenue_cents, rules.high_performer_above_average, channels.mean_cents), "High Performer"),
        (
            exceeds(channels.new_customer_acquisitions, rules.growth_driver_above_average, channels.mean_acquisitions),
            "Growth Driver",
        ),
        (exceeds(channels.avg_order_value, rules.premium_above_average, channels.mean_order_value), "Premium Channel"),
        (
            exceeds(channels.customer_conversion_rate, rules.efficient_above_average, channels.mean_conversion_rate),
            "Efficient Converter",
        ),
        else_="Standard Channel",
    )


def _recommendation(channels: ir.Table, rules: AttributionRules) -> ir.StringColumn:
    channel = channels.attribution_channel
    return ibis.cases(
        (
            (channel == PROMOTIONAL) & (channels.revenue_per_conversion < rules.promotion_below_dollars),
            "Review promotion depth, may be over-discounting",
        ),
        (
            (channel == SOCIAL) & (channels.product_diversity < rules.variety_below_products),
            "Expand product promotion variety",
        ),
        (
            (channel == EMAIL) & (channels.new_customer_acquisitions < rules.acquisition_below_orders),
            "Focus on acquisition campaigns",
        ),
        (
            (channel == ORGANIC) & (channels.total_conversions > rules.organic_above_orders),
            "High organic performance, invest in SEO",
        ),
        else_="Optimize channel mix for better ROI",
    )
