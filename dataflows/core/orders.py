"""Everything known about an order in one row."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import sub

import ibis.expr.types as ir
from ibis import _

from dataflows.intermediate.int_orders import CHANNELS
from dataflows.lib.expressions import dollars, in_order
from dataflows.lib.guests import unless_guests
from dataflows.lib.passed_columns import NO_COLUMNS, ORDERS, join_passed, joined_values, passed_from
from dataflows.lib.payment_methods import (
    PaymentRules,
    methods_by_column,
    parts_add_up,
    unless_refunds,
    words_of_methods,
)
from dataflows.lib.statuses import named_statuses
from dataflows.staging.stg_orders import COLUMNS as ORDER_COLUMNS
from dataflows.staging.stg_orders import GROUPS, SUCCESSFUL
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import (
    accepted_values,
    expression_is_true,
    non_negative,
    not_after_as_of,
    not_null,
    positive_value,
    relationships,
    row_count_equals,
    total,
    unique,
)
from marketing_ibis.model import MONEY, PassedColumns, Sum, column, expanded, inherited, model

LINES = "int_order_lines"
"""The model that only shops with order lines have."""

COLUMNS = (
    *inherited(
        ORDER_COLUMNS,
        "order_id",
        "customer_id",
        tests={
            "order_id": (unique(), not_null()),
            "customer_id": (unless_guests(not_null(severity="warn")), relationships("customers", "customer_id")),
        },
    ),
    column("order_date", "date", "Day of the order, never after as_of.", tests=(not_null(), not_after_as_of())),
    *inherited(
        ORDER_COLUMNS,
        "status",
        tests={"status": (accepted_values(named_statuses, explanation="listed by vars.status_rules"),)},
    ),
    column("cycle_name", "string", "The same value as product_name.", nullable=True),
    column(
        "{}_amount",
        MONEY,
        "Payments by {}.",
        unit="dollars",
        tests=(not_null(),),
        each=words_of_methods,
        aggregate=Sum(),
    ),
    column(
        "amount",
        MONEY,
        "All payments; 0 if there are none.",
        unit="dollars",
        tests=(
            not_null(),
            unless_refunds(non_negative(severity="warn")),
            unless_refunds(positive_value(severity="warn")),
            expression_is_true(parts_add_up, "= sum of the method amounts + other_amount"),
        ),
        aggregate=Sum(),
    ),
    column(
        "other_amount",
        MONEY,
        "Payments by a method that payment_rules does not name, or without a method.",
        unit="dollars",
        tests=(expression_is_true(_.other_amount == 0, "= 0", severity="warn"),),
        aggregate=Sum(),
    ),
    *inherited(
        ORDER_COLUMNS, "product_name", "order_status_group", tests={"order_status_group": (accepted_values(GROUPS),)}
    ),
    column(
        "payment_count",
        "int64",
        "Payments, those without an amount included.",
        unit="payments",
        tests=(positive_value(severity="warn"),),
        aggregate=Sum(),
    ),
    column(
        "order_sequence",
        "int64",
        "Position among the customer's orders up to as_of; NULL for an orphan.",
        nullable=True,
    ),
    column(
        "attribution_channel",
        "string",
        "Channel; NULL unless successful and of a known customer.",
        nullable=True,
        width=32,
        tests=(
            # An orphan has no position among a customer's orders, and no channel.
            not_null(where=(_.order_status_group == SUCCESSFUL) & _.order_sequence.notnull()),
            accepted_values(CHANNELS),
        ),
    ),
    column(
        "product_count",
        "int64",
        "Distinct products of the order's lines; 1 without lines.",
        unit="products",
        only_with=LINES,
    ),
    column("unit_count", "int64", "Units of the order's lines; 1 without lines.", unit="units", only_with=LINES),
    column(
        "line_amount",
        MONEY,
        "Amounts of the order's lines, negative ones too; NULL without lines.",
        nullable=True,
        unit="dollars",
        only_with=LINES,
    ),
    column(
        "unexplained_amount",
        MONEY,
        "amount - line_amount: discounts on the order, tax, shipping, whatever the lines do not say.",
        nullable=True,
        unit="dollars",
        only_with=LINES,
    ),
)


@model(
    layer="core",
    grain=("order_id",),
    columns=COLUMNS,
    tags=("daily",),
    dist_key="customer_id",
    dist_nulls=True,
    sort_keys=("order_date",),
    unique_key="customer_id",
    watermark="order_date",
    lookback=timedelta(days=7),
    tests=(row_count_equals(total(shop_totals, "dated_orders"), "stg_orders rows dated <= as_of"),),
    optional_parents={"stg_orders": "sources.raw_orders.pass_through"},
    pass_through=ORDERS,
)
def orders(
    int_orders: ir.Table,
    int_order_lines: ir.Table | None = None,
    payment_rules: PaymentRules = PaymentRules(),
    stg_orders: ir.Table | None = None,
    passed_columns: PassedColumns = NO_COLUMNS,
) -> ir.Table:
    """What each order contained, how it was paid and its position among its customer's orders.

    Grain: one row per ``order_id`` up to ``as_of``, orders of unknown customers included.
    Units: money in dollars, exact; the parts by method add up to ``amount``.
    Nulls: ``product_name`` and ``status`` stay NULL if the source has no value; amounts of lines without lines.
    Source: docs/metrics/staging_and_core.md.
    """
    table, of_lines = join_passed(int_orders, stg_orders, "order_id", ORDERS, passed_columns), {}
    if int_order_lines is not None:
        table, of_lines = _with_lines(table, int_order_lines)
    by_method = {word: table[f"{word}_cents"] for word in methods_by_column(payment_rules)}
    return in_order(
        table,
        (*expanded(COLUMNS, payment_rules=payment_rules), *passed_from(ORDERS, passed_columns)),
        cycle_name=table.product_name,
        **{f"{word}_amount": dollars(cents) for word, cents in by_method.items()},
        amount=dollars(table.cents),
        other_amount=dollars(reduce(sub, by_method.values(), table.cents)),
        **of_lines,
        **joined_values(ORDERS, passed_columns, table),
    )


def _with_lines(int_orders: ir.Table, lines: ir.Table) -> tuple[ir.Table, dict[str, ir.Column]]:
    """Return the orders joined to the totals of their lines, and the columns that follow from these."""
    totals = lines.group_by("order_id").agg(
        products=lines.count(), units=lines.units.sum(), line_cents=lines.line_cents.sum()
    )
    table = int_orders.left_join(totals, "order_id", rname="{name}_of_lines")
    return table, {
        "product_count": table.products.fill_null(1),
        "unit_count": table.units.fill_null(1),
        "line_amount": dollars(table.line_cents),
        "unexplained_amount": dollars(table.cents - table.line_cents),
    }
