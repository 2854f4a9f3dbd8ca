"""The months of cohorts: one row for each up to that of as_of, and what every table of them measures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.lib.expressions import MONTHS_PER_YEAR, dollars, mean_dollars, month_number, ratio

FIRST_CHANNEL = "first_channel"
ATTRIBUTES = ("first_campaign", FIRST_CHANNEL, "first_product")
"""What is known of a customer from the first successful order."""
EVERYONE = 100
"""Retention of month 0, in percent."""


def months_of_cohorts(cohorts: ir.Table, as_of: date) -> ir.Table:
    """Return one row per cohort and month up to that of ``as_of``, numbered ``k`` from 0, idle months included."""
    first = month_number(cohorts.cohort_month)
    aged = cohorts.mutate(age=as_of.year * MONTHS_PER_YEAR + as_of.month - first, first_month=first)
    months = aged.mutate(k=ibis.range(0, aged.age + 1).unnest())
    return months.mutate(month_index=months.first_month + months.k)


def retention_and_value(cells: ir.Table, cohort: Sequence[str]) -> dict[str, ir.Column]:
    """Return retention, revenue and cumulative value of each month ``k`` of the cohorts that ``cohort`` identifies.

    A month without a purchase has NULL ``active``, ``cents`` and ``orders``, which count 0.
    """
    active, cents = cells.active.fill_null(0), cells.cents.fill_null(0)
    window = ibis.cumulative_window(group_by=[cells[name] for name in cohort], order_by=cells.k)
    to_date = cents.sum().over(window)
    return {
        "months_since_first_purchase": cells.k.cast("int32"),
        "customers_active": active,
        "retention_rate": ratio(EVERYONE * active, cells.cohort_size),
        "cohort_revenue": dollars(cents),
        "total_orders": cells.orders.fill_null(0),
        "cumulative_revenue": dollars(to_date),
        "cumulative_ltv": mean_dollars(to_date, cells.cohort_size),
        "period_month": cells.cohort_month + cells.k.as_interval("M"),
    }
