"""What the shop sold on each day."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.intermediate.int_order_facts import is_successful
from dataflows.lib.balances import SUMS_TO_BUYERS, SUMS_TO_NET
from dataflows.lib.expressions import count_if, dollars, in_order, mean_dollars, only_if, ratio, sum_if
from dataflows.staging.stg_orders import PENDING, RETURNED
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import (
    expression_is_true,
    not_after_as_of,
    not_null,
    row_count_equals,
    sum_equals,
    total,
    unique,
)
from marketing_ibis.model import MONEY, Ratio, Sum, column, model

PERIOD_DAYS = 28
"""Four weeks: every weekday counts as often in one period as in another."""

COLUMNS = (
    column(
        "day", "date", "Day, from that of the first order to as_of.", tests=(unique(), not_null(), not_after_as_of())
    ),
    column(
        "orders",
        "int64",
        "Orders of any status.",
        unit="orders",
        tests=(
            sum_equals(total(shop_totals, "known_orders"), "in-scope orders of known customers"),
            expression_is_true(
                _.orders == _.successful_orders + _.returned_orders + _.pending_orders,
                "= successful_orders + returned_orders + pending_orders",
            ),
        ),
        aggregate=Sum(),
    ),
    column("successful_orders", "int64", "Successful orders.", unit="orders", aggregate=Sum()),
    column("returned_orders", "int64", "Returned orders.", unit="orders", aggregate=Sum()),
    column("pending_orders", "int64", "Pending orders.", unit="orders", aggregate=Sum()),
    column("gross_revenue", MONEY, "Payments of orders of any status.", unit="dollars", aggregate=Sum()),
    column(
        "revenue",
        MONEY,
        "Payments of successful orders; adds up with the other marts.",
        unit="dollars",
        tests=(
            SUMS_TO_NET,
            expression_is_true(
                _.revenue == _.new_customer_revenue + _.returning_customer_revenue,
                "= new_customer_revenue + returning_customer_revenue",
            ),
        ),
        aggregate=Sum(),
    ),
    column("returned_revenue", MONEY, "Payments of returned orders.", unit="dollars", aggregate=Sum()),
    column(
        "promotional_revenue",
        MONEY,
        "Payments of successful orders by {payment_rules.promotional_methods}.",
        unit="dollars",
        aggregate=Sum(),
    ),
    column(
        "new_customers",
        "int64",
        "Customers whose first successful order is of the day.",
        unit="customers",
        tests=(SUMS_TO_BUYERS,),
        aggregate=Sum(),
    ),
    column(
        "returning_customers",
        "int64",
        "Customers with a successful order of the day after their first; one may also be new on that day.",
        unit="customers",
    ),
    column(
        "new_customer_revenue",
        MONEY,
        "Payments of customers' first successful orders.",
        unit="dollars",
        aggregate=Sum(),
    ),
    column(
        "returning_customer_revenue",
        MONEY,
        "Payments of successful orders after the first.",
        unit="dollars",
        aggregate=Sum(),
    ),
    column(
        "avg_order_value",
        "float64",
        "revenue / successful_orders.",
        nullable=True,
        unit="dollars",
        aggregate=Ratio("revenue", "successful_orders"),
    ),
    column("revenue_28d", MONEY, "Revenue of the day and the 27 before it.", unit="dollars"),
    column("orders_28d", "int64", "Successful orders of the day and the 27 before it.", unit="orders"),
    column(
        "revenue_previous_28d",
        MONEY,
        "Revenue of the 28 days before those of revenue_28d.",
        nullable=True,
        unit="dollars",
    ),
    column(
        "revenue_growth_28d",
        "float64",
        "(revenue_28d - revenue_previous_28d) / revenue_previous_28d.",
        nullable=True,
        unit="share",
    ),
)


@model(
    layer="marts",
    grain=("day",),
    columns=COLUMNS,
    tags=("revenue", "daily"),
    sort_keys=("day",),
    tests=(row_count_equals(total(shop_totals, "days"), "days from the first order to as_of"),),
)
def shop_days(int_order_facts: ir.Table, as_of: date) -> ir.Table:
    """Orders, revenue, new and returning customers of each day, and revenue of four weeks next to the four before.

    Grain: one row per ``day`` from that of the first order of a known customer to ``as_of``, days without orders too.
    Units: money in dollars, exact.
    Nulls: ``avg_order_value`` without a successful order; the previous 28 days on the first 28, and growth over 0.
    Source: docs/metrics/shop_days.md.
    """
    sold_days = _totals(int_order_facts)
    sold = _days(sold_days, as_of).left_join(sold_days, "day", rname="{name}_of_totals")
    totals = {name: sold[name].fill_null(0) for name in sold.columns if name not in ("day", "day_of_totals")}
    periods = _periods(sold.select("day", **totals))
    previous = periods.cents_28d.lag(PERIOD_DAYS).over(order_by=periods.day)
    days = periods.mutate(previous_cents=previous)
    return in_order(
        days,
        COLUMNS,
        gross_revenue=dollars(days.gross_cents),
        revenue=dollars(days.cents),
        returned_revenue=dollars(days.returned_cents),
        promotional_revenue=dollars(days.promo_cents),
        new_customer_revenue=dollars(days.new_cents),
        returning_customer_revenue=dollars(days.cents - days.new_cents),
        avg_order_value=mean_dollars(days.cents, days.successful_orders),
        revenue_28d=dollars(days.cents_28d),
        revenue_previous_28d=dollars(days.previous_cents),
        revenue_growth_28d=ratio(days.cents_28d - days.previous_cents, days.previous_cents),
    )


def _days(sold_days: ir.Table, as_of: date) -> ir.Table:
    # Without orders the first day is NULL, and a range up to NULL has no rows.
    first = sold_days.agg(first_day=sold_days.day.min())
    aged = first.mutate(age=ibis.date(as_of).delta(first.first_day, unit="day"))
    numbered = aged.mutate(number=ibis.range(0, aged.age + 1).unnest())
    return numbered.select(day=numbered.first_day + numbered.number.as_interval("D"))


def _totals(facts: ir.Table) -> ir.Table:
    is_success, is_first = is_successful(facts), facts.success_sequence == 1
    is_returned = facts.order_status_group == RETURNED
    return facts.group_by(day=facts.order_date).agg(
        orders=facts.count(),
        successful_orders=count_if(is_success),
        returned_orders=count_if(is_returned),
        pending_orders=count_if(facts.order_status_group == PENDING),
        gross_cents=facts.cents.sum(),
        cents=sum_if(is_success, facts.cents),
        returned_cents=sum_if(is_returned, facts.cents),
        promo_cents=sum_if(is_success, facts.promo_cents),
        new_customers=count_if(is_first),
        new_cents=sum_if(is_first, facts.cents),
        returning_customers=only_if(facts.success_sequence > 1, facts.customer_id).nunique(),
    )


def _periods(days: ir.Table) -> ir.Table:
    # There is a row for each day, so that a number of rows is a number of days.
    period = ibis.window(preceding=PERIOD_DAYS - 1, following=0, order_by=days.day)
    return days.mutate(cents_28d=days.cents.sum().over(period), orders_28d=days.successful_orders.sum().over(period))
