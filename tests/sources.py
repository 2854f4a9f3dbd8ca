"""The source tables as values, with the maps that metamorphic tests apply to them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

from tests.paths import GOLDEN, GOLDEN_LINES

GOLDEN_AS_OF = date(2024, 5, 15)


class Customer(NamedTuple):
    """A row of the customers table."""

    id: int | None
    first_name: str | None
    last_name: str | None


class DatedCustomer(NamedTuple):
    """A row of a customers table that has sign-up dates."""

    id: int | None
    first_name: str | None
    last_name: str | None
    signed_up_on: date | None


class Order(NamedTuple):
    """A row of the orders table."""

    id: int | None
    user_id: int | None
    order_date: date | None
    status: str | None
    cycle_name: str | None


class Payment(NamedTuple):
    """A row of the payments table; the amount is in cents."""

    id: int | None
    order_id: int | None
    payment_method: str | None
    amount: int | None
    cycle_name: str | None


class OrderLine(NamedTuple):
    """A row of the order lines table; the amount is in cents."""

    id: int | None
    order_id: int | None
    product_name: str | None
    quantity: int | None
    amount: int | None


class Touch(NamedTuple):
    """A row of the touches table."""

    id: int | None
    customer_id: int | None
    touched_at: datetime | None
    channel: str | None
    campaign: str | None


class Cost(NamedTuple):
    """A row of the spend table; the amount is in cents."""

    id: int | None
    spend_date: date | None
    channel: str | None
    campaign: str | None
    amount: int | None


class Options(NamedTuple):
    """What a shop's sources have besides the tables and columns of every shop."""

    has_sign_ups: bool = False
    has_lines: bool = False
    has_touches: bool = False
    has_spend: bool = False

    @property
    def optional_sources(self) -> tuple[str, ...]:
        """The optional sources of the shop."""
        sources = {"raw_order_lines": self.has_lines, "raw_touches": self.has_touches, "raw_spend": self.has_spend}
        return tuple(name for name, is_used in sources.items() if is_used)


