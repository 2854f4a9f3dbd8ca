"""What each campaign earned in each channel."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.intermediate.int_order_facts import is_successful
from dataflows.intermediate.int_orders import CAMPAIGNS, CHANNELS, DISCOUNT, GIFT_CARD, HOLIDAY
from dataflows.lib.expressions import dollars, in_order, mean_dollars, midnight, name_of, number_of
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import (
    accepted_values,
    expression_is_true,
    not_null,
    positive_value,
    sum_equals,
    total,
    unique_combination_of_columns,
)
from marketing_ibis.model import MONEY, Ratio, Sum, column, model

GRAIN = ("campaign_type", "attribution_channel")
PROFIT = "decimal(18, 4)"
SHARE = "decimal(16, 2)"

COLUMNS = (
    column("campaign_type", "string", "Campaign of the orders, by discount or season.", width=32, tests=(not_null(),)),
    column(
        "attribution_channel",
        "string",
        "Channel of the orders: a stand-in rule on the order, not observed traffic.",
        width=32,
        tests=(not_null(), accepted_values(CHANNELS)),
    ),
    column(
        "campaign_conversions",
        "int64",
        "Successful orders.",
        unit="orders",
        tests=(
            positive_value(),
            sum_equals(total(shop_totals, "successful_orders"), "number of successful in-scope orders"),
        ),
        aggregate=Sum(),
    ),
    column(
        "campaign_revenue",
        MONEY,
        "Payments of these orders.",
        unit="dollars",
        tests=(sum_equals(total(shop_totals, "net"), "NET"),),
        aggregate=Sum(),
    ),
    column(
        "campaign_reach",
        "int64",
        "Distinct customers; not additive over rows.",
        unit="customers",
        tests=(expression_is_true(_.campaign_reach <= _.campaign_conversions, "<= campaign_conversions"),),
    ),
    column(
        "campaign_aov",
        "float64",
        "campaign_revenue / campaign_conversions.",
        unit="dollars",
        aggregate=Ratio("campaign_revenue", "campaign_conversions"),
    ),
    column(
        "estimated_profit",
        PROFIT,
        "campaign_revenue times an assumed margin: {campaign_margins.discount_percent} % of discounts,"
        " {campaign_margins.gift_card_percent} % of gift cards, {campaign_margins.holiday_percent} % of holidays,"
        " {campaign_margins.other_percent} % of others.",
        unit="dollars",
        aggregate=Sum(),
    ),
    column("analysis_timestamp", "timestamp", "as_of at midnight."),
)


@dataclass(frozen=True, slots=True)
class CampaignMargins:
    """Assumed profit in whole percent of revenue: the sources do not contain costs."""

    discount_percent: int = 70
    """Of revenue of discount campaigns, the percentage that is profit."""
    gift_card_percent: int = 60
    """Of revenue of gift card promotions, the percentage that is profit."""
    holiday_percent: int = 75
    """Of revenue of holiday campaigns, the percentage that is profit."""
    other_percent: int = 85
    """Of revenue of other campaigns, the percentage that is profit."""

    def __post_init__(self) -> None:
        for field in fields(self):
            percent = getattr(self, field.name)
            if not 0 <= percent <= 100:
                raise ValueError(f"{field.name} must be from 0 to 100, not {percent}")


@model(
    layer="marts",
    grain=GRAIN,
    columns=COLUMNS,
    tags=("attribution", "daily"),
    sort_keys=GRAIN,
    tests=(unique_combination_of_columns(GRAIN),),
)
def campaign_performance(
    int_order_facts: ir.Table, as_of: date, campaign_margins: CampaignMargins = CampaignMargins()
) -> ir.Table:
    """Orders, revenue, customers and estimated profit of each campaign in each channel.

    Grain: one row per ``campaign_type`` and ``attribution_channel`` with a successful order.
    Units: money in dollars, exact; the profit to a hundredth of a cent.
    Nulls: none.
    Source: docs/metrics/campaign_performance.md. Campaign and channel are rules on the order, margins assumptions.
    """
    successful = int_order_facts.filter(is_successful(int_order_facts))
    numbered = successful.select(
        "customer_id",
        "cents",
        campaign=number_of(successful.campaign_type, CAMPAIGNS),
        channel=number_of(successful.attribution_channel, CHANNELS),
    )
    # A customer first: counting customers is then counting rows, without a DISTINCT.
    by_customer = numbered.group_by("campaign", "channel", "customer_id").agg(
        orders=numbered.count(), cents=numbered.cents.sum()
    )
    counted = by_customer.group_by("campaign", "channel").agg(
        orders=by_customer.orders.sum(), cents=by_customer.cents.sum(), customers=by_customer.count()
    )
    campaigns = counted.mutate(
        campaign_type=name_of(counted.campaign, CAMPAIGNS), attribution_channel=name_of(counted.channel, CHANNELS)
    )
    return in_order(
        campaigns,
        COLUMNS,
        campaign_conversions=campaigns.orders,
        campaign_revenue=dollars(campaigns.cents),
        campaign_reach=campaigns.customers,
        campaign_aov=mean_dollars(campaigns.cents, campaigns.orders),
        estimated_profit=_profit(campaigns, campaign_margins),
        analysis_timestamp=midnight(as_of),
    )


def _profit(campaigns: ir.Table, margins: CampaignMargins) -> ir.DecimalColumn:
    def share(percent: int) -> ir.DecimalScalar:
        return ibis.literal(Decimal(percent).scaleb(-2), SHARE)

    margin = campaigns.campaign_type.cases(
        (DISCOUNT, share(margins.discount_percent)),
        (GIFT_CARD, share(margins.gift_card_percent)),
        (HOLIDAY, share(margins.holiday_percent)),
        else_=share(margins.other_percent),
    )
    return (dollars(campaigns.cents).cast(SHARE) * margin.cast(SHARE)).cast(PROFIT)
