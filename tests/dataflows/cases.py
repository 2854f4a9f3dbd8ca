"""Drawn shops with the tables built from them, shared by all laws, and the totals that the marts must add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from random import SystemRandom

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.dataflows.comparison import Row
from tests.sources import Customer, Order, Payment, Sources
from tests.strategies import as_of_dates, dirty_sources, sources
from tests.warehouse import build_tables

# One seed for all laws makes them see the same cases, and a case is built once. A profile that should find new
# examples takes a new seed for each run.
_SEED = 0 if settings().derandomize else SystemRandom().getrandbits(32)

_PAYMENT_COLUMNS = ("payment_id", "order_id", "payment_method", "amount_cents", "product_name")


@lru_cache(maxsize=4096)
def built(sources: Sources, as_of: date) -> Mapping[str, list[Row]]:
    """Build every model, once for all laws."""
    return build_tables(sources, as_of)


@dataclass(frozen=True, slots=True)
class Sale:
    """An order of a known customer as staging has it, with its payments."""

    order: Row
    payments: tuple[Row, ...]

    @property
    def order_id(self) -> int:
        """The order."""
        return self.order["order_id"]

    @property
    def customer_id(self) -> int:
        """The customer."""
        return self.order["customer_id"]

    @property
    def day(self) -> date:
        """The day of the order."""
        return self.order["order_date"]

    @property
    def group(self) -> str:
        """Successful, returned or pending."""
        return self.order["order_status_group"]

    @property
    def product(self) -> str:
        """The product's name in the marts."""
        return "(unknown)" if self.order["product_name"] is None else self.order["product_name"]

    @property
    def cents(self) -> int:
        """The amount paid."""
        return sum(payment["amount_cents"] or 0 for payment in self.payments)


@dataclass(frozen=True)
class Case:
    """A shop on a day. ``sales`` are its order facts, added up here from staging rather than read from a mart."""

    sources: Sources
    as_of: date

    @property
    def tables(self) -> Mapping[str, list[Row]]:
        """Every model."""
        return built(self.sources, self.as_of)

    @cached_property
    def staged(self) -> Case:
        """The same shop without repeated and missing ids, so that a map of rows cannot change which row counts."""
        tables = self.tables
        return Case(
            Sources(
                tuple(Customer(*row.values()) for row in tables["stg_customers"]),
                tuple(Order(*list(row.values())[:5]) for row in tables["stg_orders"]),
                tuple(Payment(*(row[column] for column in _PAYMENT_COLUMNS)) for row in tables["stg_payments"]),
            ),
            self.as_of,
        )

    @cached_property
    def in_scope(self) -> list[Sale]:
        """The dated orders up to the day, also of unknown customers."""
        payments = defaultdict(list)
        for payment in self.tables["stg_payments"]:
            payments[payment["order_id"]].append(payment)
        dated = [order for order in self.tables["stg_orders"] if order["order_date"] is not None]
        return [Sale(order, tuple(payments[order["order_id"]])) for order in dated if order["order_date"] <= self.as_of]

    @cached_property
    def sales(self) -> list[Sale]:
        """The orders in scope whose customer is known, in canonical order."""
        known = {customer["customer_id"] for customer in self.tables["stg_customers"]}
        return sorted(
            (sale for sale in self.in_scope if sale.customer_id in known), key=lambda sale: (sale.day, sale.order_id)
        )

    @cached_property
    def successful(self) -> list[Sale]:
        """The sales that count as revenue."""
        return [sale for sale in self.sales if sale.group == "successful"]

    @cached_property
    def sold(self) -> list[Sale]:
        """The successful and the returned sales."""
        return [sale for sale in self.sales if sale.group != "pending"]

    @cached_property
    def buyers(self) -> set[int]:
        """The customers with a successful sale."""
        return {sale.customer_id for sale in self.successful}

    @cached_property
    def net(self) -> int:
        """The cents that every mart reconciles to."""
        return total(self.successful)

    @cached_property
    def has_negative_payments(self) -> bool:
        """Whether a payment gives money back."""
        return any((payment["amount_cents"] or 0) < 0 for payment in self.tables["stg_payments"])


def cases(days: st.SearchStrategy[date] = as_of_dates()) -> st.SearchStrategy[Case]:
    """Draw whole and dirty shops alike, on any of the days."""
    return days.flatmap(lambda as_of: st.builds(Case, sources(as_of) | dirty_sources(as_of), as_of=st.just(as_of)))


def law(data_test: Callable[..., None]) -> Callable[..., None]:
    """Check a law on every case; the laws share the cases."""
    return law_of(case=cases())(data_test)


def law_of(**drawn: st.SearchStrategy[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Check a law on drawn values; laws of the same values share them."""
    return lambda data_test: seed(_SEED)(given(**drawn)(data_test))


def total(sales: Iterable[Sale]) -> int:
    """Add up the cents."""
    return sum(sale.cents for sale in sales)


def cents(rows: Iterable[Row], column: str) -> int:
    """Add up a column of money."""
    return sum(in_cents(row[column]) for row in rows)


def in_cents(amount: Decimal) -> int:
    """Return an amount without its point."""
    return int(amount.scaleb(2))


def near(left: float, right: float) -> bool:
    """Return whether two quotients agree to nine digits."""
    return abs(left - right) <= 1e-9 * max(1.0, abs(left), abs(right))
