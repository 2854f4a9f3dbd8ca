"""What to do next about each customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.lib.expressions import in_order, midnight
from dataflows.lib.limits import check_limits
from dataflows.marts.churn_risk import HIGH, LOW
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import (
    accepted_values,
    expression_is_true,
    not_null,
    relationships,
    row_count_equals,
    total,
    unique,
)
from marketing_ibis.model import ID, column, model

CONFIRM, RESOLVE, FIRST_PURCHASE = "Confirm first order", "Resolve return, offer exchange", "First purchase incentive"
PERSONAL_WIN_BACK, WIN_BACK = "Personal win-back", "Low-cost win-back"
FULL_PRICE, SECOND_ORDER, CROSS_SELL = "Full-price value message", "Second order nudge", "Cross-sell"
LOYALTY, NO_ACTION = "Loyalty, early access", "No action"
ACTIONS = (
    *(CONFIRM, RESOLVE, FIRST_PURCHASE, PERSONAL_WIN_BACK, WIN_BACK),
    *(FULL_PRICE, SECOND_ORDER, CROSS_SELL, LOYALTY, NO_ACTION),
)

COLUMNS = (
    column(
        "customer_id",
        ID,
        "Key of the customer.",
        tests=(unique(), not_null(), relationships("customer_segmentation", "customer_id")),
    ),
    column(
        "next_best_action",
        "string",
        "The first of ten actions whose condition the customer meets.",
        width=32,
        tests=(not_null(), accepted_values(ACTIONS)),
    ),
    column(
        "cross_sell_product",
        "string",
        "Product to offer: of those that the customer lacks, the one of highest lift with one that they have.",
        nullable=True,
        tests=(
            expression_is_true(
                _.cross_sell_product.isnull() == (_.next_best_action != CROSS_SELL), "NULL iff not Cross-sell"
            ),
        ),
    ),
    column("analysis_timestamp", "timestamp", "as_of at midnight."),
)


@dataclass(frozen=True, slots=True)
class ActionRules:
    """When each action is the next one."""

    win_back_min_monetary: int = 4
    """The lowest monetary score of customers at high risk who are worth a personal win-back."""
    full_price_above_ratio: float = 0.5
    """Customers who pay more than this share by promotions are offered value at full price."""
    second_order_within_days: int = 30
    """Customers with one order are nudged to a second one for this many days."""
    cross_sell_above_lift: float = 1
    """Products are offered whose lift with one that the customer has is above this."""
    cross_sell_min_customers: int = 5
    """Products are offered that at least this many customers bought together with one that the customer has."""
    loyalty_min_monetary: int = 4
    """The lowest monetary score of customers at low risk who get early access."""

    def __post_init__(self) -> None:
        check_limits(self)


@model(
    layer="marts",
    grain=("customer_id",),
    columns=COLUMNS,
    tags=("actions", "daily"),
    dist_key="customer_id",
    sort_keys=("customer_id",),
    tests=(row_count_equals(total(shop_totals, "customers"), "rows of stg_customers (100 % coverage)"),),
)
def next_best_action(
    customer_segmentation: ir.Table,
    churn_risk: ir.Table,
    int_customer_products: ir.Table,
    product_affinity: ir.Table,
    as_of: date,
    action_rules: ActionRules = ActionRules(),
) -> ir.Table:
    """The one action to take next for each customer, and the product to offer in a cross-sell.

    Grain: one row per ``customer_id`` of customer_segmentation, also those who never bought.
    Nulls: ``cross_sell_product`` of every other action.
    Source: docs/metrics/next_best_action.md.
    """
    risk = churn_risk.select("customer_id", "churn_risk_band")
    joined = customer_segmentation.left_join(risk, "customer_id", rname="{name}_of_risk")
    # A view, so that SQL that reads it twice names it once.
    customers = joined.select(
        "customer_id", "monetary_score", "churn_risk_band", urgent_action=_urgent_action(joined, action_rules)
    ).view()
    open_customers = customers.filter(customers.urgent_action.isnull())
    bought = _bought(int_customer_products, open_customers)
    offers = _offers(bought, _partners(product_affinity, action_rules))
    rated = customers.left_join(offers, "customer_id", rname="{name}_of_offers")
    is_loyal = (rated.monetary_score >= action_rules.loyalty_min_monetary) & (rated.churn_risk_band == LOW)
    other_action = ibis.cases((rated.cross_sell_product.notnull(), CROSS_SELL), (is_loyal, LOYALTY), else_=NO_ACTION)
    return in_order(
        rated,
        COLUMNS,
        next_best_action=rated.urgent_action.fill_null(other_action),
        analysis_timestamp=midnight(as_of),
    )


def _urgent_action(customers: ir.Table, rules: ActionRules) -> ir.StringColumn:
    """Return the action that comes before any offer, NULL without one."""
    is_buyer, is_leaving = customers.has_purchased, customers.churn_risk_band == HIGH
    is_recent = customers.days_since_last_order <= rules.second_order_within_days
    return ibis.cases(
        (~is_buyer & (customers.pending_orders > 0), CONFIRM),
        (~is_buyer & (customers.returned_orders > 0), RESOLVE),
        (~is_buyer, FIRST_PURCHASE),
        (is_leaving & (customers.monetary_score >= rules.win_back_min_monetary), PERSONAL_WIN_BACK),
        (is_leaving, WIN_BACK),
        (customers.promotional_spend_ratio > rules.full_price_above_ratio, FULL_PRICE),
        ((customers.total_orders == 1) & is_recent, SECOND_ORDER),
        else_=ibis.null("string"),
    )


def _bought(customer_products: ir.Table, customers: ir.Table) -> ir.Table:
    """Return the products of each of the customers, and their number."""
    is_bought = customer_products.successful_orders > 0
    products = customer_products.filter(is_bought, customer_products.customer_id.isin(customers.customer_id))
    count = products.count().over(group_by=products.customer_id)
    return products.select("customer_id", "product_name", last_number=count - 1)


def _partners(affinity: ir.Table, rules: ActionRules) -> ir.Table:
    """Return the products worth an offer to buyers of another one, numbered per product and over all."""
    pairs = affinity.filter(
        affinity.lift > rules.cross_sell_above_lift, affinity.customers_both >= rules.cross_sell_min_customers
    )
    best_first = [pairs.lift.desc(), pairs.support.desc(), pairs.product_b.asc()]
    return pairs.select(
        "product_a",
        "product_b",
        number=ibis.row_number().over(group_by=pairs.product_a, order_by=best_first),
        rank=ibis.row_number().over(order_by=[*best_first, pairs.product_a.asc()]),
    )


def _offers(bought: ir.Table, partners: ir.Table) -> ir.Table:
    """Return the best product that each customer lacks, for those for whom there is one.

    A customer with n products has at most n - 1 partners of any of them, and so lacks one of its first n: no later
    partner is the best one, nor is any that ranks behind the nth of another product.
    """
    limits = _rank_limits(bought, partners)
    limited = bought.left_join(limits, "customer_id", rname="{name}_of_limits")
    offered = limited.inner_join(partners, limited.product_name == partners.product_a, rname="{name}_of_partner")
    is_near = offered.number <= offered.last_number
    candidates = offered.filter(is_near, offered["rank"] <= offered.rank_limit.fill_null(offered["rank"]))
    has_product = [candidates.customer_id == bought.customer_id, candidates.product_b == bought.product_name]
    lacking = candidates.select("customer_id", "product_b", "rank").anti_join(bought, has_product)
    best = lacking.group_by("customer_id").agg(best_rank=lacking["rank"].min())
    offers = best.inner_join(partners, best.best_rank == partners["rank"])
    return offers.select("customer_id", cross_sell_product="product_b")


def _rank_limits(bought: ir.Table, partners: ir.Table) -> ir.Table:
    is_last = [bought.product_name == partners.product_a, bought.last_number == partners.number]
    last = bought.inner_join(partners, is_last, rname="{name}_of_partner")
    return last.group_by("customer_id").agg(rank_limit=last["rank"].min())
