"""The reference of product_performance: docs/metrics/product_performance.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from math import sqrt

from tests.reference.arithmetic import dollars, mean, midnight, month, quotient
from tests.reference.intermediate import Fact
from tests.reference.staging import Row

NEW_DAYS, DECLINING_DAYS = 30, 60
RECENT_DAYS, PRIOR_DAYS = 90, 180
STAR_RANK = 5
METHODS = ("credit_card", "coupon", "bank_transfer", "gift_card")


def product_performance(facts: list[Fact], as_of: date, *, customers: int) -> list[Row]:
    """Return one row per product of the order facts."""
    by_product = defaultdict(list)
    for fact in facts:
        by_product[fact.product].append(fact)
    products = [_measures(name, sold, as_of, customers) for name, sold in by_product.items()]
    return [_labelled(product, _places(product, products)) for product in products]


def _measures(name: str, facts: list[Fact], as_of: date, customers: int) -> Row:
    sold = [fact for fact in facts if fact.group != "pending"]
    buyers = {fact.customer_id for fact in sold}
    return (
        {"product_name": name, "total_orders": len(sold), "unique_customers": len(buyers)}
        | {"market_penetration": quotient(len(buyers), customers)}
        | _money(sold)
        | _groups(facts)
        | _repeats([fact for fact in facts if fact.is_successful])
        | {f"{method}_orders": sum(bool(fact.line.paid_by(method)) for fact in sold) for method in METHODS}
        | _dates(sold, as_of)
        | {"lifecycle_stage": _stage(sold, as_of), "analysis_timestamp": midnight(as_of)}
    )


def _money(sold: list[Fact]) -> Row:
    values = [fact.cents for fact in sold]
    promo = sum(fact.line.promo_cents for fact in sold)
    return {
        "total_revenue": dollars(sum(values)),
        "avg_order_value": quotient(sum(values), 100 * len(values)),
        "revenue_stddev": _stddev(values),
        "min_order_value": dollars(min(values)) if values else None,
        "max_order_value": dollars(max(values)) if values else None,
        "promotional_revenue": dollars(promo),
        "promotional_orders": sum(fact.line.has_promo for fact in sold),
        "promotional_revenue_ratio": quotient(promo, sum(values)),
    }


def _stddev(cents: list[int]) -> float | None:
    if len(cents) < 2:
        return None
    values = [Fraction(value, 100) for value in cents]
    return sqrt(sum((value - mean(values)) ** 2 for value in values) / (len(values) - 1))


def _groups(facts: list[Fact]) -> Row:
    orders = Counter(fact.group for fact in facts)
    cents = Counter[str]()
    for fact in facts:
        cents[fact.group] += fact.cents
    return {
        "return_count": orders["returned"],
        "return_rate": quotient(orders["returned"], orders["returned"] + orders["successful"]),
        "successful_orders": orders["successful"],
        "pending_orders": orders["pending"],
        "net_revenue": dollars(cents["successful"]),
        "returned_revenue": dollars(cents["returned"]),
    }


def _repeats(successful: list[Fact]) -> Row:
    orders = Counter(fact.customer_id for fact in successful)
    if not orders:
        return {"repeat_purchase_rate": None, "avg_orders_per_customer": None}
    return {
        "repeat_purchase_rate": quotient(sum(count > 1 for count in orders.values()), len(orders)),
        "avg_orders_per_customer": quotient(len(successful), len(orders)),
    }


def _dates(sold: list[Fact], as_of: date) -> Row:
    days = [fact.day for fact in sold]
    return {
        "first_sale_date": min(days, default=None),
        "last_sale_date": max(days, default=None),
        "active_months": len({month(day) for day in days}),
        "product_lifecycle_days": (max(days) - min(days)).days if days else None,
        "days_since_first_sale": (as_of - min(days)).days if days else None,
        "days_since_last_sale": (as_of - max(days)).days if days else None,
    }


def _stage(sold: list[Fact], as_of: date) -> str:
    ages = [(as_of - fact.day).days for fact in sold]
    if not ages or max(ages) < NEW_DAYS:
        return "New"
    aged = [((as_of - fact.day).days, fact.cents) for fact in sold if fact.is_successful]
    recent = sum(cents for age, cents in aged if age < RECENT_DAYS)
    prior = sum(cents for age, cents in aged if RECENT_DAYS <= age < PRIOR_DAYS)
    if min(ages) > DECLINING_DAYS or 2 * recent < prior:
        return "Declining"
    return "Growth" if 10 * recent > 11 * prior else "Mature"


def _places(product: Row, products: list[Row]) -> Row:
    """Return the columns that depend on the other products."""
    metrics = {"revenue": "total_revenue", "volume": "total_orders", "popularity": "unique_customers"}
    ranks = {f"{name}_rank": _rank(product, products, metric) for name, metric in metrics.items()}
    percentiles = {
        f"{name}_percentile": _percentile(product, products, metrics[name]) for name in ("revenue", "volume")
    }
    return ranks | percentiles | {"abc_category": _abc(product, products)}


def _rank(product: Row, products: list[Row], metric: str) -> int:
    ordered = sorted(products, key=lambda other: (-other[metric], other["product_name"]))
    return 1 + ordered.index(product)


def _percentile(product: Row, products: list[Row], metric: str) -> float:
    return quotient(sum(other[metric] < product[metric] for other in products), len(products) - 1)


def _abc(product: Row, products: list[Row]) -> str:
    total = sum(other["total_revenue"] for other in products)
    above = sum(other["total_revenue"] for other in products if other["total_revenue"] > product["total_revenue"])
    if 100 * above < 80 * total and total > 0:
        return "A"
    return "B" if 100 * above < 95 * total and total > 0 else "C"


def _labelled(measures: Row, places: Row) -> Row:
    product = measures | places
    return product | {"product_status": _status(product), "marketing_recommendation": _recommendation(product)}


def _status(product: Row) -> str:
    age, silence = product["days_since_first_sale"], product["days_since_last_sale"]
    repeats = product["repeat_purchase_rate"] or 0.0
    if product["revenue_rank"] <= STAR_RANK and product["total_revenue"] > 0:
        return "Star"
    if product["return_rate"] > 0.2:
        return "Problem"
    if product["revenue_percentile"] > 0.5 and repeats > 0.3:
        return "Cash Cow"
    if age is None or age < NEW_DAYS:
        return "New"
    return "Declining" if silence > DECLINING_DAYS else "Standard"


def _recommendation(product: Row) -> str:
    repeats = product["repeat_purchase_rate"]
    if product["abc_category"] == "A":
        return "Focus marketing spend, premium positioning"
    if product["return_rate"] > 0.15:
        return "Investigate quality issues, improve product descriptions"
    if repeats is not None and repeats < 0.1:
        return "Develop retention strategies, bundle offers"
    if product["promotional_revenue_ratio"] > 0.5:
        return "Reduce dependency on promotions"
    if product["market_penetration"] < 0.05:
        return "Increase awareness campaigns"
    return "Maintain current strategy"
