"""Order lines, one row each, in cents and in dollars."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from dataflows.lib.expressions import CENTS_PER_DOLLAR, dollars, one_row_per_key
from dataflows.lib.passed_columns import LINES, NO_COLUMNS, names_from, values_from
from marketing_ibis.data_tests import expression_is_true, not_null, relationships, unique
from marketing_ibis.model import ID, MONEY, PassedColumns, column, model

COLUMNS = (
    column("order_line_id", ID, "Key of the order line.", tests=(unique(), not_null())),
    column(
        "order_id",
        ID,
        "Order that the line belongs to.",
        nullable=True,
        tests=(not_null(), relationships("stg_orders", "order_id")),
    ),
    column("product_name", "string", "Product of the line.", nullable=True),
    column("quantity", "int64", "Units of the product.", nullable=True, unit="units"),
    column("amount_cents", "int64", "Amount of the whole line.", nullable=True, unit="cents"),
    column(
        "amount",
        MONEY,
        "Amount of the whole line, exact.",
        nullable=True,
        unit="dollars",
        tests=(
            expression_is_true(_.amount * CENTS_PER_DOLLAR == _.amount_cents, "amount * 100 = amount_cents, exactly"),
        ),
    ),
)


@model(layer="staging", grain=("order_line_id",), columns=COLUMNS, pass_through=LINES)
def stg_order_lines(raw_order_lines: ir.Table, passed_columns: PassedColumns = NO_COLUMNS) -> ir.Table:
    """Every order line: a product of an order, with its units and its amount.

    Grain: one row per ``order_line_id``; of rows that share an id the smallest by the other columns stays.
    Units: ``amount_cents`` whole cents, ``amount`` the same in dollars.
    Source: docs/metrics/order_products.md.
    """
    order = ("order_id", "product_name", "quantity", "amount", *names_from(LINES, passed_columns))
    lines = one_row_per_key(raw_order_lines, "id", order=order)
    return lines.select(
        order_line_id=lines.id,
        order_id=lines.order_id,
        product_name=lines.product_name,
        quantity=lines.quantity,
        amount_cents=lines.amount,
        amount=dollars(lines.amount),
        **values_from(LINES, passed_columns, lines),
    )
