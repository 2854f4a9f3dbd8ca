"""Which products the same customers buy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
from ibis import _

from dataflows.lib.expressions import count_if, in_order, midnight, ratio
from marketing_ibis.data_tests import (
    expression_is_true,
    not_null,
    percentage_range,
    positive_value,
    relationships,
    unique_combination_of_columns,
)
from marketing_ibis.model import column, model

PAIR = ("product_a", "product_b")

COLUMNS = (
    column(
        "product_a",
        "string",
        "Product that the customers bought; '(unknown)' without a name.",
        tests=(
            not_null(),
            relationships("product_performance", "product_name"),
            expression_is_true(_.product_a != _.product_b, "differs from product_b"),
        ),
    ),
    column(
        "product_b",
        "string",
        "Product that some of them bought as well, in any order.",
        tests=(not_null(), relationships("product_performance", "product_name")),
    ),
    column(
        "customers_both",
        "int64",
        "Buyers of both products.",
        unit="customers",
        tests=(not_null(), positive_value()),
    ),
    column(
        "support",
        "float64",
        "customers_both / all buyers.",
        unit="share 0-1",
        tests=(not_null(), percentage_range(0, 1)),
    ),
    column(
        "confidence",
        "float64",
        "customers_both / buyers of product_a.",
        unit="share 0-1",
        tests=(
            not_null(),
            percentage_range(0, 1),
            expression_is_true(_.confidence >= _.support, ">= support"),
        ),
    ),
    column(
        "lift",
        "float64",
        "confidence / share of product_b's buyers among all: above 1, buyers of one product buy the other more often"
        " than buyers do on average.",
        unit="ratio",
        tests=(not_null(), positive_value()),
    ),
    column("analysis_timestamp", "timestamp", "as_of at midnight."),
)


@dataclass(frozen=True, slots=True)
class AffinityRules:
    """Which pairs of products are published."""

    min_customers: int = 1
    """Pairs with fewer buyers of both products than this are not in the table."""

    def __post_init__(self) -> None:
        if self.min_customers < 1:
            raise ValueError(f"min_customers must be at least 1, not {self.min_customers}")


@model(
    layer="marts",
    grain=PAIR,
    columns=COLUMNS,
    tags=("products", "daily"),
    sort_keys=PAIR,
    tests=(unique_combination_of_columns(PAIR),),
)
def product_affinity(
    int_customer_products: ir.Table,
    int_customer_orders: ir.Table,
    as_of: date,
    affinity_rules: AffinityRules = AffinityRules(),
) -> ir.Table:
    """How many customers bought both of two products, and how that compares with chance.

    Grain: one row per ``product_a`` and ``product_b``, in both orders, of two products that a customer bought in
    successful orders.
    Units: customers and shares of them.
    Source: docs/metrics/product_affinity.md.
    """
    customer_products = int_customer_products
    bought = customer_products.filter(customer_products.successful_orders > 0).select("customer_id", "product_name")
    sold = bought.group_by("product_name").agg(buyers=bought.count())
    pairs = (
        _pairs(bought, affinity_rules)
        .inner_join(sold.select(product_a="product_name", buyers_a="buyers"), "product_a")
        .inner_join(sold.select(product_b="product_name", buyers_b="buyers"), "product_b")
        .cross_join(int_customer_orders.agg(all_buyers=count_if(int_customer_orders.successful_orders > 0)))
    )
    both = pairs.customers_both
    return in_order(
        pairs,
        COLUMNS,
        support=ratio(both, pairs.all_buyers),
        confidence=ratio(both, pairs.buyers_a),
        lift=ratio(both * pairs.all_buyers, pairs.buyers_a * pairs.buyers_b),
        analysis_timestamp=midnight(as_of),
    )


def _pairs(bought: ir.Table, rules: AffinityRules) -> ir.Table:
    """Count the customers of every two products."""
    others = bought.select(other_customer_id=bought.customer_id, product_b=bought.product_name)
    is_pair = [bought.customer_id == others.other_customer_id, bought.product_name != others.product_b]
    baskets = bought.inner_join(others, is_pair)
    counted = baskets.group_by("product_b", product_a=baskets.product_name).agg(customers_both=baskets.count())
    return counted.filter(counted.customers_both >= rules.min_customers)
