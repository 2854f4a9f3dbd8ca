"""The reference of order lines: docs/metrics/order_products.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from tests.reference.arithmetic import dollars, quotient
from tests.reference.customer_cohorts import customer_cohorts
from tests.reference.customer_segmentation import favourite
from tests.reference.intermediate import UNKNOWN_PRODUCT, Fact
from tests.reference.intermediate import OrderLine as PaidOrder
from tests.reference.next_best_action import next_best_action
from tests.reference.product_affinity import product_affinity
from tests.reference.product_performance import product_performance
from tests.reference.repeat_purchases import customer_cohorts_by
from tests.reference.staging import Row, nulls_last
from tests.sources import OrderLine, Sources

Lines = dict[object, dict[str, list[OrderLine]]]
"""The lines of each order by product."""


@dataclass(frozen=True, slots=True)
class Share(PaidOrder):
    """A product of an order with its part of the payments, in the place of the order."""

    units: int = 1
    product_cents: int = 0
    product_promo_cents: int = 0

    @property
    def cents(self) -> int:
        """The part of the amount paid."""
        return self.product_cents

    @property
    def promo_cents(self) -> int:
        """The part of the amount paid by coupon or gift card."""
        return self.product_promo_cents


def staged_lines(sources: Sources) -> list[OrderLine]:
    """Return one line per id."""
    lines: dict[int, OrderLine] = {}
    for line in sorted(sources.order_lines or (), key=lambda row: nulls_last(*row[1:])):
        if line.id is not None:
            lines.setdefault(line.id, line)
    return list(lines.values())


def lines_by_order(lines: Iterable[OrderLine]) -> Lines:
    """Return the lines of each order by product."""
    grouped: Lines = defaultdict(lambda: defaultdict(list))
    for line in lines:
        if line.order_id is not None:
            grouped[line.order_id][UNKNOWN_PRODUCT if line.product_name is None else line.product_name].append(line)
    return grouped


def shares(facts: Iterable[Fact], lines: Lines) -> list[Fact]:
    """Return one fact for each product of each order."""
    return [share for fact in facts for share in _shares(fact, lines.get(fact.order_id) or {})]


def _shares(fact: Fact, products: dict[str, list[OrderLine]]) -> list[Fact]:
    if not products:
        return [_share(fact, fact.product, 1, fact.cents, fact.line.promo_cents)]
    names = sorted(products, key=lambda name: name.encode())
    weights = [sum(max(line.amount or 0, 0) for line in products[name]) for name in names]
    bounds = [sum(weights[:count]) for count in range(len(names) + 1)] if any(weights) else [*range(len(names) + 1)]
    paid = [_rounded(abs(fact.cents), bound, bounds[-1]) for bound in bounds]
    base = paid if fact.cents else bounds
    promo = [_rounded(abs(fact.line.promo_cents), bound, base[-1]) for bound in base]
    units = [sum(1 if line.quantity is None else line.quantity for line in products[name]) for name in names]
    return [
        _share(
            fact,
            name,
            units[place],
            _signed(paid[place + 1] - paid[place], fact.cents),
            _signed(promo[place + 1] - promo[place], fact.line.promo_cents),
        )
        for place, name in enumerate(names)
    ]


def _rounded(whole: int, part: int, total: int) -> int:
    return (2 * whole * part + total) // (2 * total)


def _signed(size: int, of: int) -> int:
    return -size if of < 0 else size


def _share(fact: Fact, product: str, units: int, cents: int, promo: int) -> Fact:
    order = {**fact.line.order, "product_name": product}
    return replace(fact, line=Share(order, fact.line.payments, units, cents, promo))


def with_lines(tables: dict[str, list[Row]], facts: list[Fact], sources: Sources, as_of: date, customers: int) -> None:
    """Put what order lines change into the tables of the reference."""
    lines = lines_by_order(staged_lines(sources))
    sales = shares(facts, lines)
    tables["int_order_products"] = [
        {
            "order_id": sale.order_id,
            "customer_id": sale.customer_id,
            "product_name": sale.product,
            "units": sale.line.units,
            "product_cents": sale.cents,
            "product_promo_cents": sale.line.promo_cents,
        }
        for sale in sales
    ]
    tables["product_performance"] = [
        row | _units(row, sales) for row in product_performance(sales, as_of, customers=customers)
    ]
    tables["product_affinity"] = product_affinity(sales, as_of)
    tables["next_best_action"] = next_best_action(
        tables["customer_segmentation"], tables["churn_risk"], tables["product_affinity"], sales, as_of
    )
    bought = [sale for sale in sales if sale.is_successful]
    for row in tables["customer_segmentation"]:
        mine = [sale for sale in bought if sale.customer_id == row["customer_id"]]
        row["favorite_product"] = _favorite(mine)
        row["unique_products_purchased"] = len({sale.product for sale in mine})
    top = {row["cohort_month"]: row["top_3_products"] for row in customer_cohorts(sales, as_of)}
    for row in tables["customer_cohorts"]:
        row["top_3_products"] = top[row["cohort_month"]]
    for row in tables["marketing_attribution"]:
        mine = [sale for sale in bought if sale.channel == row["attribution_channel"]]
        row["top_product"], row["product_diversity"] = _favorite(mine), len({sale.product for sale in mine})
        del row["optimization_recommendation"]
    tables["customer_cohorts_by"] = customer_cohorts_by(facts, as_of, _first_products(bought))
    for row in tables["orders"]:
        row |= _of_order(row, lines.get(row["order_id"]) or {})


def _first_products(bought: list[Fact]) -> dict[object, str]:
    """Return the product of most revenue of each first order."""
    first: dict[object, list[Fact]] = defaultdict(list)
    for sale in bought:
        if sale.success_sequence == 1:
            first[sale.order_id].append(sale)
    return {order: min(sales, key=lambda sale: (-sale.cents, sale.product)).product for order, sales in first.items()}


def _favorite(sales: list[Fact]) -> str | None:
    return favourite(sales) if sales else None


def _units(row: Row, sales: list[Fact]) -> Row:
    sold = [sale for sale in sales if sale.product == row["product_name"] and sale.group != "pending"]
    units, cents = sum(sale.line.units for sale in sold), sum(sale.cents for sale in sold)
    return {"units_sold": units, "average_unit_price": quotient(cents, 100 * units) if units else None}


def _of_order(row: Row, products: dict[str, list[OrderLine]]) -> Row:
    lines = [line for product in products.values() for line in product]
    amount = dollars(sum(line.amount or 0 for line in lines)) if lines else None
    return {
        "product_count": len(products) or 1,
        "unit_count": sum(1 if line.quantity is None else line.quantity for line in lines) if lines else 1,
        "line_amount": amount,
        "unexplained_amount": None if amount is None else row["amount"] - amount,
    }
