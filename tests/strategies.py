"""Draw small, shrinkable shops: whole ones, and dirty ones.

A shop is a single draw of bytes: each row takes a few, their digits pick from short menus, and zero means no row. One
draw is quick, shrinks towards few rows of first entries, and gives Hypothesis no parts to swap: with lists of rows
most of forty examples were near copies of the others.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial

from hypothesis import strategies as st

from tests.sources import GOLDEN_AS_OF, Customer, DatedCustomer, Order, OrderLine, Payment, Sources

# SQL is compiled once per date: mid month, a leap day, month ends, New Year, two quarter starts. The days of each of
# the two pairs lie 13 whole weeks apart.
AS_OF_DATES = (
    GOLDEN_AS_OF,
    date(2024, 2, 29),
    date(2023, 12, 31),
    date(2024, 3, 31),
    date(2024, 1, 1),
    date(2024, 4, 1),
)
MAX_CUSTOMERS, MAX_ORDERS, MAX_PAYMENTS = 8, 20, 25
MAX_LINES = 14
LINE_PRODUCTS = ("Road Pro", "Bell", "bell", None, "(unknown)", "Ünï ☃")
LINE_AMOUNTS = (1000, 333, 1, 0, None, -500, 100_000_001, 7_777_777_777)
ROW_BYTES = 3
HEAD = 16

# Neither in order nor close together: ties by id differ from ties by position or by text.
CUSTOMER_IDS = (2, 10, 1, 7, 30, 4, 21, 3)
ORDER_IDS = tuple(100 + 7 * place % 23 for place in range(MAX_ORDERS))
PAYMENT_IDS = tuple(1000 + 11 * place % 29 for place in range(MAX_PAYMENTS))
UNKNOWN_ID = 77

_FRESH, _REPEATED, _MISSING = "fresh", "repeated", "missing"
_DENSITIES = ((False, True), (False, True, True, True, True, True, True), (False, False, True))


@dataclass(frozen=True, slots=True)
class Menus:
    """The meaning of a row's digits; the first entry is the simplest, and frequent ones are repeated."""

    ids: tuple[str, ...] = (_FRESH,)
    names: tuple[str | None, ...] = ("Ada", "Ben", "Cy")
    strangers: tuple[int | None, ...] = ()
    days: tuple[date | None, ...] = ()
    statuses: tuple[str | None, ...] = (
        "completed", "shipped", "completed", "returned", "completed", "placed", "shipped", "return_pending", "completed"
    )  # fmt: skip
    products: tuple[str | None, ...] = (
        "Road Pro", "City Pro", "Trail Pro", "BMX Pro", None, "Kids", "Cargo", "E-Bike", "Gravel", "Cross", "Track",
        "Tandem", "Folding", "Cruiser",
    )  # fmt: skip
    methods: tuple[str | None, ...] = ("credit_card", "bank_transfer", "credit_card", "coupon", "gift_card")
    amounts: tuple[int | None, ...] = (5000, 10000, 10001, 0, 1, 3333, 9999, 15000, 12345, 60000, 25000)


CLEAN = Menus()
DIRTY = Menus(
    ids=(_FRESH, _FRESH, _FRESH, _FRESH, _FRESH, _REPEATED, _REPEATED, _MISSING),
    names=("Ada", "Ben", None, "", "Zoë", "ada"),
    strangers=(UNKNOWN_ID, None),
    days=(None,),
    statuses=(*CLEAN.statuses, "completed", "COMPLETED", None, "lost in the post"),
    products=("Road Pro", "(unknown)", None, 'O\'Neil "29"', "A, B", "Ünï ☃", "☃️🛒", "b", "B", ""),
    methods=(*CLEAN.methods, None, "paypal", "Coupon"),
    amounts=(5000, 10000, 10001, 0, None, -2500, 2500, 1, -1, 3333, 15000),
)


def as_of_dates() -> st.SearchStrategy[date]:
    """Draw one of the few days that models are compiled for."""
    return st.sampled_from(AS_OF_DATES)


def sources(as_of: date = GOLDEN_AS_OF) -> st.SearchStrategy[Sources]:
    """Draw a consistent shop: keys are unique, references exist, amounts are not negative."""
    return _SHOPS.map(partial(_shop, CLEAN, as_of))


def dirty_sources(as_of: date = GOLDEN_AS_OF) -> st.SearchStrategy[Sources]:
    """Draw a shop with every fault that the models must tolerate."""
    return _SHOPS.map(partial(_shop, DIRTY, as_of))


def dated_sources(as_of: date = GOLDEN_AS_OF) -> st.SearchStrategy[Sources]:
    """Draw a clean or dirty shop whose customers have sign-up dates, some of them after ``as_of`` and after orders."""
    ages = (0, -1, 1, -30, 400, -400)
    days = st.sampled_from((*(as_of - timedelta(age) for age in ages), None, date(1, 1, 1), date(9999, 12, 31)))
    drawn = st.tuples(*[days] * MAX_CUSTOMERS)
    return st.builds(_with_sign_ups, sources(as_of) | dirty_sources(as_of), drawn)


def _with_sign_ups(shop: Sources, days: tuple[date | None, ...]) -> Sources:
    customers = tuple(DatedCustomer(*row[:3], day) for row, day in zip(shop.customers, days, strict=False))
    return replace(shop, customers=customers)


def lined_sources(as_of: date = GOLDEN_AS_OF) -> st.SearchStrategy[Sources]:
    """Draw a clean or dirty shop with order lines: of its orders and of none, with repeated and missing ids."""
    lines = st.lists(st.binary(min_size=4, max_size=4), max_size=MAX_LINES)
    return st.builds(_with_lines, sources(as_of) | dirty_sources(as_of), lines)


