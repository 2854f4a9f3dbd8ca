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
    Contact,
    Credit,
    FundingMonth,
    GroupAge,
    Migration,
    Month,
    Offer,
    Period,
    Product,
    Repeat,
    Segment,
    Total,
)
from dataflows.staging.stg_orders import RETURNED, SUCCESSFUL
from marketing_ibis.report.declaration import query

SUM = "decimal(38, 2)"
COHORTS = 24
"""How many of the newest cohorts are drawn, and how many months of each."""
PERIOD_DAYS, PERIODS = 28, 13
"""Four weeks have every weekday as often as any other four weeks; thirteen of them are a year."""
GROUPS, GROUP_MONTHS = 12, 12
"""How many groups of first orders are drawn for each attribute, and how many months of each."""
OFFERS, FUNDING_MONTHS = 10, 12
"""How many products are listed to push or to question, and how many months of costs are read."""
PUSH, QUESTION = "push", "question"
STAR, CASH_COW, PROBLEM, GROWTH, DECLINING = "Star", "Cash Cow", "Problem", "Growth", "Declining"
"""Statuses and stages of products that are a reason to act."""
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
    customers = recent.group_by("number", "days", "customer_id").agg(
        orders=_count_if(is_success),
        returned=_count_if(recent.order_status_group == RETURNED),
        revenue=is_success.ifelse(recent.amount.cast(SUM), ibis.literal(0, SUM)).sum().cast(SUM),
    )
    buyers = customers.filter(customers.orders > 0)
    earlier = buyers.select("customer_id", number=buyers.number - 1, bought_before=ibis.literal(True))
    known = customers.left_join(earlier, ["customer_id", "number"], rname="{name}_before")
    is_buyer = known.orders > 0
    return (
        known.group_by("number", "days")
        .agg(
            orders=_sum(known.orders),
            returned_orders=_sum(known.returned),
            buyers=_count_if(is_buyer),
            returning=_count_if(is_buyer & known.bought_before.notnull()),
            revenue=_money(known.revenue),
        )
        .order_by("number")
    )


@query(Contact)
def contacts(campaign_champions: ir.Table, campaign_win_back: ir.Table, campaign_first_purchase: ir.Table) -> ir.Table:
    """Size and value of each list of customers."""
    nothing = ibis.literal(0, SUM)
    return ibis.union(
        _list("campaign_champions", campaign_champions, _money(campaign_champions.total_revenue)),
        _list("campaign_win_back", campaign_win_back, _money(campaign_win_back.total_revenue)),
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
    return _list("campaign_left_champions", recent, _money(recent.total_revenue))


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
        buyers=_sum(complete.cohort_size), active=_sum(complete.customers_active)
    )
    size = ages.buyers.max().over(group_by=[ages.attribute, ages.value])
    sized = ages.mutate(size=size)
    place = ibis.dense_rank().over(group_by=sized.attribute, order_by=[sized.size.desc(), sized.value])
    placed = sized.mutate(place=place)
    return placed.filter(placed.place < GROUPS).drop("size", "place").order_by("attribute", "value", "age")


@query(Offer)
def offers(product_performance: ir.Table) -> ir.Table:
    """The products that grow or are bought again, and those that decline or are returned often, by revenue."""
    products = product_performance
    is_problem = (products.product_status == PROBLEM) | (products.lifecycle_stage == DECLINING)
    is_strong = (products.lifecycle_stage == GROWTH) | products.product_status.isin((STAR, CASH_COW))
    kinds = products.mutate(kind=ibis.cases((is_problem, QUESTION), (is_strong, PUSH), else_=ibis.null("string")))
    listed = kinds.filter(kinds.kind.notnull() & (kinds.total_orders > 0))
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


def _count_if(condition: ir.BooleanColumn) -> ir.IntegerScalar:
    return condition.ifelse(1, 0).cast("int64").sum().fill_null(0).cast("int64")


def _sum(column: ir.IntegerColumn) -> ir.IntegerScalar:
    return column.sum().fill_null(0).cast("int64")


def _money(column: ir.DecimalColumn) -> ir.DecimalScalar:
    return column.cast(SUM).sum().fill_null(ibis.literal(0, SUM)).cast(SUM)


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
    contacts,
    left_champions,
    repeats,
    group_ages,
    offers,
    funding,
)
