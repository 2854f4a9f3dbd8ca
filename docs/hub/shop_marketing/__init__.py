"""Customer segments, products, cohorts and channels of a shop, from three raw tables."""

import logging

from hamilton import contrib
from hamilton.function_modifiers import extract_fields, source, subdag

logger = logging.getLogger(__name__)

with contrib.catch_import_errors(__name__, __file__, logger):
    import ibis.expr.types as ir

    import dataflows

INPUTS = ("raw_customers", "raw_orders", "raw_payments", "as_of")
TABLES = (
    "customers",
    "orders",
    "customer_segmentation",
    "product_performance",
    "customer_cohorts",
    "marketing_attribution",
    "attribution_models",
)


@extract_fields(dict.fromkeys(TABLES, ir.Table))
@subdag(*dataflows.model_modules(), inputs={name: source(name) for name in INPUTS})
def shop_marketing(
    customers: ir.Table,
    orders: ir.Table,
    customer_segmentation: ir.Table,
    product_performance: ir.Table,
    customer_cohorts: ir.Table,
    marketing_attribution: ir.Table,
    attribution_models: ir.Table,
) -> dict[str, ir.Table]:
    """Return every published table as an Ibis expression over the inputs."""
    return {
        "customers": customers,
        "orders": orders,
        "customer_segmentation": customer_segmentation,
        "product_performance": product_performance,
        "customer_cohorts": customer_cohorts,
        "marketing_attribution": marketing_attribution,
        "attribution_models": attribution_models,
    }
