"""The products of each order, with the part of its payments that each one gets."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

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
            sum_equals(
                total(shop_totals, "net", times=100), "NET in cents", where=ibis._.order_status_group == SUCCESSFUL
            ),
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
    facts = int_order_facts
    products = facts.left_join(_in_order_of_names(int_order_lines), "order_id", rname="{name}_of_lines")
    # An order without lines is all of one product.
    weighed = products.mutate(
        part=products.part.fill_null(1), weight=products.weight.fill_null(1), whole=products.whole.fill_null(1)
    )
    paid, promo = weighed.cents.abs(), weighed.promo_cents.abs()
    before = weighed.part - weighed.weight
    bounded = weighed.mutate(
        upper=rounded_share(paid, weighed.part, weighed.whole), lower=rounded_share(paid, before, weighed.whole)
    )
    # By the rounded parts, so that no promotional part is larger than the part that it is of.
    is_paid = bounded.cents != 0
    whole = is_paid.ifelse(bounded.cents.abs(), bounded.whole)
    upper = rounded_share(promo, is_paid.ifelse(bounded.upper, bounded.part), whole)
    lower = rounded_share(promo, is_paid.ifelse(bounded.lower, bounded.part - bounded.weight), whole)
    return in_order(
        bounded,
        expanded(COLUMNS, payment_rules=payment_rules),
        product_name=bounded.product_name_of_lines.fill_null(bounded.product_name),
        units=bounded.units.fill_null(1),
        product_cents=(bounded.upper - bounded.lower) * bounded.cents.sign(),
        product_promo_cents=(upper - lower) * bounded.promo_cents.sign(),
    )


def _in_order_of_names(lines: ir.Table) -> ir.Table:
    """Return each product's weight, the weights up to and with it, and those of the whole order.

    Where no amount is above 0, every product weighs 1.
    """
    by_name = {"group_by": lines.order_id, "order_by": lines.product_name}
    whole = lines.weight_cents.sum().over(ibis.window(**by_name, preceding=None, following=None))
    summed = lines.mutate(
        part=lines.weight_cents.sum().over(ibis.cumulative_window(**by_name)),
        whole=whole,
        place=ibis.row_number().over(**by_name) + 1,
        products=lines.count().over(ibis.window(**by_name, preceding=None, following=None)),
    )
    is_weighed = summed.whole > 0
    return summed.select(
        "order_id",
        "product_name",
        "units",
        part=is_weighed.ifelse(summed.part, summed.place),
        weight=is_weighed.ifelse(summed.weight_cents, 1),
        whole=is_weighed.ifelse(summed.whole, summed.products),
    )


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
