"""Touches in scope with the order that each is credited to, and its place in the path to that order."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.intermediate.int_order_facts import is_successful
from dataflows.lib.expressions import SHARE, count_if, days_before, in_order
from dataflows.lib.passed_columns import NO_COLUMNS, TOUCHES, without_passed
from dataflows.lib.touch_rules import TouchRules, decayed
from dataflows.staging.stg_touches import COLUMNS as TOUCH_COLUMNS
from dataflows.totals import touch_totals
from marketing_ibis.data_tests import row_count_equals, total
from marketing_ibis.model import ID, PassedColumns, column, inherited, model

ORDER = ("customer_id", "order_id")

COLUMNS = (
    *inherited(TOUCH_COLUMNS, "touch_id", "channel", "campaign"),
    column("customer_id", ID, "Person who was reached; always a known customer."),
    column("touched_at", "timestamp", "When, in the business time zone."),
    column("touch_date", "date", "Day of the touch, at most as_of."),
    column("order_id", ID, "Order that the touch is credited to; NULL if it is uncredited.", nullable=True),
    column("order_date", "date", "Day of that order.", nullable=True),
    column("days_to_order", "int64", "Days from the touch to that order.", nullable=True, unit="days"),
    column("order_cents", "int64", "Payments of that order.", nullable=True, unit="cents"),
    column("is_new_customer", "boolean", "Whether that order is the customer's first successful one.", nullable=True),
    column(
        "touch_position",
        "int64",
        "Position among the touches of that order, or the customer's uncredited ones, from 1.",
    ),
    column("path_length", "int64", "Number of these touches.", unit="touches"),
    column("path_channels", "int64", "Number of their channels."),
    column("channel_touches", "int64", "Number of those of them in the same channel.", unit="touches"),
    column("time_decay_weight", "float64", "Share of the order by Time Decay.", nullable=True, unit="share 0-1"),
    column(
        "is_channel_change", "boolean", "Whether the touch before was in another channel, or this is the first one."
    ),
)


@model(
    layer="intermediate",
    grain=("touch_id",),
    columns=COLUMNS,
    dist_key="customer_id",
    sort_keys=("customer_id",),
    tests=(row_count_equals(total(touch_totals, "touches"), "touches of known customers up to as_of"),),
)
def int_touches(
    stg_touches: ir.Table,
    stg_customers: ir.Table,
    int_order_facts: ir.Table,
    as_of: date,
    touch_rules: TouchRules = TouchRules(),
    passed_columns: PassedColumns = NO_COLUMNS,
) -> ir.Table:
    """Each touch of a known customer up to ``as_of``, with the order that it is credited to.

    Grain: one row per ``touch_id``.
    Units: ``order_cents`` whole cents.
    Nulls: the columns of the order where no successful order follows within ``touch_rules.lookback_days``.
    Source: docs/metrics/touches.md; placed in paths once, for all models of attribution.
    """
    every_touch = without_passed(TOUCHES, passed_columns, stg_touches)
    dated = every_touch.filter(every_touch.touch_date <= ibis.date(as_of))
    touches = dated.semi_join(stg_customers, "customer_id")
    orders = int_order_facts.filter(is_successful(int_order_facts))
    credited = _credited(touches, orders, touch_rules, as_of)
    return in_order(_in_paths(_in_channels(credited)), COLUMNS)


def _credited(touches: ir.Table, orders: ir.Table, rules: TouchRules, as_of: date) -> ir.Table:
    """Add the order that each touch is credited to, if there is one."""
    periods = _in_windows(_crediting_periods(orders, rules, as_of), rules)
    age = days_before(as_of, touches.touch_date)
    aged = touches.mutate(age=age, window=_window(age, rules))
    is_in_period = (aged.age <= periods.first_age) & (aged.age >= periods.order_age)
    joined = aged.left_join(periods, ["customer_id", "window", is_in_period])
    return joined.select(
        *touches.columns,
        "order_id",
        "order_date",
        days_to_order=joined.order_date.delta(joined.touch_date, unit="day"),
        order_cents=joined.cents,
        is_new_customer=joined.success_sequence == 1,
    )


def _crediting_periods(orders: ir.Table, rules: TouchRules, as_of: date) -> ir.Table:
    """Return the orders that touches can be credited to: those of ``first_age`` to ``order_age``, never of two at once.

    Ages are days before ``as_of``. A period begins after the successful order before; of the orders of one day the
    first has them all.
    """
    by_sequence = ibis.window(group_by=orders.customer_id, order_by=orders.success_sequence)
    dated = orders.select(
        *("customer_id", "order_id", "order_date", "cents", "success_sequence"),
        order_age=days_before(as_of, orders.order_date),
        previous_age=days_before(as_of, orders.order_date.lag().over(by_sequence)),
    )
    earliest = dated.order_age + rules.lookback_days
    return dated.filter(dated.previous_age.isnull() | (dated.previous_age > dated.order_age)).mutate(
        first_age=ibis.least((dated.previous_age - 1).fill_null(earliest), earliest)
    )


def _in_windows(periods: ir.Table, rules: TouchRules) -> ir.Table:
    """Repeat each period that reaches into two windows: touches then meet the orders of their own window alone.

    A join of all touches of a customer with all orders would grow with their product.
    """
    last = periods.mutate(window=_window(periods.order_age, rules))
    first = periods.mutate(window=_window(periods.first_age, rules))
    return last.union(first.filter(first.window != _window(first.order_age, rules)))


def _window(age: ir.IntegerColumn, rules: TouchRules) -> ir.IntegerColumn:
    """Return the number of the window of a day, counted back from ``as_of``; a period has the length of one at most."""
    return age // (rules.lookback_days + 1)


def _in_channels(touches: ir.Table) -> ir.Table:
    by_time = [touches.touched_at, touches.touch_id]
    in_channel = {"group_by": [*(touches[name] for name in ORDER), touches.channel], "order_by": by_time}
    return touches.mutate(
        place_in_channel=ibis.row_number().over(**in_channel),
        channel_touches=touches.count().over(ibis.window(**in_channel, preceding=None, following=None)),
    )


def _in_paths(touches: ir.Table) -> ir.Table:
    path = {"group_by": [touches[name] for name in ORDER], "order_by": [touches.touched_at, touches.touch_id]}
    in_order_of_time, whole = ibis.window(**path), ibis.window(**path, preceding=None, following=None)
    part = decayed(touches.days_to_order)
    all_parts = part.cast(SHARE).sum().over(whole).cast("float64")
    return touches.mutate(
        touch_position=ibis.row_number().over(**path) + 1,
        path_length=touches.count().over(whole),
        path_channels=count_if(touches.place_in_channel == 0).over(whole),
        time_decay_weight=part / all_parts,
        is_channel_change=(touches.channel != touches.channel.lag().over(in_order_of_time)).fill_null(True),
    )
