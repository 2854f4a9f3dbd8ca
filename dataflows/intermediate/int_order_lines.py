"""Order lines added up per product of an order."""

from __future__ import annotations

import ibis.expr.types as ir

from dataflows.intermediate.int_order_facts import UNKNOWN_PRODUCT
from dataflows.lib.expressions import sum_if
from marketing_ibis.model import ID, column, model

COLUMNS = (
    column("order_id", ID, "Key of the order."),
    column("product_name", "string", "Product; '(unknown)' if the lines have none."),
    column("units", "int64", "Units of the product; a line without a quantity counts 1.", unit="units"),
    column("line_cents", "int64", "Amounts of the lines, negative ones too.", unit="cents"),
    column("weight_cents", "int64", "Amounts of the lines that are above 0.", unit="cents"),
)


@model(
    layer="intermediate",
    grain=("order_id", "product_name"),
    columns=COLUMNS,
    dist_key="order_id",
    sort_keys=("order_id",),
)
def int_order_lines(stg_order_lines: ir.Table) -> ir.Table:
    """The products of each order that has lines, with their units and amounts.

    Grain: one row per ``order_id`` and ``product_name``, orders that are unknown or after ``as_of`` included.
    Units: whole cents; a line without an amount adds 0.
    Source: docs/metrics/order_products.md; grouped here once for the shares of products and for the order table.
    """
    lines = stg_order_lines.filter(stg_order_lines.order_id.notnull())
    cents = lines.amount_cents
    return lines.group_by("order_id", product_name=lines.product_name.fill_null(UNKNOWN_PRODUCT)).agg(
        units=lines.quantity.fill_null(1).sum(),
        line_cents=cents.fill_null(0).sum(),
        weight_cents=sum_if(cents > 0, cents),
    )
