"""Write down a shop order by order, for boundary cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from tests.sources import GOLDEN_AS_OF, Customer, Order, Payment, Sources

Paid = tuple[str | None, int | None]


@dataclass(frozen=True, slots=True)
class Placed:
    """An order of a customer on a day with what was paid for it."""

    customer: int
    day: date
    paid: tuple[Paid, ...] = ()
    status: str = "completed"
    product: str | None = "Road Pro"


def placed(
    customer: int, when: date | int, *paid: Paid | int, status: str = "completed", product: str | None = "Road Pro"
) -> Placed:
    """Place an order on a day, or that many days ago; a plain number is cents paid by credit card."""
    day = GOLDEN_AS_OF - timedelta(days=when) if isinstance(when, int) else when
    payments = tuple(("credit_card", part) if isinstance(part, int) else part for part in paid)
    return Placed(customer, day, payments, status, product)


def shop(*orders: Placed, customers: int = 0) -> Sources:
    """Return a shop with these orders, numbered in their order, and customers 1 to at least ``customers``."""
    last = max([customers, *(order.customer for order in orders)])
    return Sources(
        tuple(Customer(id, f"First {id}", f"Last {id}") for id in range(1, last + 1)),
        tuple(Order(id, order.customer, order.day, order.status, order.product) for id, order in enumerate(orders, 1)),
        tuple(_payments(orders)),
    )


def _payments(orders: tuple[Placed, ...]) -> Iterator[Payment]:
    ids = count(1)
    for order_id, order in enumerate(orders, 1):
        for method, cents in order.paid:
            yield Payment(next(ids), order_id, method, cents, order.product)
