"""The daily reports of Google Ads and Meta Ads, as they are downloaded."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.data_tests import not_null
from marketing_ibis.model import ID, MONEY, column, source
from marketing_ibis.presets.currencies import same_currency


@source(
    table="google_ads_days",
    grain=(),
    optional=True,
    columns=(
        column("Day", "date", "Day of the cost, in the zone of the account.", nullable=True, tests=(not_null(),)),
        column("Campaign ID", ID, "Key of the campaign.", nullable=True),
        column("Campaign", "string", "Name of the campaign.", nullable=True),
        column("Currency code", "string", "Currency of the account.", nullable=True, tests=(same_currency(),)),
        column("Cost", MONEY, "Cost of the day.", nullable=True, unit="dollars"),
    ),
)
def google_ads_days() -> ir.Table:
    """The cost of each campaign of Google Ads on each day.

    Grain: one row per day and campaign, or finer where the report has further segments.
    """


@source(
    table="meta_ads_days",
    grain=(),
    optional=True,
    columns=(
        column("Day", "date", "Day of the cost, in the zone of the account.", nullable=True, tests=(not_null(),)),
        column("Campaign ID", ID, "Key of the campaign.", nullable=True),
        column("Campaign name", "string", "Name of the campaign.", nullable=True),
        column("Currency", "string", "Currency of the account.", nullable=True, tests=(same_currency(),)),
        column("Amount spent", MONEY, "Cost of the day.", nullable=True, unit="dollars"),
    ),
)
def meta_ads_days() -> ir.Table:
    """The cost of each campaign of Meta Ads on each day.

    Grain: one row per day and campaign, or finer where the report has further breakdowns.
    """
