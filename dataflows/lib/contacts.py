"""Optional columns of customers: how they can be reached, and whether they agreed to it."""

from __future__ import annotations

from marketing_ibis.model import column

CONTACTS = (
    column("email", "string", "E-mail address as typed; NULL if unknown.", nullable=True, pii=True, optional=True),
    column(
        "phone",
        "string",
        "Phone number as typed, with the country's code to be of use in audiences; NULL if unknown.",
        nullable=True,
        pii=True,
        optional=True,
    ),
    column(
        "consent",
        "boolean",
        "Whether the customer agrees to marketing; NULL, if unknown, counts as no.",
        nullable=True,
        optional=True,
    ),
)
"""Columns of the source and of staging; audiences read the latter, which is a view, when they are exported."""