def _with_lines(shop: Sources, codes: list[bytes]) -> Sources:
    # Few orders, so that most lines share one.
    orders = (*(order.id for order in shop.orders[:5]), None, UNKNOWN_ID)
    lines = []
    for place, code in enumerate(codes):
        id = (900 - 7 * place, 900 - 7 * place, 900 - 7 * place, 893, None)[code[0] % 5]
        order, product, amount = (
            menu[digit % len(menu)] for menu, digit in zip((orders, LINE_PRODUCTS, LINE_AMOUNTS), code[1:], strict=True)
        )
        lines.append(OrderLine(id, order, product, (1, 2, None, 0)[code[0] // 5 % 4], amount))
    return shop.with_lines(lines)


@cache
def calendar(as_of: date) -> tuple[date, ...]:
    """Return the days that orders are placed on: every boundary that a rule could get wrong by one."""
    ages = (0, 1, 29, 30, 31, 59, 60, 61, 89, 90, 91, 179, 180, 181, 400, -1, -12)
    recent = [as_of - timedelta(days=age) for age in ages]
    weekdays = [as_of - timedelta(days=age) for age in range(33, 40)]
    months = [_month_before(as_of, age) for age in range(16)]
    turns = [date(2023, month, 1) - timedelta(days=before) for month in (1, 4, 7, 10) for before in (0, 1)]
    return (*recent, *weekdays, *months, *turns, date(2024, 1, 1), date(2024, 1, 2), date(2024, 2, 29))


def _month_before(as_of: date, months: int) -> date:
    """Return a day of the month that began ``months`` months earlier: its first, its middle and its last in turn."""
    year, month = divmod(as_of.year * 12 + as_of.month - 1 - months, 12)
    day = (1, 15, monthrange(year, month + 1)[1])[months % 3]
    return date(year, month + 1, day)


_SIZE = HEAD + ROW_BYTES * (MAX_CUSTOMERS + MAX_ORDERS + MAX_PAYMENTS)
_SHOPS = st.binary(min_size=_SIZE, max_size=_SIZE)


def _shop(menus: Menus, as_of: date, drawn: bytes) -> Sources:
    head, rows = drawn[:HEAD], drawn[HEAD:]
    # A shop uses few days and amounts, which is where ties come from; one of many products reaches the low ranks.
    days = (*_entries(head[:6], calendar(as_of)), *menus.days)
    amounts = _entries(head[6:10], menus.amounts)
    products = menus.products[: (3, 1, 6, len(menus.products))[head[10] % 4]]
    customers = _customers(_codes(rows, 0, MAX_CUSTOMERS, head[11]), menus)
    known = tuple(row.id for row in customers if row.id is not None)
    # The first customer places about half of the orders: a long journey.
    users = (*known, *menus.strangers, *known[:1] * len(known))
    orders = _orders(_codes(rows, MAX_CUSTOMERS, MAX_ORDERS, head[12]), menus, users, days, products)
    bought = (*(row.id for row in orders if row.id is not None), *menus.strangers)
    payments = _payments(_codes(rows, MAX_CUSTOMERS + MAX_ORDERS, MAX_PAYMENTS, head[13]), menus, bought, amounts)
    return Sources(customers, orders, payments)


def _customers(codes: Iterator[int], menus: Menus) -> tuple[Customer, ...]:
    rows: list[Customer] = []
    for fresh, code in zip(CUSTOMER_IDS, codes, strict=False):
        state, first, last = _picks(code, menus.ids, menus.names, (*menus.names[:1], None))
        rows.append(Customer(_id(state, fresh, rows), first, last))
    return tuple(rows)


def _orders(
    codes: Iterator[int],
    menus: Menus,
    users: tuple[int | None, ...],
    days: tuple[date | None, ...],
    products: tuple[str | None, ...],
) -> tuple[Order, ...]:
    rows: list[Order] = []
    for fresh, code in zip(ORDER_IDS, codes if users else (), strict=False):
        state, user, day, status, product = _picks(code, menus.ids, users, days, menus.statuses, products)
        rows.append(Order(_id(state, fresh, rows), user, day, status, product))
    return tuple(rows)


def _payments(
    codes: Iterator[int], menus: Menus, bought: tuple[int | None, ...], amounts: tuple[int | None, ...]
) -> tuple[Payment, ...]:
    rows: list[Payment] = []
    for fresh, code in zip(PAYMENT_IDS, codes if bought else (), strict=False):
        state, order, method, amount, product = _picks(code, menus.ids, bought, menus.methods, amounts, menus.products)
        rows.append(Payment(_id(state, fresh, rows), order, method, amount, product))
    return tuple(rows)


def _codes(rows: bytes, first: int, count: int, density: int) -> Iterator[int]:
    """Yield the numbers of the rows that are there, without the digit that says so."""
    present = _DENSITIES[density % len(_DENSITIES)]
    for place in range(first, first + count):
        code = int.from_bytes(rows[place * ROW_BYTES : (place + 1) * ROW_BYTES], "little")
        rest, digit = divmod(code, len(present))
        if present[digit]:
            yield rest


def _id(state: str, fresh: int, rows: Sequence[Customer | Order | Payment]) -> int | None:
    if state == _MISSING:
        return None
    return rows[len(rows) // 2].id if state == _REPEATED and rows else fresh


def _entries(places: bytes, menu: Sequence[object]) -> tuple[object, ...]:
    return tuple(menu[place % len(menu)] for place in places)


def _picks(code: int, *menus: Sequence[object]) -> list[object]:
    picked = []
    for menu in menus:
        code, place = divmod(code, len(menu))
        picked.append(menu[place])
    return picked
