"""The products of each order, with the part of its payments that each one gets."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from dataflows.intermediate.int_order_facts import COLUMNS as FACT_COLUMNS
from dataflows.lib.expressions import in_order, rounded_share
from dataflows.lib.payment_methods import PaymentRules
from dataflows.staging.stg_orders import SUCCESSFUL
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import sum_equals, total, unique_combination_of_columns
from marketing_ibis.model import column, expanded, inherited, model

GRAIN = ("order_id", "product_name")

COLUMNS = (
    *inherited(FACT_COLUMNS, "order_id", "customer_id"),
    column("product_name", "string", "Product of the order's lines, or else of the order; '(unknown)' without a name."),
    column("units", "int64", "Units of the product in the order; 1 without lines.", unit="units"),
    column(
        "product_cents",
        "int64",
        "Part of the order's payments, in proportion to the amounts of the lines.",
        unit="cents",
        tests=(
            sum_equals(total(shop_totals, "net", times=100), "NET in cents", where=_.order_status_group == SUCCESSFUL),
        ),
    ),
    column(
        "product_promo_cents",
        "int64",
        "Part of the order's payments by {payment_rules.promotional_methods}, in the same proportion.",
        unit="cents",
    ),
    *inherited(
        FACT_COLUMNS,
        "order_date",
        "order_status_group",
        "has_promo",
        "has_{}",
        "success_sequence",
        "attribution_channel",
    ),
)


@model(
    layer="intermediate",
    grain=GRAIN,
    columns=COLUMNS,
    dist_key="customer_id",
    sort_keys=("customer_id",),
    tests=(unique_combination_of_columns(GRAIN),),
)
def int_order_products(
    int_order_facts: ir.Table, int_order_lines: ir.Table, payment_rules: PaymentRules = PaymentRules()
) -> ir.Table:
    """The products that each order contains, and the part of its payments that each one gets.

    Grain: one row per ``order_id`` and ``product_name`` of the order facts; one row for an order without lines.
    Units: whole cents; the parts of an order add up to its payments.
    Nulls: ``success_sequence`` and channel of orders that are not successful.
    Source: docs/metrics/order_products.md.
    """
    products = int_order_facts.left_join(int_order_lines, "order_id", rname="{name}_of_lines")
    # An order without lines is all of one product.
    weight, whole = products.weight.fill_null(1), products.order_weight.fill_null(1)
    before = products.weight_before.fill_null(0)
    paid = products.cents.abs()
    bounded = products.mutate(
        before=before,
        up_to=before + weight,
        whole=whole,
        paid_before=rounded_share(paid, before, whole),
        paid_up_to=rounded_share(paid, before + weight, whole),
    )
    return in_order(
        bounded,
        expanded(COLUMNS, payment_rules=payment_rules),
        product_name=bounded.product_name_of_lines.fill_null(bounded.product_name),
        units=bounded.units.fill_null(1),
        product_cents=(bounded.paid_up_to - bounded.paid_before) * bounded.cents.sign(),
        product_promo_cents=_promo_cents(bounded),
    )


def _promo_cents(products: ir.Table) -> ir.IntegerColumn:
    """Share the promotional payments by the rounded shares of all: no part becomes larger than what it is part of."""
    is_paid, promo = products.cents != 0, products.promo_cents.abs()
    whole = is_paid.ifelse(products.cents.abs(), products.whole)
    before = is_paid.ifelse(products.paid_before, products.before)
    up_to = is_paid.ifelse(products.paid_up_to, products.up_to)
    share = rounded_share(promo, up_to, whole) - rounded_share(promo, before, whole)
    # Most orders have none.
    return (promo == 0).ifelse(0, share * products.promo_cents.sign())


def product_sales(facts: ir.Table, order_products: ir.Table | None) -> ir.Table:
    """Return what was sold of each product: one row per order and product, or the order facts if no order has lines.

    Its ``cents`` and ``promo_cents`` are those of the product.
    """
    if order_products is None:
        return facts
    sales = order_products
    return sales.select(
        *(name for name in sales.columns if name not in ("product_cents", "product_promo_cents")),
        cents=sales.product_cents,
        promo_cents=sales.product_promo_cents,
        order_month=sales.order_date.truncate("M"),
    )
