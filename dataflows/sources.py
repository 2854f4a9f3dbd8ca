"""The raw tables of the shop, as the operational system writes them."""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir

from dataflows.lib.contacts import CONTACTS
from dataflows.lib.guests import unless_guests
from dataflows.lib.payment_methods import named_methods, unless_refunds
from dataflows.lib.statuses import named_statuses
from dataflows.lib.usual_names import (
    AMOUNTS,
    CUSTOMER_IDS,
    FIRST_NAMES,
    LAST_NAMES,
    ORDER_DATES,
    ORDER_IDS,
    PAYMENT_IDS,
    PAYMENT_METHODS,
    PAYMENT_ORDERS,
    PRODUCTS,
    STATUSES,
)
from marketing_ibis.data_tests import (
    accepted_values,
    matches_parent,
    min_row_count,
    non_negative,
    not_after_as_of,
    not_before,
    not_null,
    positive_value,
    relationships,
    table_freshness,
    unique,
    valid_email,
)
from marketing_ibis.model import ID, column, freshness, source

FIRST_DAY = date(1990, 1, 1)
"""No shop of ours sold anything before."""
FRESH_DAYS = 90
FRESH_DAYS_OF_TOUCHES = 7
"""Touches and spend come every day."""
SIGN_UP_NAMES = (
    "sign_up_date",
    "sign_up_on",
    "sign_up_at",
    "signed_up_at",
    "signed_up",
    "sign_up",
    "created_at",
    "created_on",
    "created",
    "creation_date",
    "date_created",
    "customer_since",
    "member_since",
    "joined_at",
    "joined_on",
    "join_date",
    "date_joined",
    "registered_at",
    "registered_on",
    "registration_date",
)
"""Names of the sign-up day in shops' exports."""


@source(
    table="customers",
    grain=("id",),
    columns=(
        column("id", ID, "Key of the customer.", nullable=True, tests=(unique(), not_null())),
        column(
            "first_name",
            "string",
            "Given name as typed at sign-up.",
            nullable=True,
            pii=True,
            synonyms=FIRST_NAMES,
            tests=(not_null(severity="warn"),),
        ),
        column(
            "last_name",
            "string",
            "Family name, often an initial.",
            nullable=True,
            pii=True,
            synonyms=LAST_NAMES,
            tests=(not_null(severity="warn"),),
        ),
        column(
            "signed_up_on",
            "date",
            "Day of sign-up in the business time zone; NULL if unknown.",
            nullable=True,
            optional=True,
            synonyms=SIGN_UP_NAMES,
        ),
        *CONTACTS,
    ),
    tests=(min_row_count(1, severity="warn"), valid_email("email", severity="warn")),
)
def raw_customers() -> ir.Table:
    """Everyone who ever opened an account.

    Grain: one row per ``id``; duplicates and NULL ids are defects that staging drops.
    """


@source(
    table="orders",
    grain=("id",),
    freshness=freshness("order_date", warn_after=timedelta(days=2), error_after=timedelta(days=14)),
    columns=(
        column("id", ID, "Key of the order.", nullable=True, synonyms=ORDER_IDS, tests=(unique(), not_null())),
        column(
            "user_id",
            ID,
            "Customer who placed the order.",
            nullable=True,
            synonyms=CUSTOMER_IDS,
            tests=(unless_guests(not_null(severity="warn")), relationships("raw_customers", "id")),
        ),
        column(
            "order_date",
            "date",
            "Day of the order in the business time zone.",
            nullable=True,
            synonyms=ORDER_DATES,
            tests=(
                not_null(),
                not_after_as_of(severity="warn"),
                not_before(FIRST_DAY, severity="warn"),
                table_freshness(FRESH_DAYS, severity="warn"),
            ),
        ),
        column(
            "status",
            "string",
            "Current state, as the shop writes it.",
            nullable=True,
            synonyms=STATUSES,
            tests=(not_null(), accepted_values(named_statuses, explanation="listed by vars.status_rules")),
        ),
        column(
            "cycle_name",
            "string",
            "Product; an order has one.",
            nullable=True,
            synonyms=PRODUCTS,
            tests=(not_null(severity="warn"),),
        ),
        column(
            "email",
            "string",
            "E-mail address of the order, which identifies guests.",
            nullable=True,
            pii=True,
            optional=True,
            synonyms=("e_mail", "email_address", "customer_email", "billing_email", "contact_email"),
        ),
    ),
    tests=(min_row_count(1, severity="warn"),),
)
def raw_orders() -> ir.Table:
    """Every order ever placed, with its current status.

    Grain: one row per ``id``; duplicates and NULL ids are defects that staging drops.
    """


