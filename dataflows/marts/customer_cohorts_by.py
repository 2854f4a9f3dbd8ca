"""Retention and value of each month's new customers, by what their first order was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.intermediate.int_order_facts import is_successful
from dataflows.lib.cohort_months import ATTRIBUTES, months_of_cohorts, retention_and_value
from dataflows.lib.expressions import first_by, in_order, last_complete_month, sum_if
from dataflows.marts.customer_cohorts import COLUMNS as COHORT_COLUMNS
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import (
    accepted_values,
    expression_is_true,
    non_negative,
    not_null,
    percentage_range,
    positive_value,
    sum_equals,
    total,
    unique_combination_of_columns,
)
from marketing_ibis.model import DataTest, Ratio, Sum, column, inherited, model

OTHER = "(other)"
GRAIN = ("attribute", "attribute_value", "cohort_month", "months_since_first_purchase")
COHORT = GRAIN[:3]


def _each_adds_up(column: str, says: str, *, at_start: bool = False) -> tuple[DataTest, ...]:
    """Return a data test per attribute that its values add up to the whole shop, at month 0 alone or over all."""
    return tuple(
        sum_equals(
            total(shop_totals, column),
            f"{attribute}: {says}",
            where=(_.attribute == attribute) & (_.months_since_first_purchase == 0)
            if at_start
            else _.attribute == attribute,
            name=f"{column}_by_{attribute}",
        )
        for attribute in ATTRIBUTES
    )


PER_ATTRIBUTE = Sum(per=("attribute",))
"""Each attribute has all customers."""
PER_MONTH = Sum(per=("attribute", "months_since_first_purchase"))

COLUMNS = (
    column(
        "attribute",
        "string",
        "What the customers have in common: first_campaign, first_channel or first_product.",
        width=16,
        tests=(not_null(), accepted_values(ATTRIBUTES)),
    ),
    column(
        "attribute_value",
        "string",
        "Campaign, channel or product of the first successful order; '(other)' for those of fewer than"
        " {group_rules.min_group_size} buyers in all.",
        tests=(not_null(),),
    ),
    *inherited(
        COHORT_COLUMNS,
        "cohort_month",
        "months_since_first_purchase",
        "cohort_size",
        "customers_active",
        "retention_rate",
        "cohort_revenue",
        "total_orders",
        "cumulative_revenue",
        "cumulative_ltv",
        "period_month",
        "is_complete_period",
        tests={
            "cohort_month": (not_null(),),
            "months_since_first_purchase": (not_null(), non_negative()),
            "cohort_size": (not_null(), positive_value(), *_each_adds_up("buyers", "number of buyers", at_start=True)),
            "customers_active": (
                not_null(),
                non_negative(),
                expression_is_true(_.customers_active <= _.cohort_size, "<= cohort_size"),
            ),
            "retention_rate": (not_null(), percentage_range()),
            "cohort_revenue": (not_null(), *_each_adds_up("net", "NET")),
            "total_orders": _each_adds_up("successful_orders", "number of successful in-scope orders"),
        },
        aggregates={
            "cohort_size": PER_MONTH,
            "customers_active": PER_MONTH,
            "retention_rate": Ratio("customers_active", "cohort_size", times=100),
            "cohort_revenue": PER_ATTRIBUTE,
            "total_orders": PER_ATTRIBUTE,
            "cumulative_revenue": PER_MONTH,
            "cumulative_ltv": Ratio("cumulative_revenue", "cohort_size"),
        },
    ),
)


@dataclass(frozen=True, slots=True)
class GroupRules:
    """How many customers a group needs for rates of its own."""

    min_group_size: int = 5
    """Values with fewer buyers than this, over all cohorts, are grouped as (other)."""

    def __post_init__(self) -> None:
        if self.min_group_size < 1:
            raise ValueError(f"min_group_size must be at least 1, not {self.min_group_size}")


@model(
    layer="marts",
    grain=GRAIN,
    columns=COLUMNS,
    tags=("cohorts", "daily"),
    sort_keys=GRAIN,
    tests=(unique_combination_of_columns(GRAIN),),
)
def customer_cohorts_by(
    int_order_facts: ir.Table,
    as_of: date,
    group_rules: GroupRules = GroupRules(),
    int_order_products: ir.Table | None = None,
) -> ir.Table:
    """How many new buyers came back in every later month, by campaign, channel and product of their first order.

    Grain: one row per ``attribute``, ``attribute_value``, ``cohort_month`` and ``months_since_first_purchase``, every
    month up to that of ``as_of``.
    Units: money in dollars; retention in percent, 0 to 100.
    Source: docs/metrics/customer_cohorts_by.md. The channel is a stand-in rule, not observed traffic.
    """
    buyers = _buyers(int_order_facts, int_order_products)
    activity = _grouped(_by_attribute(_activity(int_order_facts, buyers)), group_rules.min_group_size)
    is_first = activity.order_month == activity.cohort_month
    cohorts = activity.filter(is_first).select(*COHORT, cohort_size=activity.active)
    spine = months_of_cohorts(cohorts, as_of)
    # Compared as they are stored, since Redshift then sends the few cohorts to the activity, and not both.
    measures = activity.select(*COHORT, "order_month", "active", "cents", "orders")
    month = (spine.cohort_month + spine.k.as_interval("M")).cast("date")
    cells = spine.left_join(measures, [*COHORT, month == measures.order_month], rname="{name}_of_activity")
    is_complete = cells.month_index <= last_complete_month(as_of)
    return in_order(cells, COLUMNS, **retention_and_value(cells, COHORT), is_complete_period=is_complete)


def _buyers(facts: ir.Table, order_products: ir.Table | None) -> ir.Table:
    """Return each buyer's cohort and the attributes of the first successful order."""
    first = facts.filter(facts.success_sequence == 1)
    buyers = first.select(
        "customer_id",
        cohort_month=first.order_month,
        first_campaign=first.campaign_type,
        first_channel=first.attribution_channel,
        first_product=first.product_name,
    )
    if order_products is None:
        return buyers
    products = order_products.filter(order_products.success_sequence == 1)
    main = first_by(products, ("customer_id",), (products.product_cents.desc(), products.product_name.asc()))
    names = main.select("customer_id", first_product=main.product_name)
    return buyers.drop("first_product").inner_join(names, "customer_id")


