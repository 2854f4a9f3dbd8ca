"""How often and how lately each buyer bought, up to as_of and up to the days that are held out."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.intermediate.int_customer_orders import COLUMNS as CUSTOMER_COLUMNS
from dataflows.intermediate.int_order_facts import is_successful
from dataflows.lib.clv_rows import HOLDOUT_DAYS
from dataflows.lib.expressions import count_if, days_before, in_order, sum_if
from marketing_ibis.model import column, inherited, model

COLUMNS = (
    *inherited(CUSTOMER_COLUMNS, "customer_id"),
    column("frequency", "int64", "Days with a successful order after the first such day.", unit="days"),
    column("recency_days", "int64", "Days from the first to the last day with a successful order.", unit="days"),
    column("age_days", "int64", "Days from the first day with a successful order to as_of.", unit="days"),
    column("later_cents", "int64", "Payments of successful orders after the first day.", unit="cents"),
    column(
        "earlier_frequency",
        "int64",
        f"frequency as of {HOLDOUT_DAYS} days before as_of; NULL for buyers who came later.",
        nullable=True,
        unit="days",
    ),
    column(
        "earlier_recency_days",
        "int64",
        f"recency_days as of {HOLDOUT_DAYS} days before as_of; NULL for buyers who came later.",
        nullable=True,
        unit="days",
    ),
)


@model(
    layer="intermediate",
    grain=("customer_id",),
    columns=COLUMNS,
    dist_key="customer_id",
    sort_keys=("customer_id",),
)
def int_purchase_days(int_order_facts: ir.Table, as_of: date) -> ir.Table:
    """Frequency, recency, age and spend of each buyer, counting days: the statistics of lifetime value models.

    Grain: one row per ``customer_id`` with at least one successful order.
    Units: days and whole cents.
    Nulls: the earlier statistics of buyers whose first successful order is in the days that are held out.
    Source: docs/metrics/customer_clv.md.
    """
    successful = int_order_facts.filter(is_successful(int_order_facts))
    # Grouped by day first: counting days is then counting rows, without a DISTINCT.
    days = successful.group_by("customer_id", "order_date").agg(
        cents=successful.cents.sum(), sequence=successful.success_sequence.min()
    )
    # As of the first days of the calendar no day is earlier.
    last_earlier = date.fromordinal(max(as_of.toordinal() - HOLDOUT_DAYS, 1))
    is_earlier = days.order_date <= ibis.date(last_earlier)
    buyers = days.group_by("customer_id").agg(
        frequency=days.count() - 1,
        first_day=days.order_date.min(),
        last_day=days.order_date.max(),
        later_cents=sum_if(days.sequence > 1, days.cents),
        earlier_days=count_if(is_earlier),
        earlier_last_day=is_earlier.ifelse(days.order_date, ibis.null("date")).max(),
    )
    age = days_before(as_of, buyers.first_day)
    return in_order(
        buyers,
        COLUMNS,
        recency_days=age - days_before(as_of, buyers.last_day),
        age_days=age,
        earlier_frequency=(buyers.earlier_days > 0).ifelse(buyers.earlier_days - 1, ibis.null("int64")),
        earlier_recency_days=age - days_before(as_of, buyers.earlier_last_day),
    )
