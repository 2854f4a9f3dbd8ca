"""Each customer's orders added up."""

from __future__ import annotations

import ibis.expr.types as ir

from dataflows.intermediate.int_order_facts import is_successful
from dataflows.lib.expressions import count_if, in_order, only_if, sum_if
from dataflows.staging.stg_orders import PENDING, RETURNED
from marketing_ibis.model import ID, column, model

COLUMNS = (
    column("customer_id", ID, "Key of the customer."),
    column("number_of_orders", "int64", "Orders of any status.", unit="orders"),
    column("successful_orders", "int64", "Successful orders; a customer with one is a buyer.", unit="orders"),
    column("returned_orders", "int64", "Returned orders.", unit="orders"),
    column("pending_orders", "int64", "Orders neither successful nor returned.", unit="orders"),
    column("gross_cents", "int64", "Payments of orders of any status.", unit="cents"),
    column("net_cents", "int64", "Payments of successful orders.", unit="cents"),
    column(
        "promo_cents", "int64", "Payments of successful orders by {payment_rules.promotional_methods}.", unit="cents"
    ),
    column("first_order", "date", "Day of the first order of any status."),
    column("most_recent_order", "date", "Day of the last order of any status."),
    column("first_success_date", "date", "Day of the first successful order.", nullable=True),
    column("last_success_date", "date", "Day of the last successful order.", nullable=True),
    column("cohort_month", "date", "First day of the month of the first successful order.", nullable=True),
)


@model(
    layer="intermediate",
    grain=("customer_id",),
    columns=COLUMNS,
    dist_key="customer_id",
    sort_keys=("customer_id",),
)
def int_customer_orders(int_order_facts: ir.Table) -> ir.Table:
    """What each customer with an order up to ``as_of`` ordered and paid, and when.

    Grain: one row per ``customer_id`` with at least one order fact of any status.
    Units: whole cents.
    Nulls: dates of successful orders of customers without a successful order.
    Source: docs/metrics/staging_and_core.md; grouped here once for segments, cohorts, journeys and the customer table.
    """
    facts = int_order_facts
    is_success = is_successful(facts)
    success_date = only_if(is_success, facts.order_date)
    totals = facts.group_by("customer_id").agg(
        number_of_orders=facts.count(),
        successful_orders=count_if(is_success),
        returned_orders=count_if(facts.order_status_group == RETURNED),
        pending_orders=count_if(facts.order_status_group == PENDING),
        gross_cents=facts.cents.sum(),
        net_cents=sum_if(is_success, facts.cents),
        promo_cents=sum_if(is_success, facts.promo_cents),
        first_order=facts.order_date.min(),
        most_recent_order=facts.order_date.max(),
        first_success_date=success_date.min(),
        last_success_date=success_date.max(),
    )
    return in_order(totals, COLUMNS, cohort_month=totals.first_success_date.truncate("M"))
