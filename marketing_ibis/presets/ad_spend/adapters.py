"""Costs from the daily reports of Google Ads and Meta Ads."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.expressions import cents, row_ids

GOOGLE_ADS, META_ADS = "google / cpc", "facebook / paid_social"
"""Channels of the two, as Analytics writes a source and a medium; the links of the campaigns must agree with them."""


@adapter(materialized="table")
def raw_spend(google_ads_days: ir.Table | None = None, meta_ads_days: ir.Table | None = None) -> ir.Table:
    """The cost of each campaign on each day, of the reports that the shop has."""
    reports = []
    if google_ads_days is not None:
        reports.append(_days(google_ads_days, GOOGLE_ADS, campaign="Campaign", amount="Cost"))
    if meta_ads_days is not None:
        reports.append(_days(meta_ads_days, META_ADS, campaign="Campaign name", amount="Amount spent"))
    if not reports:
        raise ValueError("no report is in use; list google_ads_days, meta_ads_days or both under optional_sources")
    costs = ibis.union(*reports)
    ids = row_ids(costs, ("channel", "spend_date", "campaign_id", "campaign"), like=costs.campaign_id.type())
    return costs.select("spend_date", "channel", "campaign", "amount", id=ids).select(
        "id", "spend_date", "channel", "campaign", "amount"
    )


def _days(report: ir.Table, channel: str, *, campaign: str, amount: str) -> ir.Table:
    rows = report.select(
        spend_date=report.Day,
        channel=ibis.literal(channel),
        campaign_id=report["Campaign ID"],
        campaign=report[campaign],
        amount=report[amount],
    )
    days = rows.group_by("spend_date", "channel", "campaign_id", "campaign").agg(amount=rows.amount.sum())
    return days.mutate(amount=cents(days.amount))
