"""Customers, one row each."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from dataflows.lib.contacts import CONTACTS
from dataflows.lib.expressions import in_order, one_row_per_key
from dataflows.lib.guests import NONE, GuestRules, guests, unless_guests
from dataflows.lib.passed_columns import CUSTOMERS, NO_COLUMNS, passed_from
from dataflows.totals import source_totals
from marketing_ibis.data_tests import not_null, row_count_equals, total, unique
from marketing_ibis.model import ID, PassedColumns, column, model

COLUMNS = (
    column("customer_id", ID, "Key of the customer.", tests=(unique(), not_null())),
    column(
        "first_name",
        "string",
        "Given name as typed at sign-up; never trimmed or recased.",
        nullable=True,
        pii=True,
        tests=(unless_guests(not_null(severity="warn")),),
    ),
    column(
        "last_name",
        "string",
        "Family name, often an initial; as typed.",
        nullable=True,
        pii=True,
        tests=(unless_guests(not_null(severity="warn")),),
    ),
    column("signed_up_on", "date", "Day of sign-up; NULL if unknown.", nullable=True, optional=True),
)


@model(
    layer="staging",
    grain=("customer_id",),
    columns=(*COLUMNS, *CONTACTS),
    tests=(row_count_equals(total(source_totals, "customers"), "distinct non-null ids of source customers"),),
    optional_parents={"raw_orders": "vars.guest_rules"},
    pass_through=CUSTOMERS,
)
def stg_customers(
    raw_customers: ir.Table,
    raw_orders: ir.Table | None = None,
    guest_rules: GuestRules = GuestRules(),
    passed_columns: PassedColumns = NO_COLUMNS,
) -> ir.Table:
    """Everyone who ever opened an account.

    Grain: one row per ``customer_id``; of rows that share an id the smallest by the names stays. Guests are among them
    where ``guest_rules`` make customers of them.
    Nulls: names pass through as they are, so that tests report dirt and the view does not hide it.
    Source: docs/metrics/staging_and_core.md.
    """
    other_columns = tuple(name for name in raw_customers.columns if name != "id")
    customers = one_row_per_key(raw_customers, "id", order=other_columns)
    passed = passed_from(CUSTOMERS, passed_columns)
    known = in_order(customers, (*COLUMNS, *CONTACTS, *passed), customer_id=customers.id)
    if raw_orders is None or guest_rules.identity == NONE:
        return known
    unknown = {name: ibis.null(dtype).name(name) for name, dtype in known.schema().items() if name != "customer_id"}
    return known.union(guests(raw_orders, guest_rules).mutate(**unknown).select(*known.columns))
