"""How each product sells, returns and ages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import ibis.expr.types as ir
from ibis import _

from dataflows.intermediate.int_order_products import product_sales
from dataflows.lib.balances import SUMS_TO_NET
from dataflows.lib.expressions import (
    count_if,
    days_before,
    dollars,
    existing_customers,
    in_order,
    mean_dollars,
    midnight,
    only_if,
    ratio,
    squares,
    stddev_dollars,
    sum_if,
)
from dataflows.lib.payment_methods import PaymentRules, methods_by_column, unless_refunds, words_of_methods
from dataflows.lib.product_labels import product_labels
from dataflows.lib.product_rules import ProductRules
from dataflows.lib.ranking import product_ranks
from dataflows.staging.stg_orders import PENDING, RETURNED, SUCCESSFUL
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import (
    accepted_values,
    expression_is_true,
    not_null,
    percentage_range,
    positive_value,
    row_count_equals,
    sum_equals,
    total,
    unique,
)
from marketing_ibis.model import MONEY, Ratio, Sum, column, expanded, model

PRODUCTS = "distinct products of in-scope orders (all products analysed)"
CLASSES = ("A", "B", "C")
PRODUCT_STATUSES = ("Star", "Problem", "Cash Cow", "New", "Declining", "Standard")
KEY = (unique(), not_null())
RANGE = (percentage_range(0, 1),)
SHARE = (not_null(), *RANGE)
SOLD = positive_value(where=_.pending_orders == 0)
PER_PRODUCT = Sum(per=("product_name",))
"""An order of several products is an order of each of them."""
STAGES = ("New", "Growth", "Mature", "Declining")
LINES = "int_order_products"
"""The model that only shops with order lines have."""
UNITS = "units_sold"
"""Column of products that only order lines give."""

COLUMNS = (
    column("product_name", "string", "Product; '(unknown)' for orders without one.", tests=KEY),
    column(
        "total_orders",
        "int64",
        "Sold orders: successful and returned.",
        unit="orders",
        tests=(
            not_null(),
            SOLD,
            sum_equals(total(shop_totals, "sold_orders"), "successful + returned in-scope orders"),
            expression_is_true(
                _.total_orders == _.successful_orders + _.return_count, "= successful_orders + return_count"
            ),
        ),
        aggregate=PER_PRODUCT,
    ),
    column(
        "unique_customers",
        "int64",
        "Distinct customers of sold orders; not additive.",
        unit="customers",
        tests=(not_null(), SOLD),
    ),
    column(
        "total_revenue",
        MONEY,
        "Gross: payments of sold orders, returned ones included.",
        unit="dollars",
        tests=(
            not_null(),
            unless_refunds(positive_value(where=_.total_orders > 0, severity="warn")),
            expression_is_true(
                _.total_revenue == _.net_revenue + _.returned_revenue, "= net_revenue + returned_revenue"
            ),
        ),
        aggregate=Sum(),
    ),
    column(
        "avg_order_value",
        "float64",
        "total_revenue / total_orders; 0 when none.",
        unit="dollars",
        aggregate=Ratio("total_revenue", "total_orders"),
    ),
    column("revenue_stddev", "float64", "Sample standard deviation of order values.", nullable=True, unit="dollars"),
    column(
        "min_order_value",
        MONEY,
        "Smallest sold order.",
        nullable=True,
        unit="dollars",
        tests=(expression_is_true(_.min_order_value <= _.max_order_value, "<= max_order_value"),),
    ),
    column("max_order_value", MONEY, "Largest sold order.", nullable=True, unit="dollars"),
    column("market_penetration", "float64", "unique_customers / all customers.", unit="share 0-1", tests=SHARE),
    column(
        "repeat_purchase_rate",
        "float64",
        "Customers with more than one successful order of the product / customers with one.",
        nullable=True,
        unit="share 0-1",
        tests=RANGE,
    ),
    column(
        "avg_orders_per_customer",
        "float64",
        "Successful orders / their distinct customers.",
        nullable=True,
        unit="orders",
    ),
    column("return_count", "int64", "Returned orders.", unit="orders", aggregate=PER_PRODUCT),
    column(
        "return_rate",
        "float64",
        "return_count / total_orders; 0 when none.",
        unit="share 0-1",
        tests=SHARE,
        aggregate=Ratio("return_count", "total_orders"),
    ),
    column(
        "promotional_revenue",
        MONEY,
        "Payments of sold orders by {payment_rules.promotional_methods}.",
        unit="dollars",
        aggregate=Sum(),
    ),
    column(
        "promotional_orders",
        "int64",
        "Sold orders with a promotional payment.",
        unit="orders",
        aggregate=PER_PRODUCT,
    ),
    column(
        "promotional_revenue_ratio",
        "float64",
        "promotional_revenue / total_revenue; 0 when 0.",
        unit="share 0-1",
        tests=(not_null(), unless_refunds(percentage_range(0, 1, severity="warn"))),
        aggregate=Ratio("promotional_revenue", "total_revenue"),
    ),
    column("first_sale_date", "date", "Day of the first sold order.", nullable=True),
    column("last_sale_date", "date", "Day of the last sold order.", nullable=True),
    column("active_months", "int64", "Distinct months with a sold order.", unit="months"),
    column("product_lifecycle_days", "int64", "Days from the first to the last sale.", nullable=True, unit="days"),
    column(
        "{}_orders",
        "int64",
        "Sold orders with a payment by {}.",
        unit="orders",
        each=words_of_methods,
        aggregate=PER_PRODUCT,
    ),
    column("successful_orders", "int64", "Successful orders.", unit="orders", aggregate=PER_PRODUCT),
    column(
        "pending_orders",
        "int64",
        "Pending orders, which do not count as sold.",
        unit="orders",
        aggregate=PER_PRODUCT,
    ),
    column(
        "net_revenue",
        MONEY,
        "Payments of successful orders; adds up with the other marts.",
        unit="dollars",
        tests=(SUMS_TO_NET,),
        aggregate=Sum(),
    ),
    column("returned_revenue", MONEY, "Payments of returned orders.", unit="dollars", aggregate=Sum()),
    column("days_since_first_sale", "int64", "Days from the first sale to as_of.", nullable=True, unit="days"),
    column("days_since_last_sale", "int64", "Days from the last sale to as_of.", nullable=True, unit="days"),
    column(
        "revenue_rank",
        "int64",
        "1 is the most total_revenue; ties by name.",
        unit="rank",
        tests=(*KEY, positive_value()),
    ),
    column("volume_rank", "int64", "1 is the most total_orders; ties by name.", unit="rank", tests=KEY),
    column("popularity_rank", "int64", "1 is the most unique_customers; ties by name.", unit="rank", tests=KEY),
    column(
        "revenue_percentile",
        "float64",
        "Products strictly below by revenue / (products - 1).",
        unit="share 0-1",
        tests=RANGE,
    ),
    column(
        "volume_percentile",
        "float64",
        "Products strictly below by orders / (products - 1).",
        unit="share 0-1",
        tests=RANGE,
    ),
    column(
        "abc_category",
        "string",
        "A while the products above bring less than {product_rules.abc_a_below_percent} % of gross revenue, B under"
        " {product_rules.abc_b_below_percent} %, else C; ties share a class.",
        width=1,
        tests=(not_null(), accepted_values(CLASSES)),
    ),
    column(
        "product_status",
        "string",
        "Star, Problem, Cash Cow, New, Declining or Standard; Star is rank"
        " {product_rules.star_max_rank} or better, even of {product_rules.star_max_rank} products.",
        width=16,
        tests=(not_null(), accepted_values(PRODUCT_STATUSES)),
    ),
    column(
        "lifecycle_stage",
        "string",
        "New, Declining, Growth or Mature, by the last {product_rules.recent_days} days"
        " against the {product_rules.recent_days} before.",
        width=16,
        tests=(accepted_values(STAGES),),
    ),
    column(
        "marketing_recommendation",
        "string",
        "Published recommendation, first match; an A product is recommended spend even with a high return rate.",
        width=128,
        tests=(not_null(),),
    ),
    column("analysis_timestamp", "timestamp", "as_of at midnight.", tests=(not_null(),)),
    column(UNITS, "int64", "Units of sold orders.", unit="units", only_with=LINES),
    column(
        "average_unit_price",
        "float64",
        "total_revenue / units_sold; NULL without units.",
        nullable=True,
        unit="dollars",
        only_with=LINES,
    ),
)


PASSED_THROUGH = (
    "product_name",
    "total_orders",
    "unique_customers",
    "return_count",
    "promotional_orders",
    "first_sale_date",
    "last_sale_date",
    "active_months",
    "successful_orders",
    "pending_orders",
    "gross_cents",
    "recent_cents",
    "prior_cents",
)
"""Totals that are published, or compared with a limit, as they are."""


@model(
    layer="marts",
    grain=("product_name",),
    columns=COLUMNS,
    tags=("product", "daily"),
    sort_keys=("product_name",),
    tests=(row_count_equals(total(shop_totals, "products"), PRODUCTS),),
)
def product_performance(
    stg_customers: ir.Table,
    int_order_facts: ir.Table,
    int_customer_products: ir.Table,
    as_of: date,
    product_rules: ProductRules = ProductRules(),
    int_order_products: ir.Table | None = None,
    payment_rules: PaymentRules = PaymentRules(),
) -> ir.Table:
    """What each product earned, who bought it, how often it came back and what to do about it.

    Grain: one row per ``product_name`` among the orders up to ``as_of``, also products that only have pending orders.
    Units: money in dollars, exact; rates 0 to 1; days before ``as_of``.
    Nulls: order values and dates of products never sold; customer rates of products without a successful order.
    Source: docs/metrics/product_performance.md.
    """
    words = tuple(methods_by_column(payment_rules))
    products = (
        _order_totals(product_sales(int_order_facts, int_order_products), as_of, product_rules, words)
        .left_join(_customer_totals(int_customer_products), "product_name", rname="{name}_of_customers")
        .cross_join(existing_customers(stg_customers, int_order_facts, as_of).agg(customers=_.count()))
    )
    measures = _measures(products, as_of) | _unit_measures(products)
    passed_through = (*PASSED_THROUGH, *(f"{word}_orders" for word in words))
    measured = products.select(*passed_through, **measures, **product_ranks(products))
    columns = expanded(COLUMNS, payment_rules=payment_rules)
    return in_order(measured, columns, **product_labels(measured, product_rules), analysis_timestamp=midnight(as_of))


def _order_totals(facts: ir.Table, as_of: date, rules: ProductRules, words: Iterable[str]) -> ir.Table:
    is_success = facts.order_status_group == SUCCESSFUL
    is_returned = facts.order_status_group == RETURNED
    is_sold = is_success | is_returned
    sold_cents, sold_date = only_if(is_sold, facts.cents), only_if(is_sold, facts.order_date)
    age = days_before(as_of, facts.order_date)
    is_recent = is_success & (age < rules.recent_days)
    is_prior = is_success & (age >= rules.recent_days) & (age < 2 * rules.recent_days)
    units = {UNITS: sum_if(is_sold, facts.units)} if "units" in facts.columns else {}
    return facts.group_by("product_name").agg(
        total_orders=count_if(is_sold),
        gross_cents=sum_if(is_sold, facts.cents),
        squared_cents=squares(sold_cents).sum(),
        min_cents=sold_cents.min(),
        max_cents=sold_cents.max(),
        return_count=count_if(is_returned),
        promo_cents=sum_if(is_sold, facts.promo_cents),
        promotional_orders=count_if(is_sold & facts.has_promo),
        first_sale_date=sold_date.min(),
        last_sale_date=sold_date.max(),
        active_months=only_if(is_sold, facts.order_month).nunique(),
        **{f"{word}_orders": count_if(is_sold & facts[f"has_{word}"]) for word in words},
        successful_orders=count_if(is_success),
        pending_orders=count_if(facts.order_status_group == PENDING),
        net_cents=sum_if(is_success, facts.cents),
        returned_cents=sum_if(is_returned, facts.cents),
        recent_cents=sum_if(is_recent, facts.cents),
        prior_cents=sum_if(is_prior, facts.cents),
        **units,
    )


def _customer_totals(customer_products: ir.Table) -> ir.Table:
    pairs = customer_products
    return pairs.group_by("product_name").agg(
        unique_customers=count_if((pairs.successful_orders + pairs.returned_orders) > 0),
        successful_customers=count_if(pairs.successful_orders > 0),
        repeat_customers=count_if(pairs.successful_orders > 1),
    )


def _measures(products: ir.Table, as_of: date) -> dict[str, ir.Column]:
    return {
        "total_revenue": dollars(products.gross_cents),
        "avg_order_value": mean_dollars(products.gross_cents, products.total_orders).fill_null(0.0),
        "revenue_stddev": stddev_dollars(products.gross_cents, products.squared_cents, products.total_orders),
        "min_order_value": dollars(products.min_cents),
        "max_order_value": dollars(products.max_cents),
        "market_penetration": ratio(products.unique_customers, products.customers).fill_null(0.0),
        "repeat_purchase_rate": ratio(products.repeat_customers, products.successful_customers),
        "avg_orders_per_customer": ratio(products.successful_orders, products.successful_customers),
        "return_rate": ratio(products.return_count, products.total_orders).fill_null(0.0),
        "promotional_revenue": dollars(products.promo_cents),
        "promotional_revenue_ratio": ratio(products.promo_cents, products.gross_cents).fill_null(0.0),
        "product_lifecycle_days": products.last_sale_date.delta(products.first_sale_date, unit="day"),
        "net_revenue": dollars(products.net_cents),
        "returned_revenue": dollars(products.returned_cents),
        "days_since_first_sale": days_before(as_of, products.first_sale_date),
        "days_since_last_sale": days_before(as_of, products.last_sale_date),
    }


def _unit_measures(products: ir.Table) -> dict[str, ir.Column]:
    """Return the units of each product and their price, which only order lines give."""
    if UNITS not in products.columns:
        return {}
    return {UNITS: products[UNITS], "average_unit_price": mean_dollars(products.gross_cents, products[UNITS])}
