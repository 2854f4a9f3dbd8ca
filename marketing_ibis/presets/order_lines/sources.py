"""The flat table of order lines, whose columns the settings map."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.data_tests import not_null
from marketing_ibis.model import column, source
from marketing_ibis.presets.expressions import STORE_COLUMN

ORDERS = ("order", "order_id", "order_no", "order_name", "order_nr", "invoice", "invoice_no", "bestellnummer")
DAYS = ("date", "created_at", "order_day", "purchased_at", "invoice_date", "bestelldatum", "datum")
ADDRESSES = ("email", "e_mail", "billing_email", "mail")
PRODUCTS = ("product_name", "item", "item_name", "lineitem_name", "description", "title", "artikel")
PIECES = ("qty", "units", "lineitem_quantity", "count", "menge")
PRICES = ("price", "item_price", "lineitem_price", "price_per_unit", "einzelpreis", "preis")
STATUSES = ("order_status", "state", "financial_status")
METHODS = ("method", "payment", "payment_type", "payment_method_title", "paid_with", "zahlart")


@source(
    table="order_lines_export",
    grain=(),
    columns=(
        column("order_number", "string", "Order of the line.", nullable=True, tests=(not_null(),), synonyms=ORDERS),
        column("order_date", "date", "Day of the order.", nullable=True, tests=(not_null(),), synonyms=DAYS),
        column(
            "customer_email",
            "string",
            "Address of the customer; NULL for a guest.",
            nullable=True,
            pii=True,
            synonyms=ADDRESSES,
        ),
        column("product", "string", "Product of the line.", nullable=True, synonyms=PRODUCTS),
        column(
            "quantity",
            "int64",
            "Pieces; negative for those that came back.",
            nullable=True,
            tests=(not_null(),),
            synonyms=PIECES,
        ),
        column(
            "unit_price", "decimal(18, 4)", "Price of a piece.", nullable=True, tests=(not_null(),), synonyms=PRICES
        ),
        column("status", "string", "Status of the order.", nullable=True, tests=(not_null(),), synonyms=STATUSES),
        column("payment_method", "string", "How the order was paid.", nullable=True, synonyms=METHODS),
        STORE_COLUMN,
    ),
)
def order_lines_export() -> ir.Table:
    """Every line of every order.

    Grain: one row per line; a line has no key, and an order may have the same line twice.
    """
