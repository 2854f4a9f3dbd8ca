"""Payments added up to the order, once for every reader."""

from __future__ import annotations

import ibis.expr.types as ir

from dataflows.staging.stg_payments import BANK_TRANSFER, COUPON, CREDIT_CARD, GIFT_CARD
from marketing_ibis.model import ID, column, model

COLUMNS = (
    column("order_id", ID, "Key of the order, as the payments name it."),
    column("cents", "int64", "All payments of the order.", unit="cents"),
    column("promo_cents", "int64", "Payments by coupon or gift card.", unit="cents"),
    column("credit_card_cents", "int64", "Payments by credit card.", unit="cents"),
    column("coupon_cents", "int64", "Payments by coupon.", unit="cents"),
    column("bank_transfer_cents", "int64", "Payments by bank transfer.", unit="cents"),
    column("gift_card_cents", "int64", "Payments by gift card.", unit="cents"),
    column("has_credit_card", "boolean", "Whether any payment is by credit card, whatever its amount."),
    column("has_coupon", "boolean", "Whether any payment is by coupon, whatever its amount."),
    column("has_bank_transfer", "boolean", "Whether any payment is by bank transfer, whatever its amount."),
    column("has_gift_card", "boolean", "Whether any payment is by gift card, whatever its amount."),
    column("payment_count", "int64", "Payments of the order, those without an amount included.", unit="payments"),
)


@model(layer="intermediate", grain=("order_id",), columns=COLUMNS, dist_key="order_id", sort_keys=("order_id",))
def int_order_payments(stg_payments: ir.Table) -> ir.Table:
    """What was paid towards each order, by method.

    Grain: one row per ``order_id`` that any payment names, known order or not.
    Units: whole cents; a payment without an amount adds 0.
    Source: METRICS 3.5; grouped here once because every later number is at the order grain.
    """
    payments = stg_payments.filter(stg_payments.order_id.notnull())
    method = payments.payment_method
    cents = payments.amount_cents.fill_null(0)
    return payments.group_by("order_id").agg(
        cents=cents.sum(),
        promo_cents=payments.is_promotional.ifelse(cents, 0).sum(),
        credit_card_cents=(method == CREDIT_CARD).ifelse(cents, 0).sum(),
        coupon_cents=(method == COUPON).ifelse(cents, 0).sum(),
        bank_transfer_cents=(method == BANK_TRANSFER).ifelse(cents, 0).sum(),
        gift_card_cents=(method == GIFT_CARD).ifelse(cents, 0).sum(),
        has_credit_card=_any(method == CREDIT_CARD),
        has_coupon=_any(method == COUPON),
        has_bank_transfer=_any(method == BANK_TRANSFER),
        has_gift_card=_any(method == GIFT_CARD),
        payment_count=payments.count(),
    )


def _any(condition: ir.BooleanColumn) -> ir.BooleanScalar:
    # A flag, not a DISTINCT: 1 where the condition holds, and its maximum.
    return condition.ifelse(1, 0).max() == 1
