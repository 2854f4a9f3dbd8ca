"""Touches from the events of Google Analytics 4."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.expressions import row_ids

GOOGLE_ADS = ("google", "cpc")
NOT_SET = "(not set)"
"""What Analytics shows for a visit whose link lacks a part of its source."""


@adapter(materialized="table")
def raw_touches(ga4_events: ir.Table) -> ir.Table:
    """Every visit of a known source; the channel is "source / medium", as Analytics writes it.

    A click on an advertisement of Google whose link has no utm parameters is one of google / cpc.
    """
    events = ga4_events.filter(ga4_events.manual_source.notnull() | ga4_events.gclid.notnull())
    is_click = events.manual_source.isnull()
    origin = is_click.ifelse(GOOGLE_ADS[0], events.manual_source)
    medium = is_click.ifelse(GOOGLE_ADS[1], events.manual_medium.fill_null(NOT_SET))
    visits = events.select(
        customer_id=events.user_id,
        touched_at=events.event_time,
        channel=origin.lower().concat(" / ", medium.lower()),
        campaign=events.manual_campaign_name,
    ).distinct()
    order = ("touched_at", "customer_id", "channel", "campaign")
    return visits.select(id=row_ids(visits, order, like=visits.customer_id.type()), **_columns(visits))


def _columns(visits: ir.Table) -> dict[str, ibis.Value]:
    return {name: visits[name] for name in visits.columns}
