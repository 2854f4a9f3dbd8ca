"""Generate a bicycle shop of any size: the same rows on every engine, from integers alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta
from itertools import accumulate, pairwise

import ibis
import ibis.expr.types as ir

from dataflows.demo_touches import Draws, spend, touches
from dataflows.lib.draws import draw, numbered, pick, repeated
from dataflows.lib.payment_methods import PaymentRules
from dataflows.lib.statuses import StatusRules

NOTE = (
    "The generated shop has faults on purpose, such as orders without payments and payments of 0: "
    "the warnings above are about those and do not stop the build."
)
"""The closing message of a build of generated data."""
DAYS = 1461
"""Four years: the first order is at most this many days before the last day."""
QUARTERS = 16
SEASONS = {"winter": 60, "spring": 130, "summer": 120, "autumn": 90}
"""How many bicycles a season sells, in percent of the year's trend."""
CUSTOMERS_PER_ORDERS = 4
BUYERS_PERCENT = 80
REGULARS_DIVISOR = 50
CHURN_ORDERS = 4
LOYAL_DIVISOR = 4
NEAR_DIVISOR, FAR_DIVISOR = 10, 2
"""With churn, an order is of one of the newest customers: of these shares of all buyers, the latter if loyal."""

LINES = {
    "Road": 9_000,
    "City": 4_500,
    "Trail": 7_000,
    "Mountain": 12_000,
    "Gravel": 8_000,
    "Touring": 6_500,
    "BMX": 3_000,
    "Kids": 1_500,
}
"""Price of each line's plain model, in cents."""
TRIMS = {"Classic": 100, "Sport": 120, "Pro": 160, "Lite": 80, "Master": 205}
"""Price of each trim in percent of the plain model; lines and trims make forty products."""
FIRST_NAMES = (  # noqa: SIM905
    "Ada Alan Amara Bea Carlos Chen Dana Edgar Elif Emil Farah Grace Hugo Ines Ivan Jonas Kenji Lea Lin Mara"
    " Nadia Noor Olga Omar Paula Priya Quinn Rosa Sven Tariq Uma Vera Yara Zoe"
).split()
ACCESSORIES = ("Bell", "Bottle", "Helmet", "Lock", "Pump")
"""What is ordered with a bicycle, each for a tenth of its price."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def demo_tables(*, orders: int = 2_000, random_seed: int = 42, as_of: date, churn: bool = False) -> dict[str, ir.Table]:
    """Return the tables of a shop with ``orders`` orders, their payments, lines and touches, and advertising costs.

    A few regulars order a lot, a fifth of the customers never order. Orders are of the four years up to ``as_of``, have
    every status, zero to three payments and up to three lines, become more frequent towards ``as_of`` and peak in
    spring and summer. No customer ever leaves, unless with ``churn``: then most order for a short while after their
    first order, and one of LOYAL_DIVISOR for long.
    """
    customers = orders // CUSTOMERS_PER_ORDERS + 1
    order_table = _orders(orders, customers, random_seed, as_of, churn=churn)
    drawn = Draws(days=DAYS, random_seed=random_seed, as_of=as_of)
    return {
        "customers": _customers(customers, random_seed),
        "orders": order_table,
        "payments": _payments(orders, random_seed),
        "order_lines": _order_lines(orders, random_seed),
        "touches": touches(order_table, drawn, orders=orders, customers=customers),
        "spend": spend(orders, drawn),
    }


def with_words_of_rules(
    tables: Mapping[str, ir.Table], rules: Mapping[str, Mapping[str, object]]
) -> dict[str, ir.Table]:
    """Return the tables with the statuses and payment methods that the settings ``rules`` name.

    Each default word becomes one of the same field, or stays where that field is empty.
    """
    statuses = _words(StatusRules(), rules.get("status_rules", {}))
    methods = _words(PaymentRules(), rules.get("payment_rules", {}))
    orders, payments = tables["orders"], tables["payments"]
    return {
        **tables,
        "orders": orders.mutate(status=_replaced(orders.status, statuses)),
        "payments": payments.mutate(payment_method=_replaced(payments.payment_method, methods)),
    }


def _words(defaults: StatusRules | PaymentRules, settings: Mapping[str, object]) -> dict[str, str]:
    """Return the word that takes the place of each default one."""
    words = {}
    for field in fields(defaults):
        default_words, named_words = getattr(defaults, field.name), settings.get(field.name)
        if isinstance(default_words, tuple) and isinstance(named_words, list | tuple) and named_words:
            for number, word in enumerate(default_words):
                words[word] = str(named_words[number % len(named_words)])
    return words


def _replaced(column: ir.StringColumn, words: Mapping[str, str]) -> ir.StringColumn:
    return column.cases(*words.items(), else_=column) if words else column


def _customers(count: int, random_seed: int) -> ir.Table:
    table = numbered(count)
    initial = pick(draw(table.id, random_seed, 2, len(LETTERS)), list(LETTERS))
    return table.select(
        "id",
        first_name=pick(draw(table.id, random_seed, 1, len(FIRST_NAMES)), FIRST_NAMES),
        last_name=initial.concat("."),
    )


def _orders(count: int, customers: int, random_seed: int, as_of: date, *, churn: bool) -> ir.Table:
    table = numbered(count)
    age = _age(table.id, count, as_of)
    aged = table.mutate(age=age, roll=draw(table.id, random_seed, 3, 100))
    return aged.select(
        "id",
        user_id=(
            _current_customer(aged.id, count, customers, random_seed)
            if churn
            else _customer(aged.id, customers, random_seed)
        ),
        order_date=ibis.date(as_of) - aged.age.as_interval("D"),
        status=_status(aged),
        cycle_name=_product(aged.id, random_seed),
    )


def _age(number: ir.IntegerColumn, count: int, as_of: date) -> ir.IntegerColumn:
    """Return how many days before the last day an order is; the last order of all is on that day.

    Each quarter gets its share of the orders, spread evenly over its days, in whole numbers only, so that engines
    agree on every row.
    """
    days = [DAYS * quarter // QUARTERS for quarter in range(QUARTERS + 1)]
    sizes = [_size(quarter, as_of - timedelta(days=DAYS - days[quarter])) for quarter in range(QUARTERS)]
    orders = [count * size // sum(sizes) for size in accumulate(sizes, initial=0)]
    branches = [
        (number <= last, DAYS - first_day - 1 - ((number - first) * (last_day - first_day) - 1) // (last - first))
        for (first, last), (first_day, last_day) in zip(pairwise(orders), pairwise(days), strict=True)
        if last > first
    ]
    return ibis.cases(*branches, else_=0).cast("int64") if branches else number


def _size(quarter: int, first_day: date) -> int:
    """Return the weight of a quarter among the orders: growth times the season that its middle falls in."""
    middle = first_day + timedelta(days=DAYS // QUARTERS // 2)
    return (quarter + 1) * list(SEASONS.values())[middle.month % 12 // 3]


def _customer(number: ir.IntegerColumn, customers: int, random_seed: int) -> ir.IntegerColumn:
    buyers = max(customers * BUYERS_PERCENT // 100, 1)
    regulars = max(buyers // REGULARS_DIVISOR, 1)
    is_regular = draw(number, random_seed, 4, 8) == 0
    regular = draw(number, random_seed, 5, regulars)
    anyone = ibis.least(draw(number, random_seed, 6, buyers), draw(number, random_seed, 7, buyers))
    return is_regular.ifelse(regular, anyone) + 1


def _current_customer(number: ir.IntegerColumn, count: int, customers: int, random_seed: int) -> ir.IntegerColumn:
    """Return the customer of an order where customers come one after the other, in the order of their ids, and leave.

    One order in CHURN_ORDERS is of the newest customer; the others are of earlier ones, the more likely the newer.
    """
    buyers = max(customers * BUYERS_PERCENT // 100, 1)
    newest = ((number - 1) * buyers) // count
    near, far = (max(buyers // divisor, 1) for divisor in (NEAR_DIVISOR, FAR_DIVISOR))
    roll = draw(number, random_seed, 4, CHURN_ORDERS)
    lately = newest - ibis.least(draw(number, random_seed, 6, near), draw(number, random_seed, 7, near))
    once = newest - draw(number, random_seed, 5, far)
    loyal = once - once % LOYAL_DIVISOR
    customer = ibis.cases((roll == 0, newest), (roll == 1, loyal), else_=lately)
    return ibis.greatest(customer, 0) + 1


def _status(orders: ir.Table) -> ir.StringColumn:
    age, roll = orders.age, orders.roll
    return ibis.cases(
        ((age < 3) & (roll < 60), "placed"),
        ((age < 14) & (roll < 45), "shipped"),
        (roll < 3, "placed"),
        (roll < 8, "shipped"),
        (roll < 15, "returned"),
        (roll < 18, "return_pending"),
        else_="completed",
    )


def _line(number: ir.IntegerColumn, random_seed: int) -> ir.IntegerColumn:
    lines = len(LINES)
    return ibis.least(draw(number, random_seed, 8, lines), draw(number, random_seed, 9, lines))


def _trim(number: ir.IntegerColumn, random_seed: int) -> ir.IntegerColumn:
    trims = len(TRIMS)
    return ibis.least(draw(number, random_seed, 10, trims), draw(number, random_seed, 11, trims))


def _product(number: ir.IntegerColumn, random_seed: int) -> ir.StringColumn:
    line = pick(_line(number, random_seed), list(LINES))
    return line.concat(" ", pick(_trim(number, random_seed), list(TRIMS)))


def _price(number: ir.IntegerColumn, random_seed: int) -> ir.IntegerColumn:
    base = pick(_line(number, random_seed), list(LINES.values()))
    percent = pick(_trim(number, random_seed), list(TRIMS.values()))
    return (base.cast("int64") * percent) // 100


def _payments(orders: int, random_seed: int) -> ir.Table:
    table = numbered(orders)
    roll = draw(table.id, random_seed, 12, 100)
    parts = ibis.cases((roll < 4, 0), (roll < 84, 1), (roll < 95, 2), else_=3)
    split, number = _split(table, parts, random_seed)
    return split.select(
        id=number,
        order_id=split.order_id,
        payment_method=_method(number, split.part, random_seed),
        amount=_amount(split, draw(number, random_seed, 14, 500)),
        cycle_name=split["product"],
    )


def _split(table: ir.Table, parts: ir.IntegerColumn, random_seed: int) -> tuple[ir.Table, ir.IntegerColumn]:
    """Return up to three rows of each order, with its price and product, and the number of each row."""
    priced = table.select(
        "id", price=_price(table.id, random_seed), product=_product(table.id, random_seed), parts=parts
    )
    split, number = repeated(priced, priced.parts, most=3)
    return split.rename(order_id="id"), number


def _order_lines(orders: int, random_seed: int) -> ir.Table:
    """Return the bicycle of each order and up to two accessories; one order of twenty has no lines."""
    table = numbered(orders)
    roll = draw(table.id, random_seed, 15, 20)
    parts = ibis.cases((roll == 0, 0), (roll < 9, 1), (roll < 15, 2), else_=3)
    split, number = _split(table, parts, random_seed)
    is_bicycle, tenth = split.part == 0, split.price // 10
    accessory = pick(draw(number, random_seed, 16, len(ACCESSORIES)), list(ACCESSORIES))
    return split.select(
        id=number,
        order_id=split.order_id,
        product_name=is_bicycle.ifelse(split["product"], accessory),
        quantity=is_bicycle.ifelse(1, draw(number, random_seed, 17, 2) + 1).cast("int64"),
        amount=is_bicycle.ifelse(split.price - tenth * (split.parts - 1), tenth).cast("int64"),
    )


def _method(number: ir.IntegerColumn, part: ir.IntegerColumn, random_seed: int) -> ir.StringColumn:
    roll = draw(number, random_seed, 13, 100)
    return ibis.cases(
        ((part > 0) & (roll < 45), "coupon"),
        ((part > 0) & (roll < 75), "gift_card"),
        (roll < 6, "coupon"),
        (roll < 12, "gift_card"),
        (roll < 35, "bank_transfer"),
        else_="credit_card",
    )


def _amount(payments: ir.Table, roll: ir.IntegerColumn) -> ir.IntegerColumn:
    """Split the price: a tenth for each further part, the rest for the first; a few payments are free."""
    tenth = payments.price // 10
    rest = payments.price - tenth * (payments.parts - 1)
    return ibis.cases((roll == 0, 0), (payments.part == 0, rest), else_=tenth).cast("int64")
