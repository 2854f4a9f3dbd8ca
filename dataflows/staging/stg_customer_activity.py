"""Customers, their orders and the orders' payments in one view."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from dataflows.lib.expressions import dollars, in_order, nulls_last
from dataflows.lib.passed_columns import CUSTOMERS, NO_COLUMNS, ORDERS, PAYMENTS, without_passed
from dataflows.lib.payment_methods import unless_refunds
from dataflows.staging.stg_customers import COLUMNS as CUSTOMER_COLUMNS
from dataflows.staging.stg_orders import COLUMNS as ORDER_COLUMNS
from dataflows.staging.stg_payments import COLUMNS as PAYMENT_COLUMNS
from marketing_ibis.data_tests import (
    accepted_values,
    non_negative,
    not_null,
    positive_value,
    relationships,
    unique_combination_of_columns,
)
from marketing_ibis.model import ID, MONEY, PassedColumns, column, inherited, model

NEW, LOYAL, ACTIVE = "new", "loyal", "active"

COLUMNS = (
    *inherited(CUSTOMER_COLUMNS, tests={"customer_id": (not_null(), relationships("stg_customers", "customer_id"))}),
    *inherited(
        ORDER_COLUMNS,
        "order_id",
        "order_date",
        "status",
        "product_name",
        "order_status_group",
        "order_month",
        "order_year",
        "order_day_of_week",
        "order_quarter",
        tests={"order_id": (not_null(), relationships("stg_orders", "order_id"))},
    ),
    column(
        "order_sequence",
        "int64",
        "Position among the customer's orders of any status and day, from 1.",
        tests=(positive_value(),),
    ),
    column(
        "customer_stage",
        "string",
        "new for the first order, then loyal with more than {stage_rules.loyal_above_orders} in all, else active.",
        width=16,
        tests=(not_null(), accepted_values((NEW, LOYAL, ACTIVE))),
    ),
    column(
        "payment_id",
        ID,
        "Key of the payment; NULL on the only row of an order without payments.",
        nullable=True,
        tests=(relationships("stg_payments", "payment_id"), not_null(severity="warn")),
    ),
    *inherited(PAYMENT_COLUMNS, "payment_method", "amount_cents", "amount"),
    column("payment_category", "string", "card, bank, promotional or other.", nullable=True, width=16),
    column("is_promotional", "boolean", "Whether the method is {payment_rules.promotional_methods}.", nullable=True),
    column(
        "cumulative_customer_value",
        MONEY,
        "Running gross total of the customer, all statuses.",
        unit="dollars",
        tests=(
            not_null(),
            unless_refunds(non_negative(severity="warn")),
            unless_refunds(positive_value(severity="warn")),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class StageRules:
    """When a customer is loyal."""

    loyal_above_orders: int = 3
    """A customer with more orders than this is loyal."""


GRAIN = ("customer_id", "order_id", "payment_id")


@model(layer="staging", grain=GRAIN, columns=COLUMNS, tests=(unique_combination_of_columns(GRAIN),))
def stg_customer_activity(
    stg_customers: ir.Table,
    stg_orders: ir.Table,
    stg_payments: ir.Table,
    stage_rules: StageRules = StageRules(),
    passed_columns: PassedColumns = NO_COLUMNS,
) -> ir.Table:
    """Who ordered what when, and how each part of it was paid.

    Grain: one row per customer, order and payment; an order without payments has one row.
    Nulls: the payment columns of an order without payments.
    Source: docs/metrics/staging_and_core.md. All statuses and all days are included, also future ones; orders of
    unknown customers are not.
    """
    customers = without_passed(CUSTOMERS, passed_columns, stg_customers)
    known_orders = without_passed(ORDERS, passed_columns, stg_orders).inner_join(customers, "customer_id")
    orders = _in_sequence(known_orders, stage_rules)
    payments = without_passed(PAYMENTS, passed_columns, stg_payments).drop("product_name")
    activity = orders.left_join(payments, "order_id")
    cents = activity.amount_cents.fill_null(0)
    to_date = cents.sum().over(
        ibis.cumulative_window(
            group_by=activity.customer_id,
            order_by=[nulls_last(activity.order_date), activity.order_id, nulls_last(activity.payment_id)],
        )
    )
    return in_order(activity, COLUMNS, cumulative_customer_value=dollars(to_date))


def _in_sequence(orders: ir.Table, rules: StageRules) -> ir.Table:
    customer = orders.customer_id
    position = ibis.row_number().over(group_by=customer, order_by=[nulls_last(orders.order_date), orders.order_id])
    orders_in_all = orders.count().over(group_by=customer)
    stage = ibis.cases((position == 0, NEW), (orders_in_all > rules.loyal_above_orders, LOYAL), else_=ACTIVE)
    return orders.mutate(order_sequence=position + 1, customer_stage=stage)
