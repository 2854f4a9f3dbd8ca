"""The tables of Stripe that the marts need, with the names that Fivetran gives them."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.model import column, source, warns
from marketing_ibis.presets.currencies import RATE_COLUMNS, WARNING, find_currencies, one_currency
from marketing_ibis.presets.expressions import STORE_COLUMN


@source(
    table="customer",
    grain=("id",),
    columns=(
        column("id", "string", "Key of the customer.", nullable=True),
        column("name", "string", "Name of the customer.", nullable=True, pii=True),
        column("created", "date", "Day on which the customer was created.", nullable=True),
        STORE_COLUMN,
    ),
)
def stripe_customers() -> ir.Table:
    """Every customer.

    Grain: one row per ``id``.
    """


@source(
    table="charge",
    grain=("id",),
    columns=(
        column("id", "string", "Key of the charge.", nullable=True),
        column("customer_id", "string", "Customer; NULL for a guest.", nullable=True),
        column("created", "date", "Day of the charge in the business time zone.", nullable=True),
        column("amount", "int64", "Amount in the smallest unit of the currency.", nullable=True, unit="cents"),
        column("currency", "string", "Currency, in lower case.", nullable=True, tests=(one_currency(),)),
        column("status", "string", "succeeded, pending or failed.", nullable=True),
        column("captured", "boolean", "Whether the money was taken, not only reserved.", nullable=True),
        column("refunded", "boolean", "Whether all of it was paid back.", nullable=True),
        column("description", "string", "What it is for; the name of the product here.", nullable=True),
        column("payment_method_id", "string", "How it was paid.", nullable=True),
        column("invoice_id", "string", "Invoice, for charges of Stripe Billing.", nullable=True),
        STORE_COLUMN,
    ),
)
def stripe_charges() -> ir.Table:
    """Every attempt to take money, failed ones included.

    Grain: one row per ``id``.
    """


@source(
    table="refund",
    grain=("id",),
    columns=(
        column("id", "string", "Key of the refund.", nullable=True),
        column("charge_id", "string", "Charge that is paid back.", nullable=True),
        column("amount", "int64", "Amount, above 0.", nullable=True, unit="cents"),
        column("status", "string", "succeeded, pending, failed or canceled.", nullable=True),
        STORE_COLUMN,
    ),
)
def stripe_refunds() -> ir.Table:
    """Every refund; a charge may be paid back in parts.

    Grain: one row per ``id``.
    """


@source(
    table="payment_method",
    grain=("id",),
    columns=(
        column("id", "string", "Key of the payment method.", nullable=True),
        column("type", "string", "card, sepa_debit, klarna and others.", nullable=True),
        STORE_COLUMN,
    ),
)
def stripe_payment_methods() -> ir.Table:
    """Every card or account that was paid with.

    Grain: one row per ``id``.
    """


@source(table="exchange_rates", grain=("day", "currency"), optional=True, columns=RATE_COLUMNS)
def exchange_rates() -> ir.Table:
    """Rates of the currencies that amounts are converted from.

    Grain: one row per ``currency`` and ``day``; a rate holds until the next day with one.
    """


@warns(WARNING)
def currencies_are_added_up(
    stripe_charges: ir.Table, raw_payments: ir.Table, exchange_rates: ir.Table | None = None
) -> ir.Table:
    """Return the number of currencies if there are several after a run of the payments."""
    return find_currencies(stripe_charges, "currency", exchange_rates)
