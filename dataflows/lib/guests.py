"""Customers whom orders without a customer stand for: one for each order, or one for each e-mail address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from dataflows.lib.expressions import one_row_per_key
from marketing_ibis.model import DataTest
from marketing_ibis.model.digests import md5

NONE, ORDER, EMAIL = "none", "order", "email"
COLUMN_OF_EMAIL = "email"
ORDER_COLUMNS = ("user_id", "order_date", "status", "cycle_name")
"""The columns that decide which of several rows of an order counts."""
DIGITS, HEXADECIMAL = 15, "0123456789abcdef"
"""The digits of a hash that a BIGINT has room for."""
PREFIX = "guest-"


@dataclass(frozen=True, slots=True)
class GuestRules:
    """Whether an order without a customer becomes one of a customer of its own.

    ``identity`` is "none" (such orders have no customer), "order" (each is a customer of its own) or "email" (those of
    one address are a customer; an order without an address is a customer of its own).
    """

    identity: str = NONE
    """What identifies guests: "order" or "email"; with "none" their orders have no customer."""

    def __post_init__(self) -> None:
        if self.identity not in (NONE, ORDER, EMAIL):
            raise ValueError(f"identity must be '{NONE}', '{ORDER}' or '{EMAIL}', not '{self.identity}'")


def distinct_orders(raw_orders: ir.Table, passed_names: Iterable[str] = ()) -> ir.Table:
    """Keep one row of each order: the smallest by its other columns, those that pass through last."""
    columns = (*ORDER_COLUMNS, *(name for name in (COLUMN_OF_EMAIL,) if name in raw_orders.columns))
    return one_row_per_key(raw_orders, "id", order=(*columns, *passed_names))


def customer_of(orders: ir.Table, rules: GuestRules) -> ir.Column:
    """Return the customer of each order: the one that it names, or else the guest.

    Raises: ValueError: guests are identified by an e-mail address that the source does not have.
    """
    if rules.identity == NONE:
        return orders.user_id
    guest = _by_order(orders.id)
    if rules.identity == EMAIL:
        if COLUMN_OF_EMAIL not in orders.columns:
            raise ValueError(
                f'guest_rules.identity is "{EMAIL}", and raw_orders has no column {COLUMN_OF_EMAIL}; '
                f'set optional = ["{COLUMN_OF_EMAIL}"] under [tool.marketing_ibis.sources.raw_orders]'
            )
        address = orders[COLUMN_OF_EMAIL].strip().lower().nullif("")
        guest = _by_hash(md5(address), is_text=orders.id.type().is_string()).fill_null(guest)
    return orders.user_id.fill_null(guest)


def guests(raw_orders: ir.Table, rules: GuestRules) -> ir.Table:
    """Return the id of each customer that an order without a customer stands for, as ``customer_id``."""
    orders = distinct_orders(raw_orders)
    return orders.filter(orders.user_id.isnull()).select(customer_id=customer_of(orders, rules)).distinct()


def unless_guests(data_test: DataTest) -> DataTest:
    """Return a data test of customers that passes where guests are expected."""

    def find(table: ir.Table, column: str, guest_rules: GuestRules) -> ir.BooleanValue:
        failing: ir.BooleanValue = data_test.find(table, column)
        return failing if guest_rules.identity == NONE else failing & ibis.literal(False)

    return replace(data_test, find=find, depends_on=("guest_rules",))


def _by_order(order_id: ir.Column) -> ir.Column:
    return ibis.literal(PREFIX).concat(order_id) if order_id.type().is_string() else -order_id


def _by_hash(digest: ir.StringColumn, *, is_text: bool) -> ir.Column:
    """Return a hash as a key: text, or a number below that of every customer."""
    if is_text:
        return ibis.literal(PREFIX).concat(digest)
    digits = ibis.literal(HEXADECIMAL)
    # PostgreSQL finds a position as INTEGER, which a number beyond its range turns into BIGINT.
    number = digits.find(digest.substr(0, 1)) + 2**32 - 2**32
    for place in range(1, DIGITS):
        number = number * 16 + digits.find(digest.substr(place, 1))
    return -number - 1
