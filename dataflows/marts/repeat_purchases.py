"""How many buyers order again after their first, second and later order, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.lib.expressions import count_if, days_before, in_order, ratio
from dataflows.totals import shop_totals
from marketing_ibis.data_tests import (
    expression_is_true,
    non_negative,
    not_null,
    percentage_range,
    sum_equals,
    total,
    unique,
)
from marketing_ibis.model import Column, column, model

WITHIN_DAYS = (30, 60, 90, 180, 365)
"""Periods in which a customer may order again."""
MOST_ORDER_NUMBERS = 1000


def _columns_within(days: int) -> tuple[Column, ...]:
    """Return the columns on customers who order again within a number of days."""
    return (
        column(
            f"eligible_{days}",
            "int64",
            f"Customers whose order of this number is at least {days} days before as_of.",
            unit="customers",
            tests=(
                not_null(),
                non_negative(),
                expression_is_true(_[f"eligible_{days}"] <= _.customers, "<= customers"),
            ),
        ),
        column(
            f"returned_within_{days}",
            "float64",
            f"Share of these with another successful order at most {days} days later; NULL without any.",
            nullable=True,
            unit="share 0-1",
            tests=(percentage_range(0, 1),),
        ),
    )


COLUMNS = (
    column("order_number", "int64", "Number of the successful order, from 1.", tests=(unique(), not_null())),
    column(
        "customers",
        "int64",
        "Buyers with at least this many successful orders.",
        unit="customers",
        tests=(
            not_null(),
            non_negative(),
            sum_equals(total(shop_totals, "buyers"), "order 1: number of buyers", where=_.order_number == 1),
        ),
    ),
    column(
        "continued",
        "int64",
        "Buyers with at least one successful order more than that.",
        unit="customers",
        tests=(not_null(), non_negative(), expression_is_true(_.continued <= _.customers, "<= customers")),
    ),
    column(
        "continuation_rate",
        "float64",
        "continued / customers, so far: many of the others have had little time to order again.",
        nullable=True,
        unit="share 0-1",
        tests=(percentage_range(0, 1),),
    ),
    column(
        "median_days_to_next",
        "float64",
        "Median of the days to the next successful order, of those who continued.",
        nullable=True,
        unit="days",
        tests=(non_negative(),),
    ),
    *(column for days in WITHIN_DAYS for column in _columns_within(days)),
)


@dataclass(frozen=True, slots=True)
class RepeatRules:
    """How many orders of a customer the table on repeat purchases follows."""

    max_order_number: int = 5
    """The last order number with a row of its own."""

    def __post_init__(self) -> None:
        if not 1 <= self.max_order_number <= MOST_ORDER_NUMBERS:
            raise ValueError(
                f"max_order_number must be between 1 and {MOST_ORDER_NUMBERS}, not {self.max_order_number}"
            )


@model(
    layer="marts",
    grain=("order_number",),
    columns=COLUMNS,
    tags=("cohorts", "daily"),
    sort_keys=("order_number",),
)
def repeat_purchases(int_order_facts: ir.Table, as_of: date, repeat_rules: RepeatRules = RepeatRules()) -> ir.Table:
    """How many buyers order again after each order number, and within how many days.

    Grain: one row per ``order_number`` from 1 to {repeat_rules.max_order_number}, always all of them.
    Units: days between the dates of two successful orders; shares from 0 to 1.
    Nulls: rates without customers, and the median where no customer continued.
    Source: docs/metrics/repeat_purchases.md. A customer counts for a period only once all of it has passed.
    """
    last = repeat_rules.max_order_number
    totals = _totals(_with_next(int_order_facts, last), as_of)
    all_numbers = ibis.range(1, last + 1).unnest().cast("int64").name("order_number").as_table()
    numbers = all_numbers.left_join(totals, "order_number", rname="{name}_of_totals")
    counts = {name: numbers[name].fill_null(0) for name in totals.columns if totals[name].type().is_integer()}
    counted = numbers.select("median_days_to_next", **(counts | {"order_number": numbers.order_number}))
    rates = {
        f"returned_within_{days}": ratio(counted[f"returned_{days}"], counted[f"eligible_{days}"])
        for days in WITHIN_DAYS
    }
    return in_order(counted, COLUMNS, continuation_rate=ratio(counted.continued, counted.customers), **rates)


def _with_next(facts: ir.Table, last: int) -> ir.Table:
    """Return the successful orders up to number ``last``, each with the days to the customer's next one."""
    orders = facts.filter(facts.success_sequence <= last + 1).select(
        "customer_id", "order_date", order_number=facts.success_sequence
    )
    following = orders.select("customer_id", next_date=orders.order_date, order_number=orders.order_number - 1)
    pairs = orders.filter(orders.order_number <= last).left_join(
        following, ["customer_id", "order_number"], rname="{name}_of_next"
    )
    days = pairs.next_date.delta(pairs.order_date, unit="day")
    return pairs.select("order_number", "order_date", days_to_next=days)


def _totals(orders: ir.Table, as_of: date) -> ir.Table:
    age = days_before(as_of, orders.order_date)
    within = {
        name: count_if(condition)
        for days in WITHIN_DAYS
        for name, condition in (
            (f"eligible_{days}", age >= days),
            (f"returned_{days}", (age >= days) & (orders.days_to_next <= days)),
        )
    }
    return orders.group_by("order_number").agg(
        customers=orders.count(),
        continued=count_if(orders.days_to_next.notnull()),
        median_days_to_next=orders.days_to_next.cast("float64").median(),
        **within,
    )
