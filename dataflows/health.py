"""How complete what is published is, measured after every build."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.expressions import month_number, ratio
from dataflows.intermediate.int_order_facts import is_successful
from marketing_ibis.model import measures


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
) -> ir.Table:
    """Share of customers with a segment, of successful orders with a channel, of months of cohorts, of products.

    Each is 1 when nothing is missing, also when there is nothing.
    """
    facts, buyers = int_order_facts, int_customer_orders
    first_months = buyers.filter(buyers.cohort_month.notnull()).select("cohort_month").distinct()
    age = month_number(ibis.date(as_of)) - month_number(first_months.cohort_month)
    counts = (
        customer_segmentation.agg(segmented=customer_segmentation.customer_segment.count())
        .cross_join(stg_customers.agg(customers=stg_customers.count()))
        .cross_join(marketing_attribution.agg(attributed=marketing_attribution.total_conversions.sum()))
        .cross_join(facts.agg(successes=is_successful(facts).ifelse(1, 0).sum(), sold=facts.product_name.nunique()))
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


def _share(part: ir.IntegerColumn, whole: ir.IntegerColumn) -> ir.FloatingColumn:
    return ratio(part.cast("int64"), whole.cast("int64")).fill_null(1.0)
