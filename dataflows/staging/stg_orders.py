"""Orders, one row each, with their status group and calendar columns."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.lib.expressions import calendar_columns, is_one_of
from dataflows.lib.guests import GuestRules, customer_of, distinct_orders, unless_guests
from dataflows.lib.passed_columns import NO_COLUMNS, ORDERS, names_from, values_from
from dataflows.lib.statuses import StatusRules, named_statuses
from dataflows.totals import source_totals
from marketing_ibis.data_tests import (
    accepted_values,
    expression_is_true,
    not_null,
    relationships,
    row_count_equals,
    total,
    unique,
)
from marketing_ibis.model import ID, PassedColumns, column, model

SUCCESSFUL = "successful"
RETURNED = "returned"
PENDING = "pending"
GROUPS = (SUCCESSFUL, RETURNED, PENDING)

COLUMNS = (
    column("order_id", ID, "Key of the order.", tests=(unique(), not_null())),
    column(
        "customer_id",
        ID,
        "Customer who placed the order.",
        nullable=True,
        tests=(unless_guests(not_null(severity="warn")), relationships("stg_customers", "customer_id")),
    ),
    column("order_date", "date", "Day of the order in the business time zone.", nullable=True, tests=(not_null(),)),
    column(
        "status",
        "string",
        "Status as the shop writes it; the current one, not its history.",
        nullable=True,
        tests=(not_null(), accepted_values(named_statuses, explanation="listed by vars.status_rules")),
    ),
    column(
        "product_name",
        "string",
        "Product of the order; an order has one.",
        nullable=True,
        tests=(not_null(severity="warn"),),
    ),
    column(
        "order_status_group",
        "string",
        "successful, returned or pending; an unknown status is pending.",
        width=16,
        tests=(not_null(), accepted_values(GROUPS)),
    ),
    column(
        "order_month",
        "date",
        "First day of the order's month; NULL without an order date.",
        nullable=True,
        tests=(
            not_null(),
            expression_is_true(
                (_.order_month.day() == 1)
                & (_.order_month.year() == _.order_date.year())
                & (_.order_month.month() == _.order_date.month()),
                "first day of the month, <= order_date",
            ),
        ),
    ),
    column(
        "order_year",
        "date",
        "1 January of the order's year; NULL without an order date.",
        nullable=True,
        tests=(
            expression_is_true(
                (_.order_year.day() == 1) & (_.order_year.month() == 1) & (_.order_year.year() == _.order_date.year()),
                "1 January of order_date's year",
            ),
        ),
    ),
    column(
        "order_day_of_week",
        "int32",
        "Weekday, Sunday 0 to Saturday 6.",
        nullable=True,
        tests=(not_null(), accepted_values(range(7))),
    ),
    column(
        "order_quarter",
        "int32",
        "Quarter of the year, 1 to 4.",
        nullable=True,
        tests=(not_null(), accepted_values(range(1, 5))),
    ),
)


@model(
    layer="staging",
    grain=("order_id",),
    columns=COLUMNS,
    tests=(row_count_equals(total(source_totals, "orders"), "distinct non-null ids of source orders"),),
    pass_through=ORDERS,
)
def stg_orders(
    raw_orders: ir.Table,
    status_rules: StatusRules = StatusRules(),
    guest_rules: GuestRules = GuestRules(),
    passed_columns: PassedColumns = NO_COLUMNS,
) -> ir.Table:
    """Every order ever placed, in any status and of any day.

    Grain: one row per ``order_id``; of rows that share an id the smallest by the other columns stays.
    Nulls: the calendar columns are NULL together with ``order_date``.
    Source: docs/metrics/staging_and_core.md.
    """
    orders = distinct_orders(raw_orders, names_from(ORDERS, passed_columns))
    return orders.select(
        order_id=orders.id,
        customer_id=customer_of(orders, guest_rules),
        order_date=orders.order_date,
        status=orders.status,
        product_name=orders.cycle_name,
        order_status_group=status_group(orders.status, status_rules),
        **calendar_columns(orders.order_date),
        **values_from(ORDERS, passed_columns, orders),
    )


def status_group(status: ir.StringColumn, rules: StatusRules) -> ir.StringColumn:
    """Return the group of a status; an unknown or missing status is pending."""
    return ibis.cases(
        (is_one_of(status, rules.successful), SUCCESSFUL), (is_one_of(status, rules.returned), RETURNED), else_=PENDING
    )
