"""Order lines added up per product of an order."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from dataflows.intermediate.int_order_facts import UNKNOWN_PRODUCT
from dataflows.lib.expressions import in_order, sum_if
from marketing_ibis.model import ID, column, model

COLUMNS = (
    column("order_id", ID, "Key of the order."),
    column("product_name", "string", "Product; '(unknown)' if the lines have none."),
    column("units", "int64", "Units of the product; a line without a quantity counts 1.", unit="units"),
    column("line_cents", "int64", "Amounts of the lines, negative ones too.", unit="cents"),
    column("weight", "int64", "Amounts of the lines that are above 0, or 1 where the order has no such line."),
    column("weight_before", "int64", "Weights of the order's products that come before in the order of their names."),
    column("order_weight", "int64", "Weights of all products of the order."),
)


@model(
    layer="intermediate",
    grain=("order_id", "product_name"),
    columns=COLUMNS,
    dist_key="order_id",
    sort_keys=("order_id",),
)
def int_order_lines(stg_order_lines: ir.Table) -> ir.Table:
    """The products of each order that has lines, with their units, amounts and weights.

    Grain: one row per ``order_id`` and ``product_name``, orders that are unknown or after ``as_of`` included.
    Units: whole cents; a line without an amount adds 0. ``weight`` of ``order_weight`` is the part of the product.
    Source: docs/metrics/order_products.md; grouped here once for the shares of products and for the order table.
    """
    lines = stg_order_lines.filter(stg_order_lines.order_id.notnull())
    cents = lines.amount_cents
    products = lines.group_by("order_id", product_name=lines.product_name.fill_null(UNKNOWN_PRODUCT)).agg(
        units=lines.quantity.fill_null(1).sum(),
        line_cents=cents.fill_null(0).sum(),
        positive_cents=sum_if(cents > 0, cents),
    )
    by_name = {"group_by": products.order_id, "order_by": products.product_name}
    whole_order = ibis.window(**by_name, preceding=None, following=None)
    weighed = products.mutate(
        cents_up_to=products.positive_cents.sum().over(ibis.cumulative_window(**by_name)),
        order_cents=products.positive_cents.sum().over(whole_order),
        products_before=ibis.row_number().over(**by_name),
        order_products=products.count().over(whole_order),
    )
    is_positive = weighed.order_cents > 0
    return in_order(
        weighed,
        COLUMNS,
        weight=is_positive.ifelse(weighed.positive_cents, 1),
        weight_before=is_positive.ifelse(weighed.cents_up_to - weighed.positive_cents, weighed.products_before),
        order_weight=is_positive.ifelse(weighed.order_cents, weighed.order_products),
    )
