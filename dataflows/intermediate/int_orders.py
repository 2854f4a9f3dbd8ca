"""Orders with everything that follows from their totals: status group, methods used, channel, campaign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from dataflows.intermediate.int_order_totals import COLUMNS as TOTAL_COLUMNS
from dataflows.lib.expressions import calendar_columns, in_order
from dataflows.lib.payment_methods import PaymentRules, bits_of_methods, words_of, words_of_methods
from dataflows.lib.statuses import StatusRules
from dataflows.staging.stg_orders import COLUMNS as ORDER_COLUMNS
from dataflows.staging.stg_orders import status_group
from marketing_ibis.model import column, expanded, inherited, model

PROMOTIONAL = "Promotional Campaign"
SOCIAL = "Social Media"
EMAIL = "Email Marketing"
NEW_YEAR = "New Year Campaign"
ORGANIC = "Organic"
DISCOUNT = "Discount Campaign"
GIFT_CARD = "Gift Card Promotion"
HOLIDAY = "Holiday Campaign"
SPRING = "Spring Campaign"
SUMMER = "Summer Campaign"
EVERGREEN = "Evergreen Campaign"
CHANNELS = (EMAIL, NEW_YEAR, ORGANIC, PROMOTIONAL, SOCIAL)
CAMPAIGNS = (DISCOUNT, GIFT_CARD, HOLIDAY, SPRING, SUMMER, EVERGREEN)

COLUMNS = (
    *inherited(TOTAL_COLUMNS, "order_id", "customer_id", "order_date", "status", "product_name"),
    *inherited(ORDER_COLUMNS, "order_status_group"),
    column("order_month", "date", "First day of the order's month."),
    column("order_year", "date", "1 January of the order's year."),
    column("order_day_of_week", "int32", "Weekday, Sunday 0 to Saturday 6."),
    column("order_quarter", "int32", "Quarter of the year, 1 to 4."),
    *inherited(TOTAL_COLUMNS, "is_known_customer", "cents", "{}_cents"),
    column("promo_cents", "int64", "Payments by {payment_rules.promotional_methods}.", unit="cents"),
    column(
        "has_promo",
        "boolean",
        "Whether any payment is by {payment_rules.promotional_methods}, whatever its amount.",
    ),
    column("has_{}", "boolean", "Whether any payment is by {}, whatever its amount.", each=words_of_methods),
    *inherited(TOTAL_COLUMNS, "payment_count", "order_sequence", "success_sequence"),
    column(
        "attribution_channel",
        "string",
        "Channel of a known customer's successful order: a stand-in rule on the order itself, not observed traffic.",
        nullable=True,
        width=32,
    ),
    column("campaign_type", "string", "Campaign of such an order, by discount or season.", nullable=True, width=32),
)


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """Which channel a successful order is attributed to. Weekdays count from Sunday 0."""

    social_weekdays: tuple[int, ...] = (0, 6)
    """Orders of these weekdays are attributed to social media; 0 is Sunday."""
    email_above_cents: int = 10_000
    """Orders of more cents than this are attributed to e-mail."""
    new_year_quarter: int = 1
    """A customer's first order in this quarter of the year belongs to the New Year channel."""


@model(layer="intermediate", grain=("order_id",), columns=COLUMNS, materialized="view")
def int_orders(
    int_order_totals: ir.Table,
    status_rules: StatusRules = StatusRules(),
    channel_rules: ChannelRules = ChannelRules(),
    payment_rules: PaymentRules = PaymentRules(),
) -> ir.Table:
    """Each order up to ``as_of`` with its totals, status group, methods used, channel and campaign.

    Grain: one row per ``order_id``, orders of unknown customers included.
    Units: whole cents.
    Nulls: channel and campaign of orphans and of orders that are not successful.
    Source: docs/metrics/staging_and_core.md and, for the channel, docs/metrics/marketing_attribution.md.
    """
    totals, bits = int_order_totals, bits_of_methods(payment_rules)
    promotions = words_of(payment_rules, payment_rules.promotional_methods)
    labelled = totals.mutate(
        **calendar_columns(totals.order_date),
        order_status_group=status_group(totals.status, status_rules),
        promo_cents=reduce(add, [totals[f"{word}_cents"] for word in promotions] or [ibis.literal(0, "int64")]),
        **{f"has_{word}": (totals.method_bits & bit) > 0 for word, bit in bits.items()},
        has_promo=_uses(totals, bits, promotions),
    )
    is_conversion = labelled.success_sequence.notnull()
    return in_order(
        labelled,
        expanded(COLUMNS, payment_rules=payment_rules),
        attribution_channel=is_conversion.ifelse(_channel(labelled, channel_rules), ibis.null("string")),
        campaign_type=is_conversion.ifelse(_campaign(labelled, payment_rules), ibis.null("string")),
    )


def _uses(totals: ir.Table, bits: Mapping[str, int], words: Iterable[str]) -> ir.BooleanColumn:
    return (totals.method_bits & sum(bits[word] for word in words)) > 0


def _channel(orders: ir.Table, rules: ChannelRules) -> ir.StringColumn:
    is_new_year = (orders.order_quarter == rules.new_year_quarter) & (orders.success_sequence == 1)
    return ibis.cases(
        (orders.has_promo, PROMOTIONAL),
        (orders.order_day_of_week.isin(rules.social_weekdays), SOCIAL),
        (orders.cents > rules.email_above_cents, EMAIL),
        (is_new_year, NEW_YEAR),
        else_=ORGANIC,
    )


def _campaign(orders: ir.Table, rules: PaymentRules) -> ir.StringColumn:
    bits = bits_of_methods(rules)
    return ibis.cases(
        (_uses(orders, bits, words_of(rules, rules.promotional)), DISCOUNT),
        (_uses(orders, bits, words_of(rules, rules.gift_cards)), GIFT_CARD),
        (orders.order_quarter == 4, HOLIDAY),
        (orders.order_quarter == 2, SPRING),
        (orders.order_quarter == 3, SUMMER),
        else_=EVERGREEN,
    )
