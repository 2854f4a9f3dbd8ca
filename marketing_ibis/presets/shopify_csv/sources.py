"""The file that Shopify exports under Orders, Export."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.data_tests import not_null
from marketing_ibis.model import MONEY, column, source, warns
from marketing_ibis.presets.currencies import RATE_COLUMNS, WARNING, find_currencies, one_currency
from marketing_ibis.presets.expressions import STORE_COLUMN


@source(
    table="orders_export",
    grain=(),
    columns=(
        column("Name", "string", "Number of the order, such as #1001.", nullable=True, tests=(not_null(),)),
        column("Email", "string", "Address of the customer; NULL for a guest.", nullable=True, pii=True),
        column("Financial Status", "string", "Whether the order is paid; on its first row.", nullable=True),
        column("Currency", "string", "Currency of the shop; on the first row.", nullable=True, tests=(one_currency(),)),
        column("Total", MONEY, "What the order costs; on its first row.", nullable=True, unit="dollars"),
        column("Outstanding Balance", MONEY, "What is still to be paid; on the first row.", nullable=True),
        column("Refunded Amount", MONEY, "What was paid back; on the first row.", nullable=True, unit="dollars"),
        column("Payment Method", "string", "Gateways, joined by +; on the first row.", nullable=True),
        column("Created at", "date", "Day of the order in the business time zone.", nullable=True, tests=(not_null(),)),
        column("Cancelled at", "date", "Day of the cancellation; on the first row.", nullable=True),
        column("Billing Name", "string", "Name of the customer; on the first row.", nullable=True, pii=True),
        column("Lineitem quantity", "int64", "Pieces of the line.", nullable=True),
        column("Lineitem name", "string", "Product and variant of the line.", nullable=True),
        column("Lineitem price", MONEY, "Price of a piece.", nullable=True, unit="dollars"),
        column("Lineitem discount", MONEY, "Discount on the line.", nullable=True, unit="dollars"),
        STORE_COLUMN,
    ),
)
def orders_export() -> ir.Table:
    """Every line of every order; most columns of an order are on its first row alone.

    Grain: one row per line; a line has no key, and an order may have the same line twice.
    """


@source(table="exchange_rates", grain=("day", "currency"), optional=True, columns=RATE_COLUMNS)
def exchange_rates() -> ir.Table:
    """Rates of the currencies that amounts are converted from.

    Grain: one row per ``currency`` and ``day``; a rate holds until the next day with one.
    """


@warns(WARNING)
def currencies_are_added_up(
    orders_export: ir.Table, raw_payments: ir.Table, exchange_rates: ir.Table | None = None
) -> ir.Table:
    """Return the number of currencies if there are several after a run of the payments."""
    return find_currencies(orders_export, "Currency", exchange_rates)
