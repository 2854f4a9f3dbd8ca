"""The events of a Google Analytics 4 property that carry a traffic source, as its BigQuery export has them."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.data_tests import not_null
from marketing_ibis.model import ID, column, source


@source(
    table="ga4_events",
    grain=(),
    columns=(
        column("user_id", ID, "Customer, if the site sets a user id; NULL for visitors.", nullable=True),
        column("event_time", "timestamp", "Moment of the event.", nullable=True, tests=(not_null(),)),
        column("manual_source", "string", "utm_source of the visit.", nullable=True),
        column("manual_medium", "string", "utm_medium of the visit.", nullable=True),
        column("manual_campaign_name", "string", "utm_campaign of the visit.", nullable=True),
        column("gclid", "string", "Click on an advertisement of Google.", nullable=True),
    ),
)
def ga4_events() -> ir.Table:
    """Events with the traffic source that was collected with them.

    Grain: one row per event; several events of a visit may carry the same source.
    """
