"""The reference of the staging views: docs/metrics/staging_and_core.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import accumulate

from tests.reference.arithmetic import dollars, month
from tests.sources import Customer, DatedCustomer, Order, Payment, Sources

Row = dict[str, object]
AnyRow = Customer | DatedCustomer | Order | Payment
GROUPS = {"completed": "successful", "shipped": "successful", "returned": "returned", "return_pending": "returned"}
CATEGORIES = {"credit_card": "card", "bank_transfer": "bank", "coupon": "promotional", "gift_card": "promotional"}
LOYAL_ABOVE_ORDERS = 3
PAYMENT_COLUMNS = ("payment_id", "payment_method", "amount_cents", "amount", "payment_category", "is_promotional")


def staging(sources: Sources) -> dict[str, list[Row]]:
    """Return the four staging tables."""
    customers = [_customer(row) for row in _one_per_id(sources.customers)]
    orders = [_order(row) for row in _one_per_id(sources.orders)]
    payments = [_payment(row) for row in _one_per_id(sources.payments)]
    activity = _activity(customers, orders, payments)
    return {
        "stg_customers": customers,
        "stg_orders": orders,
        "stg_payments": payments,
        "stg_customer_activity": activity,
    }


def nulls_last(*values: object) -> tuple[tuple[bool, object], ...]:
    """Return a sort key that puts None after everything."""
    return tuple((value is None, "" if value is None else value) for value in values)


def _one_per_id(rows: Iterable[AnyRow]) -> list[AnyRow]:
    kept: dict[int, AnyRow] = {}
    for row in sorted(rows, key=lambda row: nulls_last(*row[1:])):
        if row.id is not None:
            kept.setdefault(row.id, row)
    return list(kept.values())


def _customer(row: Customer | DatedCustomer) -> Row:
    dated = {"signed_up_on": row.signed_up_on} if isinstance(row, DatedCustomer) else {}
    return {"customer_id": row.id, "first_name": row.first_name, "last_name": row.last_name, **dated}


def _order(row: Order) -> Row:
    day = row.order_date
    return {
        "order_id": row.id,
        "customer_id": row.user_id,
        "order_date": day,
        "status": row.status,
        "product_name": row.cycle_name,
        "order_status_group": GROUPS.get(row.status, "pending"),
        "order_month": month(day) if day else None,
        "order_year": date(day.year, 1, 1) if day else None,
        "order_day_of_week": day.isoweekday() % 7 if day else None,
        "order_quarter": (day.month + 2) // 3 if day else None,
    }


def _payment(row: Payment) -> Row:
    return {
        "payment_id": row.id,
        "order_id": row.order_id,
        "payment_method": row.payment_method,
        "product_name": row.cycle_name,
        "amount_cents": row.amount,
        "amount": None if row.amount is None else dollars(row.amount),
        "payment_category": CATEGORIES.get(row.payment_method, "other"),
        "is_promotional": row.payment_method in ("coupon", "gift_card"),
    }


def _activity(customers: list[Row], orders: list[Row], payments: list[Row]) -> list[Row]:
    names = {customer["customer_id"]: customer for customer in customers}
    journeys = defaultdict(list)
    for order in orders:
        if order["customer_id"] in names:
            journeys[order["customer_id"]].append(order)
    return [
        line
        for customer_id, journey in journeys.items()
        for line in _running([names[customer_id] | line for line in _journey_lines(journey, payments)])
    ]


def _journey_lines(journey: list[Row], payments: list[Row]) -> list[Row]:
    """Return the rows of one customer, in order."""
    ordered = sorted(journey, key=lambda order: nulls_last(order["order_date"], order["order_id"]))
    nothing: Row = dict.fromkeys(PAYMENT_COLUMNS)
    lines = []
    for sequence, order in enumerate(ordered, start=1):
        place = {"order_sequence": sequence, "customer_stage": _stage(sequence, len(ordered))}
        paid = [payment for payment in payments if payment["order_id"] == order["order_id"]]
        parts = sorted(paid, key=lambda payment: payment["payment_id"]) or [nothing]
        lines.extend(order | place | {column: payment[column] for column in PAYMENT_COLUMNS} for payment in parts)
    return lines


def _stage(sequence: int, orders: int) -> str:
    if sequence == 1:
        return "new"
    return "loyal" if orders > LOYAL_ABOVE_ORDERS else "active"


def _running(lines: list[Row]) -> list[Row]:
    totals = accumulate(line["amount_cents"] or 0 for line in lines)
    return [line | {"cumulative_customer_value": dollars(cents)} for line, cents in zip(lines, totals, strict=True)]
