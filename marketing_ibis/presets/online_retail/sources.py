"""The table of invoice lines, as the UCI Machine Learning Repository publishes it."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.data_tests import not_null
from marketing_ibis.model import column, source
from marketing_ibis.presets.expressions import STORE_COLUMN


@source(
    table="online_retail",
    grain=(),
    columns=(
        column(
            "InvoiceNo",
            "string",
            "Number of the invoice; it begins with C for a credit note, with A for an adjustment.",
            nullable=True,
            tests=(not_null(),),
        ),
        column("StockCode", "string", "Code of the product, or of a charge such as POST.", nullable=True),
        column("Description", "string", "Name of the product.", nullable=True),
        column("Quantity", "int64", "Pieces; negative on a credit note.", nullable=True, tests=(not_null(),)),
        column("InvoiceDate", "date", "Day of the invoice.", nullable=True, tests=(not_null(),)),
        column("UnitPrice", "decimal(18, 4)", "Price of a piece.", nullable=True, unit="pounds", tests=(not_null(),)),
        column("CustomerID", "string", "Customer; NULL for a guest.", nullable=True),
        STORE_COLUMN,
    ),
)
def online_retail() -> ir.Table:
    """Every line of every invoice.

    Grain: one row per line; a line has no key, and an invoice may have the same line twice.
    """
