"""Labels of products: ABC class, status, stage and recommendation."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from dataflows.lib.product_rules import ProductRules


def product_labels(products: ir.Table, rules: ProductRules) -> dict[str, ir.Column]:
    """Return each product's class, status, stage and recommendation."""
    abc = _abc_category(products, rules)
    return {
        "abc_category": abc,
        "product_status": _status(products, rules),
        "lifecycle_stage": _stage(products, rules),
        "marketing_recommendation": _recommendation(products, abc, rules),
    }


def _abc_category(products: ir.Table, rules: ProductRules) -> ir.StringColumn:
    share, total = 100 * products.cents_above, products.all_cents
    return ibis.cases(
        (total <= 0, "C"),
        (share < rules.abc_a_below_percent * total, "A"),
        (share < rules.abc_b_below_percent * total, "B"),
        else_="C",
    )


def _is_new(products: ir.Table, rules: ProductRules) -> ir.BooleanColumn:
    return products.days_since_first_sale.isnull() | (products.days_since_first_sale < rules.new_below_days)


def _status(products: ir.Table, rules: ProductRules) -> ir.StringColumn:
    is_star = (products.revenue_rank <= rules.star_max_rank) & (products.gross_cents > 0)
    is_cash_cow = (products.revenue_percentile > rules.cash_cow_above_percentile) & (
        products.repeat_purchase_rate > rules.cash_cow_above_repeat_rate
    )
    return ibis.cases(
        (is_star, "Star"),
        (products.return_rate > rules.problem_above_return_rate, "Problem"),
        (is_cash_cow, "Cash Cow"),
        (_is_new(products, rules), "New"),
        (products.days_since_last_sale > rules.declining_above_days, "Declining"),
        else_="Standard",
    )


def _stage(products: ir.Table, rules: ProductRules) -> ir.StringColumn:
    recent, prior = 100 * products.recent_cents, products.prior_cents
    is_idle = products.days_since_last_sale > rules.declining_above_days
    return ibis.cases(
        (_is_new(products, rules), "New"),
        (is_idle | (recent < rules.declining_below_percent * prior), "Declining"),
        (recent > rules.growth_above_percent * prior, "Growth"),
        else_="Mature",
    )


def _recommendation(products: ir.Table, abc: ir.StringColumn, rules: ProductRules) -> ir.StringColumn:
    repeat_rate = products.repeat_purchase_rate
    return ibis.cases(
        (abc == "A", "Focus marketing spend, premium positioning"),
        (
            products.return_rate > rules.quality_above_return_rate,
            "Investigate quality issues, improve product descriptions",
        ),
        (repeat_rate < rules.retention_below_repeat_rate, "Develop retention strategies, bundle offers"),
        (products.promotional_revenue_ratio > rules.promotions_above_ratio, "Reduce dependency on promotions"),
        (products.market_penetration < rules.awareness_below_penetration, "Increase awareness campaigns"),
        else_="Maintain current strategy",
    )