def _activity(facts: ir.Table, buyers: ir.Table) -> ir.Table:
    """Count the active buyers of each month by all attributes at once: every buyer is in one such group."""
    successful = facts.filter(is_successful(facts))
    monthly = successful.group_by("customer_id", "order_month").agg(
        cents=successful.cents.sum(), orders=successful.count()
    )
    joined = monthly.inner_join(buyers, "customer_id")
    return joined.group_by(*ATTRIBUTES, "cohort_month", "order_month").agg(
        active=joined.count(), cents=joined.cents.sum(), orders=joined.orders.sum()
    )


def _by_attribute(cells: ir.Table) -> ir.Table:
    """Return the cells once for each attribute, with its value."""
    names = ibis.union(*[ibis.literal(name).name("attribute").as_table() for name in ATTRIBUTES])
    each = cells.cross_join(names)
    value = ibis.cases(*[(each.attribute == name, each[name]) for name in ATTRIBUTES])
    return _added_up(each.mutate(attribute_value=value))


def _grouped(cells: ir.Table, smallest: int) -> ir.Table:
    """Return the cells with those of values of few buyers as one."""
    new_buyers = sum_if(cells.order_month == cells.cohort_month, cells.active)
    size = new_buyers.over(group_by=[cells.attribute, cells.attribute_value])
    return _added_up(cells.mutate(attribute_value=(size < smallest).ifelse(OTHER, cells.attribute_value)))


def _added_up(cells: ir.Table) -> ir.Table:
    return cells.group_by(*COHORT, "order_month").agg(
        active=cells.active.sum(), cents=cells.cents.sum(), orders=cells.orders.sum()
    )
