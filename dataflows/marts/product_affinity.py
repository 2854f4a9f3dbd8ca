"""Which products the same customers buy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
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
    sold = _numbered(bought)
    pairs = (
        _pairs(bought, sold, affinity_rules)
        .inner_join(sold.select(number_a="number", product_a="product_name", buyers_a="buyers"), "number_a")
        .inner_join(sold.select(number_b="number", product_b="product_name", buyers_b="buyers"), "number_b")
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


def _numbered(bought: ir.Table) -> ir.Table:
    """Return each product with a number and its buyers."""
    sold = bought.group_by("product_name").agg(buyers=bought.count())
    return sold.mutate(number=ibis.row_number().over(order_by=sold.product_name))


def _pairs(bought: ir.Table, sold: ir.Table, rules: AffinityRules) -> ir.Table:
    """Count the customers of every two products, by number: each pair is counted once and returned in both orders.

    Numbers are compared and grouped faster than names: of a million orders, all of it takes half as long.
    """
    baskets = bought.inner_join(sold, "product_name").select("customer_id", "number")
    # A basket with itself: without the views Ibis would name the products of the pairs only after pairing them.
    left, right = baskets.view(), baskets.view()
    together = left.inner_join(right, [left.customer_id == right.customer_id, left.number < right.number])
    counted = together.group_by(number_a="number", number_b="number_right").agg(customers_both=together.count())
    pairs = counted.filter(counted.customers_both >= rules.min_customers)
    return pairs.union(pairs.select(number_a="number_b", number_b="number_a", customers_both="customers_both"))