@source(
    table="payments",
    grain=("id",),
    columns=(
        column("id", ID, "Key of the payment.", nullable=True, synonyms=PAYMENT_IDS, tests=(unique(), not_null())),
        column(
            "order_id",
            ID,
            "Order that the payment belongs to.",
            nullable=True,
            synonyms=PAYMENT_ORDERS,
            tests=(not_null(), relationships("raw_orders", "id")),
        ),
        column(
            "payment_method",
            "string",
            "How it was paid, as the shop writes it.",
            nullable=True,
            synonyms=PAYMENT_METHODS,
            tests=(
                not_null(),
                accepted_values(named_methods, severity="warn", explanation="listed by vars.payment_rules"),
            ),
        ),
        column(
            "amount",
            "int64",
            "Amount; negative is a refund.",
            nullable=True,
            synonyms=AMOUNTS,
            unit="cents",
            tests=(
                not_null(),
                unless_refunds(non_negative(severity="warn")),
                unless_refunds(positive_value(severity="warn")),
            ),
        ),
        column(
            "cycle_name",
            "string",
            "Product named on the payment; marts use the order's.",
            nullable=True,
            tests=(
                not_null(severity="warn"),
                matches_parent("raw_orders", "cycle_name", by="order_id", key="id", severity="warn"),
            ),
        ),
    ),
    tests=(min_row_count(1, severity="warn"),),
)
def raw_payments() -> ir.Table:
    """Every payment towards an order; an order may have several or none.

    Grain: one row per ``id``; duplicates and NULL ids are defects that staging drops.
    """


@source(
    table="order_lines",
    grain=("id",),
    optional=True,
    columns=(
        column("id", ID, "Key of the order line.", nullable=True, tests=(unique(), not_null())),
        column(
            "order_id",
            ID,
            "Order that the line belongs to.",
            nullable=True,
            tests=(not_null(), relationships("raw_orders", "id")),
        ),
        column("product_name", "string", "Product.", nullable=True, tests=(not_null(severity="warn"),)),
        column("quantity", "int64", "Units of the product.", nullable=True, tests=(positive_value(severity="warn"),)),
        column(
            "amount",
            "int64",
            "Amount of the whole line, after discounts on it and before those on the order, tax and shipping.",
            nullable=True,
            unit="cents",
            tests=(non_negative(severity="warn"),),
        ),
    ),
)
def raw_order_lines() -> ir.Table:
    """The products that each order contains; an order may have several lines or none.

    Grain: one row per ``id``; duplicates and NULL ids are defects that staging drops.
    """


@source(
    table="touches",
    grain=("id",),
    optional=True,
    columns=(
        column("id", ID, "Key of the touch.", nullable=True, tests=(unique(), not_null())),
        column(
            "customer_id",
            ID,
            "Person who was reached; NULL if unknown.",
            nullable=True,
            tests=(relationships("raw_customers", "id", severity="warn"),),
        ),
        column(
            "touched_at",
            "timestamp",
            "When, in the business time zone.",
            nullable=True,
            tests=(
                not_null(),
                not_after_as_of(severity="warn"),
                table_freshness(FRESH_DAYS_OF_TOUCHES, severity="warn"),
            ),
        ),
        column("channel", "string", "Channel, such as search or email.", nullable=True, tests=(not_null(),)),
        column("campaign", "string", "Campaign of the channel; NULL for none.", nullable=True),
    ),
)
def raw_touches() -> ir.Table:
    """The marketing contacts of known people: clicks, opened newsletters, visits from a campaign.

    Grain: one row per ``id``; duplicates and NULL ids are defects that staging drops.
    """


@source(
    table="spend",
    grain=("id",),
    optional=True,
    columns=(
        column("id", ID, "Key of the row.", nullable=True, tests=(unique(), not_null())),
        column(
            "spend_date",
            "date",
            "Day of the cost in the business time zone.",
            nullable=True,
            tests=(
                not_null(),
                not_after_as_of(severity="warn"),
                table_freshness(FRESH_DAYS_OF_TOUCHES, severity="warn"),
            ),
        ),
        column("channel", "string", "Channel, as in raw_touches.", nullable=True, tests=(not_null(),)),
        column("campaign", "string", "Campaign of the channel; NULL for none.", nullable=True),
        column("amount", "int64", "Cost of the day.", nullable=True, unit="cents", tests=(non_negative(),)),
    ),
)
def raw_spend() -> ir.Table:
    """What marketing cost, per day, channel and campaign.

    Grain: one row per ``id``; duplicates and NULL ids are defects that staging drops.
    """
