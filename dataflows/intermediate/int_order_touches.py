"""Credited touches, and a row for each successful order that has none."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from dataflows.intermediate.int_order_facts import COLUMNS as FACT_COLUMNS
from dataflows.intermediate.int_order_facts import is_successful
from dataflows.lib.expressions import in_order
from marketing_ibis.model import ID, column, inherited, model

NONE = "(none)"
"""Channel and campaign of orders without a touch."""

COLUMNS = (
    *inherited(FACT_COLUMNS, "order_id", "customer_id", "order_date"),
    column("touch_id", ID, "Key of the touch; NULL for none.", nullable=True),
    column("touched_at", "timestamp", "When, in the business time zone.", nullable=True),
    column("touch_date", "date", "Day of the touch.", nullable=True),
    column("days_to_order", "int64", "Days from the touch to the order.", nullable=True, unit="days"),
    column("channel", "string", "Observed channel; '(none)' for an order without a touch."),
    column("campaign", "string", "Campaign of the channel; '(none)' for an order without a touch."),
    column("order_cents", "int64", "Payments of the order.", unit="cents"),
    column("is_new_customer", "boolean", "Whether the order is the customer's first successful one."),
    column("touch_position", "int64", "Position of the touch in the order's path, from 1."),
    column("path_length", "int64", "Touches of the order; 0 for none.", unit="touches"),
    column("path_channels", "int64", "Channels of the order."),
    column("channel_touches", "int64", "Touches of the order in the same channel.", unit="touches"),
    column("time_decay_weight", "float64", "Share of the order by Time Decay.", unit="share 0-1"),
)


@model(layer="intermediate", grain=("order_id", "touch_position"), columns=COLUMNS, materialized="view")
def int_order_touches(int_touches: ir.Table, int_order_facts: ir.Table) -> ir.Table:
    """The path of each successful order: its touches, or one row of the channel '(none)'.

    Grain: one row per ``order_id`` and ``touch_position``.
    Units: ``order_cents`` whole cents.
    Nulls: the columns of the touch where an order has none.
    Source: docs/metrics/touches.md.
    """
    touches = int_touches.filter(int_touches.order_id.notnull())
    orders = int_order_facts.filter(is_successful(int_order_facts))
    return in_order(touches, COLUMNS).union(_without_touch(orders, touches))


def _without_touch(orders: ir.Table, touches: ir.Table) -> ir.Table:
    untouched = orders.anti_join(touches, "order_id")
    types = touches.schema()
    missing = {name: ibis.null(types[name]) for name in ("touch_id", "touched_at", "touch_date", "days_to_order")}
    return in_order(
        untouched,
        COLUMNS,
        **missing,
        channel=ibis.literal(NONE),
        campaign=ibis.literal(NONE),
        order_cents=untouched.cents,
        is_new_customer=untouched.success_sequence == 1,
        touch_position=_number(1),
        path_length=_number(0),
        path_channels=_number(1),
        channel_touches=_number(1),
        time_decay_weight=ibis.literal(1.0),
    )


def _number(value: int) -> ir.IntegerScalar:
    return ibis.literal(value, "int64")
