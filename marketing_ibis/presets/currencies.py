"""Amounts in several currencies: refused, or converted by a table of rates by day."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.data_tests import not_null, positive_value
from marketing_ibis.model import DataTest, column

EXPLANATION = (
    "amounts in several currencies cannot be added up: convert all but one of them by a table of rates by day"
    " (exchange_rates in optional_sources)"
)
CENTS, RATE = "decimal(18, 0)", "decimal(18, 8)"
WARNING = f"{{currencies:,}} currencies were added up as if they were one: {EXPLANATION}."
"""What a run, which has no data tests, says of them."""
RATE_COLUMNS = (
    column("day", "date", "First day of the rate, which holds until the next one.", nullable=True, tests=(not_null(),)),
    column("currency", "string", "Currency of the amounts, such as USD.", nullable=True, tests=(not_null(),)),
    column(
        "rate",
        RATE,
        "What one unit of the currency is worth in that of the marts.",
        nullable=True,
        tests=(not_null(), positive_value()),
    ),
)
"""The columns of ``exchange_rates``."""


def one_currency() -> DataTest:
    """All amounts are in one currency, those apart that ``exchange_rates`` has."""
    return DataTest("one_currency", find_currencies, depends_on=("exchange_rates",), explanation=EXPLANATION)


def same_currency() -> DataTest:
    """All amounts are in one currency, where a preset does not convert them."""
    return DataTest("same_currency", find_currencies, explanation="amounts in several currencies cannot be added up")


def with_rate(table: ir.Table, exchange_rates: ir.Table | None) -> ir.Table:
    """Add the ``rate`` of each row's ``currency`` on its ``day``: the last one up to that day.

    It is 1 for a currency without any rate, which is that of the marts, and NULL before the first rate of one that has
    rates.
    """
    if exchange_rates is None:
        return table.mutate(rate=ibis.literal(1, RATE))
    rates = exchange_rates.mutate(code=exchange_rates.currency.upper())
    next_day = rates.day.lead().over(group_by=rates.code, order_by=rates.day)
    periods = rates.select(period_code=rates.code, first_day=rates.day, next_day=next_day, period_rate=rates.rate)
    codes = rates.select(rated_code=rates.code).distinct()
    rows = table.mutate(code=table.currency.upper())
    rated = rows.left_join(codes, rows.code == codes.rated_code)
    converted = rated.left_join(
        periods,
        [
            rated.code == periods.period_code,
            rated.day >= periods.first_day,
            periods.next_day.isnull() | (rated.day < periods.next_day),
        ],
    )
    rate = converted.rated_code.isnull().ifelse(ibis.literal(1, RATE), converted.period_rate)
    return converted.select(*table.columns, rate=rate)


def convert(cents: ir.IntegerValue, rate: ir.DecimalValue) -> ir.IntegerValue:
    """Return an amount in the currency of the marts; half a cent is rounded away from 0."""
    return (cents.cast(CENTS) * rate).round().cast("int64")


def find_currencies(table: ir.Table, name: str, exchange_rates: ir.Table | None = None) -> ir.Table:
    """Return the number of currencies in a column, those apart that have rates, if it is more than one."""
    rows = table.select(code=table[name].upper())
    if exchange_rates is not None:
        rows = rows.anti_join(exchange_rates.select(code=exchange_rates.currency.upper()), "code")
    counts = rows.agg(currencies=rows.code.nunique())
    return counts.filter(counts.currencies > 1)
