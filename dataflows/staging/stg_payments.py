"""Payments, one row each, in cents and in dollars."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.lib.expressions import CENTS_PER_DOLLAR, dollars, is_one_of, one_row_per_key
from dataflows.lib.passed_columns import NO_COLUMNS, PAYMENTS, names_from, values_from
from dataflows.lib.payment_methods import (
    BANK,
    CARD,
    OTHER,
    PROMOTIONAL,
    PaymentRules,
    known_categories,
    named_methods,
    unless_refunds,
)
from dataflows.totals import source_totals
from marketing_ibis.data_tests import (
    accepted_values,
    expression_is_true,
    non_negative,
    not_null,
    positive_value,
    relationships,
    row_count_equals,
    sum_equals,
    total,
    unique,
)
from marketing_ibis.model import ID, MONEY, PassedColumns, column, model

COLUMNS = (
    column("payment_id", ID, "Key of the payment.", tests=(unique(), not_null())),
    column(
        "order_id",
        ID,
        "Order that the payment belongs to.",
        nullable=True,
        tests=(not_null(), relationships("stg_orders", "order_id")),
    ),
    column(
        "payment_method",
        "string",
        "How it was paid, as the shop writes it.",
        nullable=True,
        tests=(not_null(), accepted_values(named_methods, severity="warn", explanation="listed by vars.payment_rules")),
    ),
    column("product_name", "string", "Product named on the payment; information only.", nullable=True),
    column(
        "amount_cents",
        "int64",
        "Amount; negative is a refund.",
        nullable=True,
        unit="cents",
        tests=(sum_equals(total(source_totals, "cents"), "sum of source cents (one row per id)"),),
    ),
    column(
        "amount",
        MONEY,
        "Amount, exact; negative is a refund.",
        nullable=True,
        unit="dollars",
        tests=(
            not_null(),
            unless_refunds(non_negative(severity="warn")),
            unless_refunds(positive_value(severity="warn")),
            expression_is_true(_.amount * CENTS_PER_DOLLAR == _.amount_cents, "amount * 100 = amount_cents, exactly"),
        ),
    ),
    column(
        "payment_category",
        "string",
        "card, bank, promotional or other; an unknown method is other.",
        width=16,
        tests=(
            not_null(),
            accepted_values((CARD, BANK, PROMOTIONAL, OTHER)),
            accepted_values(known_categories, severity="warn", name="known_payment_category"),
        ),
    ),
    column(
        "is_promotional",
        "boolean",
        "Whether the method is {payment_rules.promotional_methods}.",
        tests=(
            not_null(),
            expression_is_true(
                _.is_promotional == (_.payment_category == PROMOTIONAL),
                "is_promotional iff payment_category = 'promotional'",
            ),
        ),
    ),
)


@model(
    layer="staging",
    grain=("payment_id",),
    columns=COLUMNS,
    tests=(row_count_equals(total(source_totals, "payments"), "distinct non-null ids of source payments"),),
    pass_through=PAYMENTS,
)
def stg_payments(
    raw_payments: ir.Table,
    payment_rules: PaymentRules = PaymentRules(),
    passed_columns: PassedColumns = NO_COLUMNS,
) -> ir.Table:
    """Every payment towards an order.

    Grain: one row per ``payment_id``; of rows that share an id the smallest by the other columns stays.
    Units: ``amount_cents`` whole cents, ``amount`` the same in dollars.
    Source: docs/metrics/staging_and_core.md.
    """
    order = ("order_id", "payment_method", "amount", "cycle_name", *names_from(PAYMENTS, passed_columns))
    payments = one_row_per_key(raw_payments, "id", order=order)
    method = payments.payment_method
    return payments.select(
        payment_id=payments.id,
        order_id=payments.order_id,
        payment_method=method,
        product_name=payments.cycle_name,
        amount_cents=payments.amount,
        amount=dollars(payments.amount),
        payment_category=_category(method, payment_rules),
        is_promotional=is_one_of(method, payment_rules.promotional_methods).fill_null(False),
        **values_from(PAYMENTS, passed_columns, payments),
    )


def _category(method: ir.StringColumn, rules: PaymentRules) -> ir.StringColumn:
    return ibis.cases(
        (is_one_of(method, rules.card), CARD),
        (is_one_of(method, rules.bank), BANK),
        (is_one_of(method, rules.promotional_methods), PROMOTIONAL),
        else_=OTHER,
    )