Row = TypeVar("Row", Customer, DatedCustomer, Order, Payment, OrderLine, Touch, Cost)


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that a build reads."""

    customers: tuple[Customer, ...] | tuple[DatedCustomer, ...] = ()
    orders: tuple[Order, ...] = ()
    payments: tuple[Payment, ...] = ()
    order_lines: tuple[OrderLine, ...] | None = None
    touches: tuple[Touch, ...] | None = None
    spend: tuple[Cost, ...] | None = None

    @property
    def options(self) -> Options:
        """Whether the customers have sign-up dates, and which optional tables the shop has."""
        return Options(
            any(isinstance(row, DatedCustomer) for row in self.customers),
            self.order_lines is not None,
            self.touches is not None,
            self.spend is not None,
        )

    def mapped(
        self,
        *,
        customer: Callable[[Customer], Customer] = lambda row: row,
        order: Callable[[Order], Order] = lambda row: row,
        payment: Callable[[Payment], Payment] = lambda row: row,
    ) -> Sources:
        """Replace each row by its image."""
        return replace(
            self,
            customers=tuple(map(customer, self.customers)),
            orders=tuple(map(order, self.orders)),
            payments=tuple(map(payment, self.payments)),
        )

    def plus(
        self, *, customers: Iterable[Customer] = (), orders: Iterable[Order] = (), payments: Iterable[Payment] = ()
    ) -> Sources:
        """Append rows."""
        return replace(
            self,
            customers=(*self.customers, *customers),
            orders=(*self.orders, *orders),
            payments=(*self.payments, *payments),
        )

    def with_lines(self, lines: Iterable[OrderLine]) -> Sources:
        """Return the shop with these order lines in place of its own."""
        return replace(self, order_lines=tuple(lines))

    def with_touches(self, touches: Iterable[Touch], spend: Iterable[Cost] | None = None) -> Sources:
        """Return the shop with these touches and costs in place of its own."""
        return replace(self, touches=tuple(touches), spend=None if spend is None else tuple(spend))

    def permuted(self, seed: int) -> Sources:
        """Shuffle the rows of each table."""
        random = Random(seed)
        shuffled = {name: tuple(random.sample(table, len(table))) for name, table in self._tables().items()}
        return replace(self, **shuffled)

    def repeated(self) -> Sources:
        """Repeat every row verbatim."""
        return replace(self, **{name: table * 2 for name, table in self._tables().items()})

    def without_orders(self, ids: Container[int | None]) -> Sources:
        """Drop orders; their payments stay."""
        return replace(self, orders=tuple(order for order in self.orders if order.id not in ids))

    def scaled(self, factor: int) -> Sources:
        """Multiply every amount."""
        return self.mapped(payment=lambda row: row._replace(amount=None if row.amount is None else row.amount * factor))

    def shifted(self, days: int) -> Sources:
        """Move every order by ``days``."""
        return self.mapped(order=lambda row: row._replace(order_date=_shifted(row.order_date, timedelta(days=days))))

    def relabelled(self, label: Callable[[int], int]) -> Sources:
        """Replace every customer id, also where an order refers to it."""
        return self.mapped(
            customer=lambda row: row._replace(id=_image(row.id, label)),
            order=lambda row: row._replace(user_id=_image(row.user_id, label)),
        )

    def renumbered(self, offset: int) -> Sources:
        """Add ``offset`` to every id: a copy that shares nothing with the original."""
        moved = self.relabelled(lambda key: key + offset)
        return moved.mapped(
            order=lambda row: row._replace(id=_image(row.id, lambda key: key + offset)),
            payment=lambda row: row._replace(
                id=_image(row.id, lambda key: key + offset), order_id=_image(row.order_id, lambda key: key + offset)
            ),
        )

    def with_statuses(self, statuses: Mapping[str | None, str]) -> Sources:
        """Replace the statuses that are keys of ``statuses``."""
        return self.mapped(order=lambda row: row._replace(status=statuses.get(row.status, row.status)))

    def with_status(self, order_id: int, status: str) -> Sources:
        """Give one order another status."""
        return self.mapped(order=lambda row: row._replace(status=status) if row.id == order_id else row)

    def with_products(self, name: Callable[[str], str]) -> Sources:
        """Rename every product of an order; a missing product stays missing."""
        return self.mapped(
            order=lambda row: row._replace(cycle_name=None if row.cycle_name is None else name(row.cycle_name))
        )

    def with_split_payments(self, part: int, offset: int) -> Sources:
        """Take ``part`` cents of every payment into a new one, of the same order and method."""
        paid = [row for row in self.payments if row.amount is not None]
        parts = [row._replace(id=_image(row.id, lambda key: key + offset), amount=part) for row in paid]
        rests = [row if row.amount is None else row._replace(amount=row.amount - part) for row in self.payments]
        return replace(self, payments=(*rests, *parts))

    def _tables(self) -> dict[str, Any]:
        tables = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: table for name, table in tables.items() if table is not None}


def golden_sources() -> Sources:
    """Read the golden example: 8 customers, 16 orders, 20 payments."""
    return sources_from_csv(GOLDEN)


def golden_lines() -> Sources:
    """Read the golden example of order lines: 8 customers, 14 orders, 20 payments, 20 lines."""
    return sources_from_csv(GOLDEN_LINES)


def golden_touches() -> Sources:
    """Read the golden example of touches: the same shop without lines, with 22 touches and 12 costs."""
    touches = [
        Touch(int(id), _number(customer), datetime.fromisoformat(at) if at else None, channel or None, campaign or None)
        for id, customer, at, channel, campaign in _read(GOLDEN_LINES, "touches")
    ]
    spend = [
        Cost(int(id), date.fromisoformat(day) if day else None, channel or None, campaign or None, _number(amount))
        for id, day, channel, campaign, amount in _read(GOLDEN_LINES, "spend")
    ]
    return replace(golden_lines(), order_lines=None).with_touches(touches, spend)


def golden_shop() -> Sources:
    """Read the golden example of every optional source."""
    return replace(golden_touches(), order_lines=golden_lines().order_lines)


def sources_from_csv(folder: Path) -> Sources:
    """Read the files of a shop whose keys and days are all set."""
    has_lines = (folder / "order_lines.csv").is_file()
    return Sources(
        tuple(Customer(int(id), first or None, last or None) for id, first, last in _read(folder, "customers")),
        tuple(
            Order(int(id), int(user), date.fromisoformat(day), status or None, product or None)
            for id, user, day, status, product in _read(folder, "orders")
        ),
        tuple(
            Payment(int(id), int(order), method or None, _number(amount), product or None)
            for id, order, method, amount, product in _read(folder, "payments")
        ),
        tuple(
            OrderLine(int(id), int(order), product or None, _number(quantity), _number(amount))
            for id, order, product, quantity, amount in _read(folder, "order_lines")
        )
        if has_lines
        else None,
    )


def _number(text: str) -> int | None:
    return int(text) if text else None


def _read(folder: Path, table: str) -> list[list[str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[1:]


def _image(id: int | None, label: Callable[[int], int]) -> int | None:
    return None if id is None else label(id)


def _shifted(day: date | None, distance: timedelta) -> date | None:
    return None if day is None else day + distance
