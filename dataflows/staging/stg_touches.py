"""Touches, one row each, with their day."""

from __future__ import annotations

import ibis.expr.types as ir

from dataflows.lib.expressions import one_row_per_key
from dataflows.lib.passed_columns import NO_COLUMNS, TOUCHES, names_from, values_from
from marketing_ibis.data_tests import not_null, unique
from marketing_ibis.model import ID, PassedColumns, column, model

UNKNOWN = "(unknown)"
"""Channel or campaign of touches and costs that do not name one."""

COLUMNS = (
    column("touch_id", ID, "Key of the touch.", tests=(unique(), not_null())),
    column("customer_id", ID, "Person who was reached; NULL if unknown.", nullable=True),
    column("touched_at", "timestamp", "When, in the business time zone.", nullable=True),
    column("touch_date", "date", "Day of the touch.", nullable=True),
    column("channel", "string", "Observed channel; '(unknown)' if the source has none."),
    column("campaign", "string", "Campaign of the channel; '(unknown)' if the source has none."),
)


@model(layer="staging", grain=("touch_id",), columns=COLUMNS, pass_through=TOUCHES)
def stg_touches(raw_touches: ir.Table, passed_columns: PassedColumns = NO_COLUMNS) -> ir.Table:
    """Every observed marketing contact: who was reached, when, by which channel and campaign.

    Grain: one row per ``touch_id``; of rows that share an id the smallest by the other columns stays.
    Source: docs/metrics/touches.md.
    """
    order = ("customer_id", "touched_at", "channel", "campaign", *names_from(TOUCHES, passed_columns))
    touches = one_row_per_key(raw_touches, "id", order=order)
    return touches.select(
        touch_id=touches.id,
        customer_id=touches.customer_id,
        touched_at=touches.touched_at,
        touch_date=touches.touched_at.date(),
        channel=touches.channel.fill_null(UNKNOWN),
        campaign=touches.campaign.fill_null(UNKNOWN),
        **values_from(TOUCHES, passed_columns, touches),
    )
