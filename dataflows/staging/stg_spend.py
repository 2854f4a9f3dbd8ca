"""The cost of marketing, in cents and in dollars."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from dataflows.lib.expressions import CENTS_PER_DOLLAR, dollars, one_row_per_key
from dataflows.lib.passed_columns import NO_COLUMNS, SPEND, names_from, values_from
from dataflows.staging.stg_touches import UNKNOWN
from marketing_ibis.data_tests import expression_is_true, not_null, unique
from marketing_ibis.model import ID, MONEY, PassedColumns, column, model

COLUMNS = (
    column("spend_id", ID, "Key of the row.", tests=(unique(), not_null())),
    column("spend_date", "date", "Day of the cost.", nullable=True),
    column("channel", "string", "Channel, as in stg_touches; '(unknown)' if the source has none."),
    column("campaign", "string", "Campaign of the channel; '(unknown)' if the source has none."),
    column("amount_cents", "int64", "Cost of the day.", nullable=True, unit="cents"),
    column(
        "amount",
        MONEY,
        "Cost of the day, exact.",
        nullable=True,
        unit="dollars",
        tests=(
            expression_is_true(_.amount * CENTS_PER_DOLLAR == _.amount_cents, "amount * 100 = amount_cents, exactly"),
        ),
    ),
)


@model(layer="staging", grain=("spend_id",), columns=COLUMNS, pass_through=SPEND)
def stg_spend(raw_spend: ir.Table, passed_columns: PassedColumns = NO_COLUMNS) -> ir.Table:
    """What marketing cost, per day, channel and campaign.

    Grain: one row per ``spend_id``; of rows that share an id the smallest by the other columns stays.
    Units: ``amount_cents`` whole cents, ``amount`` the same in dollars.
    Source: docs/metrics/touches.md.
    """
    order = ("spend_date", "channel", "campaign", "amount", *names_from(SPEND, passed_columns))
    costs = one_row_per_key(raw_spend, "id", order=order)
    return costs.select(
        spend_id=costs.id,
        spend_date=costs.spend_date,
        channel=costs.channel.fill_null(UNKNOWN),
        campaign=costs.campaign.fill_null(UNKNOWN),
        amount_cents=costs.amount,
        amount=dollars(costs.amount),
        **values_from(SPEND, passed_columns, costs),
    )
