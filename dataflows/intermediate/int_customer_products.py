"""Each customer's orders of each product."""

from __future__ import annotations

import ibis.expr.types as ir

from dataflows.intermediate.int_order_facts import is_successful
from dataflows.intermediate.int_order_products import product_sales
from dataflows.lib.expressions import count_if, sum_if
from dataflows.staging.stg_orders import RETURNED
from marketing_ibis.model import ID, column, model

COLUMNS = (
    column("customer_id", ID, "Key of the customer."),
    column("product_name", "string", "Product; '(unknown)' if the order has none."),
    column("successful_orders", "int64", "Successful orders of the product.", unit="orders"),
    column("returned_orders", "int64", "Returned orders of the product.", unit="orders"),
    column("net_cents", "int64", "Payments of the successful orders.", unit="cents"),
)


@model(
    layer="intermediate",
    grain=("customer_id", "product_name"),
    columns=COLUMNS,
    dist_key="customer_id",
    sort_keys=("customer_id",),
)
def int_customer_products(int_order_facts: ir.Table, int_order_products: ir.Table | None = None) -> ir.Table:
    """Which products each customer ordered, and how often.

    Grain: one row per ``customer_id`` and ``product_name`` among the order facts, pending ones included.
    Units: whole cents.
    Source: docs/metrics/staging_and_core.md; one pass for favorites, repeat purchases and distinct customers of
    a product.
    """
    sales = product_sales(int_order_facts, int_order_products)
    is_success = is_successful(sales)
    return sales.group_by("customer_id", "product_name").agg(
        successful_orders=count_if(is_success),
        returned_orders=count_if(sales.order_status_group == RETURNED),
        net_cents=sum_if(is_success, sales.cents),
    )
