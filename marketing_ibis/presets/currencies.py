"""Refuse a source with amounts in several currencies, which nothing adds up."""

from __future__ import annotations

from marketing_ibis.model import DataTest

EXPLANATION = (
    "amounts in several currencies cannot be added up: load one currency, or convert the others by a table of rates by"
    " day, as the page on presets shows"
)


def one_currency() -> DataTest:
    """All amounts are in one currency."""
    return DataTest("one_currency", lambda table, column: table[column].upper().nunique() > 1, explanation=EXPLANATION)
