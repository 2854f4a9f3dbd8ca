"""The queries behind decisions: whom to contact, which channel to fund, which products to push or question."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from dataflows.report.aggregates import SUM, count_if, money_of, sum_of
from dataflows.report.product_kinds import kind_of
from dataflows.report.rows import Contact, Coverage, Forecast, FundingMonth, GroupAge, Offer, Pair, Repeat, Risk
from marketing_ibis.report.declaration import query

GROUPS, GROUP_MONTHS = 12, 12
"""How many groups of first orders are drawn for each attribute, and how many months of each."""
OFFERS, FUNDING_MONTHS = 10, 24
"""How many products are listed to push or to question, and how many months of costs are read."""
PAIR_CUSTOMERS = 30
"""Pairs of products that fewer customers bought say too little."""


@query(Contact)
def contacts(campaign_champions: ir.Table, campaign_win_back: ir.Table, campaign_first_purchase: ir.Table) -> ir.Table:
    """Size and value of each list of customers."""
    nothing = ibis.literal(0, SUM)
    return ibis.union(
        _list("campaign_champions", campaign_champions, money_of(campaign_champions.total_revenue)),
        _list("campaign_win_back", campaign_win_back, money_of(campaign_win_back.total_revenue)),
        _list("campaign_first_purchase", campaign_first_purchase, nothing),
    ).order_by("name")


def _list(name: str, customers: ir.Table, revenue: ir.DecimalScalar) -> ir.Table:
    size = customers.agg(customers=customers.count(), revenue=revenue)
    return size.select("customers", "revenue", name=ibis.literal(name)).select("name", "customers", "revenue")


@query(Contact)
def left_champions(campaign_left_champions: ir.Table) -> ir.Table:
    """Size and value of the list of customers who left the best segment since the recorded day before the newest."""
    left = campaign_left_champions
    recent = left.filter(left.since == left.agg(newest=left.since.max()).as_scalar())
    return _list("campaign_left_champions", recent, money_of(recent.total_revenue))


@query(Repeat)
def repeats(repeat_purchases: ir.Table) -> ir.Table:
    """Repeat purchase by order number."""
    repeats = repeat_purchases
    return repeats.select(
        number=repeats.order_number,
        customers=repeats.customers,
        continued=repeats.continued,
        median_days=repeats.median_days_to_next,
        **{
            f"{name}_{days}": repeats[f"{column}_{days}"]
            for days in (30, 90, 365)
            for name, column in (("eligible", "eligible"), ("returned", "returned_within"))
        },
    ).order_by("number")


@query(GroupAge)
def group_ages(customer_cohorts_by: ir.Table) -> ir.Table:
    """Retention of the largest groups of first orders, by months since then, over all cohorts that completed them."""
    groups = customer_cohorts_by
    complete = groups.filter(groups.is_complete_period & (groups.months_since_first_purchase <= GROUP_MONTHS))
    ages = complete.group_by("attribute", value=complete.attribute_value, age=complete.months_since_first_purchase).agg(
        buyers=sum_of(complete.cohort_size), active=sum_of(complete.customers_active)
    )
    size = ages.buyers.max().over(group_by=[ages.attribute, ages.value])
    sized = ages.mutate(size=size)
    place = ibis.dense_rank().over(group_by=sized.attribute, order_by=[sized.size.desc(), sized.value])
    placed = sized.mutate(place=place)
    return placed.filter(placed.place < GROUPS).drop("size", "place").order_by("attribute", "value", "age")


@query(Offer)
def offers(product_performance: ir.Table) -> ir.Table:
    """The products that grow or are bought again, and those that decline or are returned often, by revenue."""
    kinds = product_performance.mutate(kind=kind_of(product_performance))
    listed = kinds.filter(kinds.kind.notnull())
    of_kind = ibis.window(group_by=listed.kind)
    order = [listed.total_revenue.desc(), listed.product_name.asc()]
    placed = listed.mutate(
        total=listed.count().over(of_kind), place=ibis.row_number().over(group_by=listed.kind, order_by=order)
    )
    first = placed.filter(placed.place < OFFERS)
    return first.order_by("kind", "place").select(
        kind=first.kind,
        total=first.total,
        name=first.product_name,
        status=first.product_status,
        stage=first.lifecycle_stage,
        revenue=first.total_revenue,
        orders=first.total_orders,
        return_rate=first.return_rate,
        repeat_rate=first.repeat_purchase_rate,
        advice=first.marketing_recommendation,
    )


@query(FundingMonth, optional=True)
def funding(channel_months: ir.Table) -> ir.Table:
    """Costs and credit of the newest months of each observed channel."""
    months = channel_months
    newest = months.agg(newest=months.month_start.max())
    recent = months.cross_join(newest)
    age = (recent.newest.year() - recent.month_start.year()) * 12 + recent.newest.month() - recent.month_start.month()
    return (
        recent.filter(age < FUNDING_MONTHS)
        .select(
            channel="channel",
            month="month_start",
            is_complete="is_complete",
            spend="spend",
            touches="touches",
            orders="credited_orders",
            customers="credited_new_customers",
            revenue="credited_revenue",
        )
        .order_by("channel", "month")
    )


@query(Coverage, optional=True)
def coverage(touch_attribution: ir.Table) -> ir.Table:
    """Orders since the first touch that led to one, with and without a touch of their own; no row without any."""
    orders = touch_attribution.filter(touch_attribution.touch_position == 1)
    since = touch_attribution.agg(since=touch_attribution.touch_date.min())
    later = orders.cross_join(since).filter(ibis._.order_date >= ibis._.since)
    is_untouched, nothing = later.touch_id.isnull(), ibis.literal(0, SUM)
    return (
        later.group_by("since")
        .agg(
            orders=later.count(),
            revenue=money_of(later.order_revenue),
            untouched_orders=count_if(is_untouched),
            untouched_revenue=money_of(is_untouched.ifelse(later.order_revenue.cast(SUM), nothing)),
        )
        .drop("since")
    )


@query(Risk)
def risks(churn_risk: ir.Table, customer_segmentation: ir.Table) -> ir.Table:
    """Buyers and what they have paid by band of churn risk and segment."""
    paid = customer_segmentation.select("customer_id", "customer_segment", "total_revenue")
    buyers = churn_risk.join(paid, "customer_id")
    is_overdue = buyers.expected_next_order_date < buyers.analysis_timestamp.date()
    return (
        buyers.group_by(band=buyers.churn_risk_band, segment=buyers.customer_segment)
        .agg(buyers=buyers.count(), overdue=count_if(is_overdue), revenue=money_of(buyers.total_revenue))
        .order_by("band", "segment")
    )


@query(Forecast)
def forecasts(clv_fit: ir.Table) -> ir.Table:
    """Whether an earlier forecast came true, or why there is none; no row before any fit."""
    fit = clv_fit.order_by(clv_fit.as_of.desc()).limit(1)
    return fit.select("reason", "buyers", later="holdout_purchases", later_expected="holdout_purchases_expected")


@query(Pair)
def pairs(product_affinity: ir.Table) -> ir.Table:
    """The pairs of products that most exceed chance, among those that enough customers bought."""
    pairs = product_affinity
    common = pairs.filter((pairs.product_a < pairs.product_b) & (pairs.customers_both >= PAIR_CUSTOMERS))
    return (
        common.select(
            product="product_a",
            other="product_b",
            customers="customers_both",
            confidence="confidence",
            lift="lift",
        )
        .order_by([ibis._.lift.desc(), "product", "other"])
        .limit(OFFERS)
    )


DECISIONS = (contacts, left_champions, risks, forecasts, repeats, group_ages, offers, pairs, funding, coverage)
