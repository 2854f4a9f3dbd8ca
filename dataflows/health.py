"""Completeness of the published tables: measured after every build, with warnings when nothing matches."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.intermediate.int_order_facts import is_successful
from dataflows.intermediate.int_order_products import product_sales
from dataflows.lib.clv_rows import REFUSED
from dataflows.lib.expressions import count_if, existing_customers, month_number, ratio
from dataflows.lib.guests import NONE, GuestRules
from dataflows.lib.statuses import StatusRules, named_statuses
from marketing_ibis.model import measures, warns

FEW_ORDERS = 10
"""Up to this many orders may all be pending in a young shop."""


@measures
def shop_health(
    customer_segmentation: ir.Table,
    product_performance: ir.Table,
    customer_cohorts: ir.Table,
    marketing_attribution: ir.Table,
    stg_customers: ir.Table,
    int_order_facts: ir.Table,
    int_customer_orders: ir.Table,
    as_of: date,
    int_order_products: ir.Table | None = None,
) -> ir.Table:
    """Share of customers with a segment, of successful orders with a channel, of months of cohorts, of products.

    Each is 1 when nothing is missing, also when there are no rows.
    """
    facts, buyers = int_order_facts, int_customer_orders
    first_months = buyers.filter(buyers.cohort_month.notnull()).select("cohort_month").distinct()
    age = month_number(ibis.date(as_of)) - month_number(first_months.cohort_month)
    counts = (
        customer_segmentation.agg(segmented=customer_segmentation.customer_segment.count())
        .cross_join(existing_customers(stg_customers, facts, as_of).agg(customers=_.count()))
        .cross_join(marketing_attribution.agg(attributed=marketing_attribution.total_conversions.sum()))
        .cross_join(_successes_and_products(facts, int_order_products))
        .cross_join(customer_cohorts.agg(cohort_rows=customer_cohorts.count()))
        .cross_join(first_months.agg(cohort_months=(age + 1).sum()))
        .cross_join(product_performance.agg(products=product_performance.count()))
    )
    return counts.select(
        segmentation_coverage=_share(counts.segmented, counts.customers),
        attribution_coverage=_share(counts.attributed, counts.successes),
        cohort_history=_share(counts.cohort_rows, counts.cohort_months),
        products_analysed=_share(counts.products, counts.sold),
    )


def _successes_and_products(facts: ir.Table, order_products: ir.Table | None) -> ir.Table:
    sales, successes = product_sales(facts, order_products), is_successful(facts).ifelse(1, 0).sum()
    if order_products is None:
        return facts.agg(successes=successes, sold=sales.product_name.nunique())
    return facts.agg(successes=successes).cross_join(sales.agg(sold=sales.product_name.nunique()))


def _share(part: ir.IntegerColumn, whole: ir.IntegerColumn) -> ir.FloatingColumn:
    return ratio(part.cast("int64"), whole.cast("int64")).fill_null(1.0)


@warns(
    "No order (of {orders:,}) has a known customer: segments, cohorts and channels are empty. "
    "Compare user_id of orders with id of customers: '17850.0' and '17850' are two ids."
)
def no_order_finds_its_customer(int_order_totals: ir.Table) -> ir.Table:
    """Return the number of orders if none has a known customer."""
    is_known = int_order_totals.is_known_customer
    counts = int_order_totals.agg(orders=int_order_totals.count(), known=count_if(is_known))
    return counts.filter((counts.orders > 0) & (counts.known.fill_null(0) == 0)).select("orders")


@warns(
    "No order (of {orders:,} of known customers) is successful: there is no buyer and no revenue. "
    "Name the shop's statuses in [tool.marketing_ibis.vars.status_rules]."
)
def no_buyer_is_left(int_order_facts: ir.Table, status_rules: StatusRules = StatusRules()) -> ir.Table:
    """Return the number of order facts if none is successful and there are many, or no rule names their statuses."""
    facts = int_order_facts
    is_named = facts.status.isin(named_statuses(status_rules)).fill_null(False)
    counts = facts.agg(orders=facts.count(), successes=count_if(is_successful(facts)), named=count_if(is_named))
    is_conclusive = (counts.orders >= FEW_ORDERS) | (counts.named.fill_null(0) == 0)
    return counts.filter((counts.orders > 0) & (counts.successes.fill_null(0) == 0) & is_conclusive).select("orders")


@warns(
    "Orders without a customer ({orders:,}) are in no customer's numbers and not in shop_days. To make each a customer,"
    ' set identity = "order" or "email" in [tool.marketing_ibis.vars.guest_rules].'
)
def guests_are_not_counted(int_order_totals: ir.Table, guest_rules: GuestRules = GuestRules()) -> ir.Table:
    """Return the number of orders without a customer, unless guests are customers or no order has a known one."""
    orders = int_order_totals
    counts = orders.agg(orders=count_if(orders.customer_id.isnull()), known=count_if(orders.is_known_customer))
    has_guests = (counts.orders > 0) & (counts.known > 0)
    return counts.filter(has_guests & (guest_rules.identity == NONE)).select("orders")


@warns(
    "Some orders ({orders:,}) have payments that name several products, and each order counts as one product. To count"
    ' all of them, load order lines: optional_sources = ["raw_order_lines"] under [tool.marketing_ibis].'
)
def orders_have_several_products(
    int_order_totals: ir.Table, stg_payments: ir.Table, stg_order_lines: ir.Table | None = None
) -> ir.Table:
    """Return the number of orders whose payments name several products, where there are no order lines."""
    orders = int_order_totals.filter(int_order_totals.payment_count > 1)
    # Most orders have one payment, and grouping the others alone is cheap.
    payments = stg_payments.semi_join(orders, "order_id").group_by("order_id")
    names = payments.agg(first_name=_.product_name.min(), last_name=_.product_name.max())
    counts = names.agg(orders=count_if(names.first_name != names.last_name))
    return counts.filter((counts.orders > 0) & (stg_order_lines is None))


@warns(
    "No lifetime value is forecast: {reason} customer_clv has no rows, and forecast_clv of customers is empty."
    " docs/metrics/customer_clv.md says what a fit needs."
)
def no_lifetime_value_is_forecast(clv_fit: ir.Table) -> ir.Table:
    """Return the reason why the fit was refused; nothing in a shop without buyers, of which others warn."""
    return clv_fit.filter((clv_fit.status == REFUSED) & (clv_fit.buyers > 0)).select("reason")
